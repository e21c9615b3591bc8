"""The page of practices says what the tests say."""

from tests.practices import ROWS, SEE, TESTS, page, proofs, state


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
            proved = row in known or all(other in known for other in SEE.get(row, [row]))
            assert ("| not yet |" in line) is not proved


def test_a_row_that_points_to_others_is_proved_when_all_of_them_are() -> None:
    known = {row: tests for row, tests in proofs().items() if row not in SEE["E9"]}
    assert state("E9", proofs()) == "proved"
    assert state("E9", known) == "not yet"
    assert state("E9", known | {"B1": proofs()["B1"]}) == "not yet", "one of two is not enough"
    assert {other for named in SEE.values() for other in named} <= set(ROWS) - set(SEE)
