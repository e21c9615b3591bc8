"""Names are as large as fits, broken where a person would break them, and never cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.badges.fitting import STEP_MM, Family, advance, fit, is_branded, is_right_to_left

NAMES: Family = "print-name-800"


def lines(text: str, width: float = 60, height: float = 40, largest: float = 12) -> tuple[str, ...]:
    return fit(text, NAMES, width, height, largest, 4).lines


def test_a_short_name_is_as_large_as_allowed_on_one_line() -> None:
    fitted = fit("Ana", NAMES, 90, 40, 27, 4)
    assert (fitted.lines, fitted.size, fitted.readable) == (("Ana",), 27, True)


def test_a_name_breaks_at_a_space_a_hyphen_and_before_a_particle() -> None:
    assert lines("Maria Fernanda") == ("Maria", "Fernanda")
    assert lines("Annemarie-Charlotte") == ("Annemarie-", "Charlotte")
    assert lines("Rodriguez de la Cruz", 50) == ("Rodriguez", "de la Cruz")


def test_lines_come_out_even() -> None:
    assert lines("one two three four", 56, 21, 10) == ("one two", "three four")


def test_a_long_word_shrinks_before_it_is_broken() -> None:
    word = "Wolfeschlegelsteinhausenbergerdorff"
    assert lines(word, 90) == (word,)
    broken = fit(word, NAMES, 30, 40, 12, 4)
    assert len(broken.lines) > 1
    assert "".join(broken.lines) == word


def test_what_is_smaller_than_readable_says_so() -> None:
    assert not fit("many words " * 40, NAMES, 60, 15, 12, 4).readable


@pytest.mark.parametrize(
    ("text", "branded", "right_to_left"),
    [
        ("Renée Łukasz", True, False),
        ("Nguyễn", False, False),
        ("李娜", False, False),
        ("محمد", False, True),
        ("אברהם Cohen", False, True),
        ("42 Anna", True, False),
    ],
)
def test_script_and_direction_are_seen(text: str, branded: bool, right_to_left: bool) -> None:
    assert is_branded(text, NAMES) is branded
    assert is_right_to_left(text) is right_to_left


def test_marks_and_joined_emoji_take_no_room_of_their_own() -> None:
    assert advance("o\u0308", NAMES) == advance("o", NAMES)
    assert advance("👩🏽‍🔬", NAMES) == advance("👩", NAMES)


@settings(max_examples=200)
@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120).filter(lambda t: t.strip()),
    width=st.floats(20, 100),
    height=st.floats(5, 60),
)
def test_nothing_is_lost_and_nothing_is_larger_than_its_box(text: str, width: float, height: float) -> None:
    fitted = fit(text, NAMES, width, height, 27, 4)
    kept = "".join("".join(fitted.lines).split())
    whole = fit(text, NAMES, 10_000, 10_000, 4, 4).lines[0]
    assert kept == "".join(whole.split())
    assert fitted.size % STEP_MM == 0
    if fitted.readable:
        assert fitted.height <= height + 1e-6
        assert all(advance(line, NAMES) * fitted.size <= width * 1.001 for line in fitted.lines)


def test_a_note_of_several_lines_is_set_in_our_own_font() -> None:
    assert is_branded("Keeps bees.\nAsk for honey.", "print-text-400")
    assert not is_branded("Keeps bees.\n蜂", "print-text-400")
