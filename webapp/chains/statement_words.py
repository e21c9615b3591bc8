"""A statement in words: the same on the page and on paper. Drawn elsewhere, it is plain data."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from webapp.chains.statements import Counted, Page
from webapp.chains.words import OUTCOME_WORDS
from webapp.web.templating import choose_language, day_words
from webapp.web.words import _, n_


@dataclass(frozen=True)
class Row:
    """What is counted, and how much of it."""

    label: str
    value: str


@dataclass(frozen=True)
class InWords:
    """All that the page says, top to bottom. `language` is a BCP 47 tag."""

    title: str
    period: str
    language: str
    rows: Sequence[Row]
    came: str
    attributed: Sequence[str]
    waits: str
    pending: Sequence[str]
    named: str
    remark: str


def in_words(page: Page) -> InWords:
    """The page for its reader."""
    first, last = (day_words(date.fromisoformat(day)) for day in (page.first, page.last))
    return InWords(
        title=_("What meeting people brought: %(name)s", name=page.author),
        period=_("%(first)s to %(last)s", first=first, last=last),
        language=choose_language(),
        rows=[Row(label, value) for label, value in _rows(page) if value],
        came=_("Came of it"),
        attributed=[_line(one) for one in page.attributed] or [_("Nothing yet.")],
        waits=_("Pending"),
        pending=_by_kind(page.pending) or [_("Nothing.")],
        named=_("Named with the author’s tick: %(names)s.", names=", ".join(page.named)) if page.named else "",
        remark=_remark(page),
    )


def _rows(page: Page) -> Iterable[tuple[str, str]]:
    yield _("Hours"), page.hours
    yield _("Cost"), page.cost
    yield _("New contacts"), str(page.contacts)
    yield _("Introductions"), str(page.introductions)
    yield _("Outcomes, attributed"), str(len(page.attributed))
    yield _("Outcomes, pending"), str(len(page.pending))


def _line(one: Counted) -> str:
    kind = str(OUTCOME_WORDS[one.kind])
    took = (
        str(n_("%(num)d month after the first day", "%(num)d months after the first day", one.months))
        if one.months
        else ""
    )
    through = _("through %(names)s", names=", ".join(one.through)) if one.through else ""
    return ", ".join(filter(None, (kind, took, through)))


def _by_kind(pending: Iterable[Counted]) -> list[str]:
    counts = Counter(str(OUTCOME_WORDS[one.kind]) for one in pending)
    return [f"{kind} × {number}" if number > 1 else kind for kind, number in counts.items()]


def _remark(page: Page) -> str:
    said = [_("Attributed: the author can say what it came of. The rest is not counted.")]
    if page.feeling:
        said.append(str(n_("%(num)d more is just a feeling.", "%(num)d more are just a feeling.", page.feeling)))
    if page.unknown:
        said.append(str(n_("%(num)d more is of unknown cause.", "%(num)d more are of unknown cause.", page.unknown)))
    return " ".join(said)


def payload(words: InWords) -> Mapping[str, object]:
    """As JSON can carry it to a child process."""
    return asdict(words)
