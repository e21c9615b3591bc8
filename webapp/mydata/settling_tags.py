"""Words for people, when two claims of one human become one."""

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import aliased

from webapp.contacts.models import Tag, Tagging
from webapp.contacts.tagging import drop_idle_words
from webapp.core.text import search_key
from webapp.mydata.settling import Two, opened


def join_tags(two: Two) -> None:
    """Nobody carries a word of their own; whoever carried it as two carries it once; a word both had is one word.

    Runs after the words were sealed for whoever stays.
    """
    mine = select(Tag.id).where(Tag.person_id == two.stays)
    both = (two.stays, two.goes)
    two.session.execute(delete(Tagging).where(Tagging.tag_id.in_(mine), Tagging.other_id.in_(both)))
    _carried_once(two)
    first: dict[str, Tag] = {}
    for tag in two.session.scalars(select(Tag).where(Tag.person_id == two.stays).order_by(Tag.made_at, Tag.id)).all():
        kept = first.setdefault(search_key(opened(two, tag.sealed_word, two.stays)), tag)
        if kept is not tag:
            _one_word(two, tag, kept)
    drop_idle_words(two.session, two.stays)
    two.session.expire_all()


def _carried_once(two: Two) -> None:
    twin = aliased(Tagging)
    twice = exists().where(twin.tag_id == Tagging.tag_id, twin.other_id == two.stays)
    two.session.execute(delete(Tagging).where(Tagging.other_id == two.goes, twice))
    two.session.execute(update(Tagging).where(Tagging.other_id == two.goes).values(other_id=two.stays))


def _one_word(two: Two, gone: Tag, kept: Tag) -> None:
    carried = select(Tagging.other_id).where(Tagging.tag_id == kept.id)
    moved = update(Tagging).where(Tagging.tag_id == gone.id, Tagging.other_id.not_in(carried.scalar_subquery()))
    two.session.execute(moved.values(tag_id=kept.id))
    two.session.execute(delete(Tag).where(Tag.id == gone.id))
