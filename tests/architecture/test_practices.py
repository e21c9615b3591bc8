"""The page of practices says what the tests say."""

from tests.practices import ROWS, TESTS, page, proofs


def test_the_page_is_what_the_tests_say() -> None:
    written = (TESTS.parent / "docs" / "practices.md").read_text(encoding="utf-8")
    assert written == page(), "python -m tests.practices > docs/practices.md"


def test_no_test_carries_the_id_of_a_row_that_is_not_there() -> None:
    assert set(proofs()) <= set(ROWS)


def test_a_row_without_a_test_is_not_called_proved() -> None:
    known = proofs()
    for line in page().splitlines():
        row = line.removeprefix("| ").partition(" ")[0]
        if row in ROWS:
            assert ("| not yet |" in line) is (row not in known)
