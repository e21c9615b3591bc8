"""The pair picture is the same for everybody, for ever, and tells two meetings apart."""

from uuid import UUID

from webapp.web.pair_picture import CELL, KINDS, TONES, Shape, shapes

MEETING = UUID("0193a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b")
PINNED = (
    Shape("disc", 16, 16, turn=90, tone=0),
    Shape("diamond", 48, 16, turn=270, tone=0),
    Shape("ring", 16, 48, turn=0, tone=1),
    Shape("square", 48, 48, turn=180, tone=0),
    Shape("bar", 16, 80, turn=0, tone=0),
    Shape("square", 48, 80, turn=0, tone=1),
)


def test_a_picture_has_six_shapes_each_in_its_own_cell() -> None:
    drawn = shapes(MEETING)
    cells = {(shape.x // CELL, shape.y // CELL) for shape in drawn}
    assert cells == {(column, row) for column in range(2) for row in range(3)}


def test_the_same_meeting_gives_the_same_picture() -> None:
    assert shapes(MEETING) == shapes(UUID(MEETING.hex))


def test_a_picture_drawn_today_is_drawn_so_in_ten_years() -> None:
    assert shapes(MEETING) == PINNED


def test_neighbouring_meetings_have_different_pictures() -> None:
    pictures = {shapes(UUID(int=MEETING.int + step)) for step in range(2_000)}
    assert len(pictures) == 2_000


def test_every_kind_turn_and_tone_occurs() -> None:
    drawn = [shape for step in range(300) for shape in shapes(UUID(int=step))]
    assert {shape.kind for shape in drawn} == set(KINDS)
    assert {shape.turn for shape in drawn} == {0, 90, 180, 270}
    assert {shape.tone for shape in drawn} == set(range(TONES))
