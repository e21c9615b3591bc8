"""Badge paper: which sheets exist and where the badges lie on them. The rows are in `stocks.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# A printer's feed is no more exact than this, and a sheet of plain A4 not much truer.
TOLERANCE = 0.05
# Version 3 with its margin is 37 modules, and a badge's modules are 1 mm or more (print.md).
SMALLEST_CODE = 37.0


@dataclass(frozen=True)
class Stock:
    """One kind of sheet, in millimetres. Any sizes will do, as long as the badges fit the page (else ValueError)."""

    key: str
    name: str
    page_width: float
    page_height: float
    columns: int
    rows: int
    width: float
    height: float
    margin_left: float
    margin_top: float
    gap_x: float = 0.0
    gap_y: float = 0.0
    cut_marks: bool = False

    def __post_init__(self) -> None:
        if min(self.columns, self.rows) < 1 or min(self.width, self.height) <= 0:
            raise ValueError(f"{self.key}: a sheet needs at least one badge")
        if min(self.margin_left, self.margin_top, self.gap_x, self.gap_y) < 0:
            raise ValueError(f"{self.key}: margins and gaps cannot be negative")
        if self.left(self.columns - 1) + self.width > self.page_width + TOLERANCE:
            raise ValueError(f"{self.key}: the columns are wider than the page")
        if self.top(self.rows - 1) + self.height > self.page_height + TOLERANCE:
            raise ValueError(f"{self.key}: the rows are taller than the page")

    @property
    def per_sheet(self) -> int:
        """Badges on one sheet."""
        return self.columns * self.rows

    @property
    def carries_code(self) -> bool:
        """Whether a code with 1 mm modules and its white margin fits on a badge."""
        return min(self.width, self.height) >= SMALLEST_CODE

    def left(self, column: int) -> float:
        """Distance of a column's badges from the left edge of the page."""
        return self.margin_left + column * (self.width + self.gap_x)

    def top(self, row: int) -> float:
        """Distance of a row's badges from the top edge of the page."""
        return self.margin_top + row * (self.height + self.gap_y)


@cache
def stocks() -> Mapping[str, Stock]:
    """Every stock we know, by key, in the order of the file."""
    rows = tomllib.loads((Path(__file__).parent / "stocks.toml").read_text("utf-8"))
    return {key: Stock(key, **row) for key, row in rows.items()}


def get_stock(key: str) -> Stock:
    """The stock of that key. Raises KeyError."""
    return stocks()[key]
