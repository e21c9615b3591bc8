"""The record of processing (GDPR Art. 30), written out of the record that code follows."""

from collections.abc import Iterator

from webapp.mydata.record import Kept, Limit, as_written, limits

_HEAD = """# Record of processing

What a Mixwell server keeps of people, for whom, and how long (GDPR Art. 30). Written by `mixwell record` from
`webapp/personal.toml`, which erasure, export and the purge follow; a test compares. Whoever runs a server adds who they
are, whom to ask, and where the machine stands.

- **Whose data**: guests of events, people with a card, organizers, helpers at a door.
- **Who gets it**: the people named under *Seen by*, and the mail relay that carries a mail (its address and its words).
  Nothing leaves for another country but by where the server and its relay stand, and, for who asked to be told on a
  phone, by the push service of their browser: it carries a sealed line that names nobody, and learns that one came.
- **Kept safe by**: sealed notes and one-way codes under a key outside the database, no personal data in logs, cookies
  out of reach of scripts, a role checked at every route, an hourly purge, an erasure list replayed after a restore.
"""

_OF_PEOPLE, _OF_WORK = "the person a row is about", "organizers and helpers at work, and whoever they name"


def write_record() -> str:
    """The whole record as Markdown."""
    about_people = [kept for kept in as_written() if kept.personal]
    rest = ", ".join(f"`{kept.table.name}`" for kept in as_written() if not kept.personal)
    parts = [_HEAD, *("\n".join(_lines(kept)) for kept in about_people)]
    return "\n".join(parts) + f"\n## Nothing personal\n\n{rest}\n"


def _lines(kept: Kept) -> Iterator[str]:
    yield f"## {kept.table.name.replace('_', ' ').capitalize()}\n"
    yield f"{kept.purpose}\n"
    yield f"- **Seen by**: {kept.seen_by}"
    yield f"- **Whose**: {_OF_PEOPLE if kept.mine else _OF_WORK}"
    yield f"- **How long**: {_how_long(kept.limit)}"
    yield "- **What**:"
    yield from (f"  - {name.replace('_', ' ')}: {_said(why)}" for name, why in kept.personal.items())
    yield ""


def _how_long(limit: Limit) -> str:
    days = f"{limit.days} days after" if limit.days else "until"
    return f"{days} {limit.counted_from}. {limit.note}".rstrip()


def _said(why: str) -> str:
    """What a column is for; `@name` at its end is a time of its own."""
    words, _, own = why.partition(" @")
    return f"{words} ({_how_long(limits()[own])})" if own else words
