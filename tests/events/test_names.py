"""Given and family parts, the order of the badges and the box they lie in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.events.names import OTHER_BOX, box_letter, join_name, sort_key, split_name


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Ana Silva", ("Ana", "Silva")),
        ("Silva, Ana", ("Ana", "Silva")),
        ("Ana", ("Ana", "")),
        ("", ("", "")),
        ("Vincent van der Berg", ("Vincent", "van der Berg")),
        ("María José de la Cruz Ortiz", ("María José", "de la Cruz Ortiz")),
        ("Ludwig Von Hohen", ("Ludwig", "Von Hohen")),
        ("Omar bin Khalid", ("Omar", "bin Khalid")),
        ("Minh Van", ("Minh", "Van")),  # a particle alone is the family name
        ("Van Nguyen", ("Van", "Nguyen")),  # and the first word is a given name
        ("Martin Kingsley Jr.", ("Martin", "Kingsley Jr.")),
        ("Kingsley, Jr.", ("Kingsley,", "Jr.")),
        ("张伟", ("张伟", "")),
        ("山田 太郎", ("太郎", "山田")),
        ("김 민수", ("민수", "김")),
        ("محمد العلي", ("محمد", "العلي")),
        ("Dr. Ana Silva", ("Dr. Ana", "Silva")),
    ],
)
def test_a_name_is_split_as_most_people_would(full: str, parts: tuple[str, str]) -> None:
    assert split_name(full) == parts


@given(st.text(max_size=60))
def test_splitting_loses_no_word(full: str) -> None:
    parts = " ".join(split_name(full)).split()
    assert sorted(parts) == sorted(full.split()) or "," in full


def test_two_columns_become_one_name_as_their_script_writes_it() -> None:
    assert join_name("Ana", "Silva") == "Ana Silva"
    assert join_name("Ana", "") == "Ana"
    assert join_name("", "Silva") == "Silva"
    assert join_name("太郎", "山田") == "山田太郎"


def test_badges_are_ordered_by_surname_as_printed_then_given_name() -> None:
    people = [
        ("Zoe", "Silva"),
        ("Ana", "Silva Santos"),
        ("Ana", "Silva"),
        ("Åsa", "Öberg"),
        ("Cher", ""),
        ("Jan", "de Boer"),
    ]
    assert sorted(people, key=lambda who: sort_key(*who)) == [
        ("Cher", ""),
        ("Jan", "de Boer"),
        ("Åsa", "Öberg"),
        ("Ana", "Silva"),
        ("Zoe", "Silva"),
        ("Ana", "Silva Santos"),
    ]


@pytest.mark.parametrize(
    ("who", "box"),
    [
        (("Ana", "Silva"), "S"),
        (("Søren", "Øster"), "O"),
        (("Łukasz", "Łaski"), "L"),
        (("Anna", "van Dijk"), "V"),
        (("Niamh", "O'Neil"), "O"),
        (("Cher", ""), "C"),
        (("Иван", "Жуков"), OTHER_BOX),
        (("张伟", ""), OTHER_BOX),
        (("محمد", "العلي"), OTHER_BOX),
        (("🦊", ""), OTHER_BOX),
        (("R2", "2nd Floor"), OTHER_BOX),
        (("", ""), OTHER_BOX),
    ],
)
def test_the_box_is_the_first_letter_a_volunteer_reads(who: tuple[str, str], box: str) -> None:
    assert box_letter(*who) == box
