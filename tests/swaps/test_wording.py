"""What somebody agreed to can be shown: the sentences of a version of our wording never change under its name."""

import re

from tests.architecture.words import messages_of
from webapp.swaps.granting import WORDING
from webapp.web.builds import ROOT

SAYS = (
    "introductions/_question.html",
    "introductions/wish.html",
    "swaps/sheets/explain_first.html",
    "swaps/_reach.html",
    "swaps/_room_question.html",
    "swaps/_tonight.html",
    "swaps/_waiting_card.html",
    "swaps/_words.html",
)
"""Templates by which a card is given: what goes to whom is said there."""


def versions() -> dict[str, list[str]]:
    """Version → its sentences, oldest first, as docs/consent.md keeps them."""
    parts = re.split(r"^## (\S+)$", (ROOT / "docs" / "consent.md").read_text(), flags=re.MULTILINE)[1:]
    return {
        name: re.findall(r"^- (.+)$", text, re.MULTILINE) for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_the_sentences_by_which_a_card_is_given_are_those_of_the_version_kept_with_it() -> None:
    newest = list(versions())[-1]
    assert newest == WORDING
    said = sorted({message for name in SAYS for message in messages_of(name)})
    assert said == versions()[newest], "new words: a new WORDING, and a new part of docs/consent.md"


def test_no_version_is_left_without_words() -> None:
    assert all(len(sentences) > 10 for sentences in versions().values())
    assert len(versions()) == len(set(versions()))


def test_a_changed_word_is_found() -> None:
    assert "Scanning gives %(name)s your card (%(fields)s)." in versions()[WORDING]
    assert "Scanning shows %(name)s your card (%(fields)s)." not in versions()[WORDING]
