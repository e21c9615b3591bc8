"""Paragraphs and answers from forms, clean, with what is wrong with them in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args
from uuid import UUID

from webapp.core.actor import NotHere
from webapp.core.text import clean_line
from webapp.introductions.rules import ANSWERS, Answer, Question
from webapp.introductions.wording import LONGEST, first_name, says_too_much
from webapp.swaps.queries import CardView
from webapp.web.words import _


@dataclass(frozen=True)
class Typed:
    """Paragraphs as they were typed, by reader, and what is wrong with each."""

    words: Mapping[UUID, str]
    by_mail: bool
    errors: dict[UUID, str] = field(default_factory=dict)


def read_paragraphs(form: Mapping[str, str], about: Mapping[UUID, CardView]) -> Typed:
    """A paragraph for each reader about the card beside it: something, and no more than a first name and a reason."""
    words = {reader: clean_line(form.get(f"words-{reader}", ""), LONGEST) for reader in about}
    typed = Typed(words, form.get("ending") == "mail")
    for reader, card in about.items():
        if wrong := fault_of(words[reader], card):
            typed.errors[reader] = wrong
    return typed


def fault_of(words: str, card: CardView) -> str:
    """What is wrong with a paragraph about whoever has this card; "" if nothing."""
    if not words:
        return str(_("Write a line or two first."))
    if says_too_much(words, card.name, card.fields):
        name = first_name(card.name)
        return str(_("First name and reason only, please. %(name)s gives the rest after a yes.", name=name))
    return ""


def read_answer(form: Mapping[str, str]) -> tuple[Answer, bool]:
    """What was answered, and whether one mail to both is fine. Raises NotHere for what no page of ours would send."""
    said = next((answer for answer in ANSWERS if answer == form.get("answer")), None)
    if said is None:
        raise NotHere
    return said, form.get("ending") == "mail"


def read_question(form: Mapping[str, str]) -> tuple[Question, bool]:
    """Which question was answered, and how. Raises NotHere likewise."""
    asked = next((question for question in get_args(Question) if question == form.get("question")), None)
    if asked is None or form.get("answer") not in {"yes", "no"}:
        raise NotHere
    return asked, form.get("answer") == "yes"


def read_other(form: Mapping[str, str], name: str = "other") -> UUID:
    """Whose id was picked. Raises NotHere for anything else."""
    try:
        return UUID(form.get(name, ""))
    except ValueError:
        raise NotHere from None
