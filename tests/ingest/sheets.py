"""Writes small PDFs for tests: lines of text at given places, rules, pages."""

from pathlib import Path
from typing import Any

__all__ = ["Sheets"]

HEIGHT, WIDTH = 842.0, 595.0
SONG, LATIN, BOLD = "STSong-Light", "Times-Roman", "Times-Bold"


class Sheets:
    """A PDF under construction; places are in points from the top left."""

    def __init__(self, path: Path, **options: Any) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont
        from reportlab.pdfgen.canvas import Canvas

        pdfmetrics.registerFont(UnicodeCIDFont(SONG))
        self.path = path
        self.canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT), invariant=True, **options)

    def line(self, x: float, y: float, text: str, size: float = 10.5, font: str = SONG) -> None:
        """Draw a line of text whose baseline is y below the top of the page."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, HEIGHT - y, text)

    def column(
        self, x: float, y: float, lines: list[str], size: float = 10.5, font: str = SONG, pitch: float = 16.0
    ) -> float:
        """Draw lines below each other; return where the next one would stand."""
        for text in lines:
            self.line(x, y, text, size, font)
            y += pitch
        return y

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a straight line."""
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def grid(self, xs: list[float], ys: list[float], rows: list[list[str]]) -> None:
        """Draw a ruled table."""
        for y in ys:
            self.rule(xs[0], y, xs[-1], y)
        for x in xs:
            self.rule(x, ys[0], x, ys[-1])
        for y, row in zip(ys, rows, strict=False):
            for x, cell in zip(xs, row, strict=False):
                self.line(x + 4, y + 13, cell)

    def page(self) -> None:
        """End the page."""
        self.canvas.showPage()

    def save(self) -> Path:
        """Write the file."""
        self.canvas.save()
        return self.path
