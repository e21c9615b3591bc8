"""Stock is arithmetic: what is listed fits its page, and what cannot carry a code says so."""

from dataclasses import replace

import pytest

from webapp.badges.stocks import Stock, get_stock, stocks

PLAIN = Stock("free", "Free", 210, 297, 2, 2, 100, 140, 5, 8.5)


@pytest.mark.parametrize(
    ("key", "page", "badge", "per_sheet"),
    [
        ("a4-4up", (210, 297), (105, 148), 4),
        ("avery-5392", (8.5 * 25.4, 11 * 25.4), (4 * 25.4, 3 * 25.4), 6),
        ("eu-86x55", (210, 297), (86.5, 55.5), 8),
    ],
)
def test_each_stock_has_its_products_sizes(
    key: str, page: tuple[float, float], badge: tuple[float, float], per_sheet: int
) -> None:
    stock = get_stock(key)
    assert (stock.page_width, stock.page_height) == pytest.approx(page)
    assert (stock.width, stock.height) == pytest.approx(badge)
    assert stock.per_sheet == per_sheet
    assert stock.carries_code


@pytest.mark.parametrize("stock", stocks().values(), ids=lambda stock: stock.key)
def test_every_sheet_is_symmetrical(stock: Stock) -> None:
    right = stock.page_width - stock.left(stock.columns - 1) - stock.width
    bottom = stock.page_height - stock.top(stock.rows - 1) - stock.height
    assert (right, bottom) == pytest.approx((stock.margin_left, stock.margin_top), abs=0.05)


@pytest.mark.parametrize(
    "change",
    [
        {"columns": 3},
        {"rows": 3},
        {"gap_x": 6.0},
        {"margin_top": 20.0},
        {"margin_left": -1.0},
        {"rows": 0},
        {"width": 0.0},
    ],
)
def test_a_sheet_that_does_not_fit_its_page_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="free"):
        replace(PLAIN, **change)  # type: ignore[arg-type]  # the point is to break one field at a time


def test_a_narrow_label_carries_no_code() -> None:
    assert not replace(PLAIN, width=62.0, height=29.0).carries_code
    assert replace(PLAIN, width=80.0, height=37.0).carries_code


def test_an_unknown_stock_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        get_stock("papyrus")
