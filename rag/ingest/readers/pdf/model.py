"""What stands on a page: pieces of lines, rules, lines, tables; places are in points from the top left."""

from array import array
from dataclasses import dataclass, field

__all__ = ["Cell", "Line", "Page", "Piece", "Row", "Rule", "Table"]

Mark = tuple[int, int]  # a range of a text that is small and raised: the mark of a note, or an exponent


@dataclass(slots=True)
class Piece:
    """Characters on one baseline without a wide gap between them."""

    text: str
    x0: float
    x1: float
    base: float  # the baseline, downwards from the top of the page
    size: float
    bold: bool = False
    font: str = ""
    marks: tuple[Mark, ...] = ()
    edges: "array[float]" = field(default_factory=lambda: array("f"))  # where each character begins, and the last ends

    @property
    def y0(self) -> float:
        """Return the upper edge."""
        return self.base - 0.8 * self.size

    @property
    def y1(self) -> float:
        """Return the lower edge."""
        return self.base + 0.2 * self.size

    @property
    def middle(self) -> float:
        """Return the middle between left and right."""
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight drawn line, or a thin box: `at` is its place across, `start` and `end` along it."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(slots=True)
class Line:
    """The pieces of one baseline within one column."""

    text: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool
    font: str
    marks: tuple[Mark, ...]
    page: int
    left: float  # of the column
    right: float
    gaps: tuple[float, ...] = ()  # where its pieces begin, if there is more than one


@dataclass(slots=True)
class Cell:
    """A cell of a row: its text, its first column, how many columns it spans."""

    text: str
    column: int
    span: int = 1
    marks: tuple[Mark, ...] = ()


@dataclass(slots=True)
class Row:
    """A row of a table."""

    cells: list[Cell]
    header: bool = False


@dataclass(slots=True)
class Table:
    """A table, or what of one stands on a page."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    columns: tuple[float, ...]  # where each column begins
    rows: list[Row]
    ruled: bool = True


@dataclass(slots=True)
class Page:
    """What was read from one page."""

    number: int  # from 1
    width: float
    height: float
    pieces: list[Piece]
    rules: list[Rule]
    turned: list[Piece] = field(default_factory=list)  # along the margin or across the page: stamps, watermarks
    scanned: bool = False
