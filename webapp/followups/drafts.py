"""A few words to begin with: they give before they ask, and are sent by nobody but their author.

Nothing private goes in: neither a note nor a promise in its own words, only what both have in common and what stands on
the two cards.
"""

from dataclasses import dataclass
from typing import Literal

from webapp.web.words import LazyString, _, _l

About = Literal["hello", "thanks", "story", "offer", "ask"]
ABOUTS: dict[About, LazyString] = {
    "hello": _l("Just to say hello"),
    "thanks": _l("To say thank you"),
    "story": _l("To hear how they are"),
    "offer": _l("To offer a hand"),
    "ask": _l("To ask for one thing"),
}
NO_AGENDA: tuple[About, ...] = ("hello", "thanks", "story")
"""What asks for nothing (practices D16)."""


@dataclass(frozen=True)
class Material:
    """What a draft may speak of; "" for nothing."""

    given_name: str
    place: str = ""
    they_like: str = ""
    my_help: str = ""
    shared: str = ""
    promised: bool = False


@dataclass(frozen=True)
class Request:
    """What is asked: one thing in words, or times for a coffee or a call; behind a link that takes the answer."""

    kind: str
    words: str
    times: tuple[str, ...]
    zone: str
    link: str


def write_draft(about: About, material: Material, request: Request | None = None) -> str:
    """The words, a paragraph a thought. What is asked comes last, is one thing, and may be passed on."""
    parts = [_("Hello %(name)s,", name=material.given_name), _opening(about, material), *_gift(about, material)]
    if request:
        parts += [
            _asking(request),
            _("Here you answer with a tap: yes, not now, or pass. A pass is fine."),
            request.link,
        ]
    elif about in NO_AGENDA:
        parts.append(_("No need to answer."))
    return "\n\n".join(filter(None, parts))


def _opening(about: About, material: Material) -> str:
    words: str = _("you came to my mind today.")
    if about == "thanks":
        words = _("thank you for the talk we had. It stayed with me.")
    elif about == "story" and material.they_like:
        words = _("you told me of %(what)s. How is it going?", what=material.they_like)
    elif about == "story":
        words = _("how have you been since we met?")
    elif material.place:
        words = _("it was good to meet you at %(place)s.", place=material.place)
    return words


def _gift(about: About, material: Material) -> list[str]:
    gifts = [_("This reminded me of you: %(what)s", what=material.shared)] if material.shared else []
    if material.promised:
        gifts.append(_("I have not forgotten what I promised you."))
    if about in ("offer", "ask") and material.my_help:
        gifts.append(_("If I can help you with %(what)s, just say so.", what=material.my_help))
    elif about == "offer":
        gifts.append(_("Is there anything I could do for you just now?"))
    return gifts


def _asking(request: Request) -> str:
    words: str = _("May I ask one thing? %(ask)s", ask=request.words)
    if request.kind != "ask":
        times = "\n".join(f"– {time}" for time in request.times)
        what = _("a coffee") if request.kind == "coffee" else _("a video call")
        words = _("Shall we have %(what)s? I could (time of %(zone)s):", what=what, zone=request.zone) + "\n" + times
    return words
