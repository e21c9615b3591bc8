"""What two cards have in common: a shared word or nothing, in any script, and never what one would rather not hear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.swaps.common_ground import NONE, CommonGround, Topics, common_ground


@pytest.mark.parametrize(
    ("wish", "offer", "shared"),
    [
        ("a workshop with a crane", "lending my Workshop", ("Workshop",)),
        ("Someone who mends sails", "Sails, ropes, splicing", ("Sails",)),
        ("ayuda con la caña de pescar", "hago cañas", ("cañas",)),
        ("山田さんの紹介", "山田商店の帳簿", ("山田",)),
        ("東京大学の入試", "東京大学を案内します", ("東京大学",)),
        ("プログラミングを習いたい", "プログラミングを教えます", ("プログラミング",)),
        ("أبحث عن محاسب", "أعمل محاسب", ("محاسب",)),
        ("تعلم الإبحار", "دروس إبحار", ("إبحار",)),
        ("बढ़ई", "मैं बढ़ई हूँ", ("बढ़ई",)),
        ("someone who builds small websites", "a first website in a week", ("website",)),
        ("Бухгалтер для кафе", "бухгалтер", ("бухгалтер",)),
        ("a bookkeeper who explains AI", "AI without the noise", ("AI",)),
    ],
)
def test_d10_an_offer_that_holds_a_word_of_the_wish_is_named_as_it_was_typed(
    wish: str, offer: str, shared: tuple[str, ...]
) -> None:
    assert common_ground(Topics(looking_for=wish), Topics(can_help_with=offer)).help_with == shared
    assert common_ground(Topics(can_help_with=offer), Topics(looking_for=wish)).help_with == shared


@pytest.mark.parametrize(
    ("wish", "offer"),
    [
        ("", ""),
        ("a workshop", ""),
        ("somebody to talk with about the good life", "I can help people with anything about good work"),
        ("un taller para mi barco", "una persona con mucho tiempo para hablar"),
        ("año nuevo", "ano"),
        ("山登り", "海釣り"),
        ("コーヒー", "コード"),
        ("ひとに会いたい", "ひとりでいたい"),
        ("sailing", "assailing and sail"),
        ("x 🎉 !!", "x 🎉 !!"),
    ],
)
def test_d10_where_no_word_that_means_something_is_shared_nothing_is_said(wish: str, offer: str) -> None:
    assert common_ground(Topics(looking_for=wish), Topics(can_help_with=offer)) == NONE


def test_two_wishes_or_two_offers_help_nobody() -> None:
    assert common_ground(Topics(looking_for="rope"), Topics(looking_for="rope")) == NONE
    assert common_ground(Topics(can_help_with="rope"), Topics(can_help_with="rope")) == NONE


def test_d10_what_both_like_to_be_asked_about_is_said() -> None:
    ground = common_ground(Topics(ask_me_about="sailing, rye bread"), Topics(ask_me_about="Sailing"))
    assert ground == CommonGround(both_said=("Sailing",))


@pytest.mark.parametrize("side", ["mine", "theirs"])
@pytest.mark.parametrize("unwanted", ["children", "no CHILDREN please", "stepchildren", "child"])
def test_c25_a_topic_that_one_would_rather_not_hear_of_is_never_suggested(side: str, unwanted: str) -> None:
    about = {"ask_me_about": "children, boats", "can_help_with": "books for children, boats"}
    mine = Topics(**about, looking_for="", not_about=unwanted if side == "mine" else "")
    wish = "children’s choir, boats"
    theirs = Topics(ask_me_about="Children", looking_for=wish, not_about=unwanted if side == "theirs" else "")
    assert common_ground(mine, theirs) == CommonGround(help_with=("boats",))


def test_c25_what_is_unwanted_may_be_said_in_chinese_signs_too() -> None:
    mine, theirs = Topics(looking_for="東京大学 会計", not_about="大学"), Topics(can_help_with="東京大学 会計")
    assert common_ground(mine, theirs).help_with == ("会計",)


def test_at_most_three_topics_are_suggested() -> None:
    words = "rope sails larch copper"
    assert common_ground(Topics(looking_for=words), Topics(can_help_with=words)).help_with == ("rope", "sails", "larch")


@given(*(st.text(max_size=40) for _ in range(4)))
def test_whatever_is_typed_is_compared_and_both_see_the_same(mine: str, theirs: str, wish: str, unwanted: str) -> None:
    one, other = Topics(mine, mine, wish, unwanted), Topics(theirs, wish, theirs)
    there, back = common_ground(one, other), common_ground(other, one)
    assert len(there.help_with) == len(back.help_with)
    assert len(there.both_said) == len(back.both_said)
