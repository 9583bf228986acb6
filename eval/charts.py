"""Curves as SVG that stands in a page by itself."""

import math
from collections.abc import Sequence
from html import escape

__all__ = ["curve_svg"]

_WIDTH, _HEIGHT = 460, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 14, 14, 46
_MOST_POINTS = 400


def curve_svg(points: Sequence[tuple[float, float]], x: str, y: str, *, top: float) -> str:
    """Draw a curve; both axes begin at 0, that of y ends at `top`, that of x at a round number."""
    step = max(1, math.ceil(len(points) / _MOST_POINTS))
    shown = [*points[::step], *(points[-1:] if (len(points) - 1) % step else ())]
    right = _round_up(max(a for a, _ in points))
    across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(a: float, b: float) -> tuple[float, float]:
        return _LEFT + across * a / right, _TOP + up * (1 - b / top)

    parts = [f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(y)}; {escape(x)}">']
    for n in range(5):
        value = top * n / 4
        _, level = place(0, value)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{level:.1f}" y2="{level:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{level + 4:.1f}" text-anchor="end">{value:g}</text>')
        at, _ = place(right * n / 4, 0)
        parts.append(f'<text x="{at:.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">{right * n / 4:g}</text>')
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in (place(*p) for p in shown))
    parts.append(f'<polyline class="line" points="{path}"/>')
    if len(shown) <= 12:
        parts += [f'<circle class="dot" cx="{a:.1f}" cy="{b:.1f}" r="3.2"/>' for a, b in (place(*p) for p in shown)]
    middle = _LEFT + across / 2
    parts.append(f'<text class="axis" x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(x)}</text>')
    turned = f'transform="translate(13 {_TOP + up / 2}) rotate(-90)"'
    parts.append(f'<text class="axis" {turned} text-anchor="middle">{escape(y)}</text>')
    return "".join([*parts, "</svg>"])


def _round_up(value: float) -> float:
    """Give the next number of the form 1, 2, 4 or 8 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(n * power for n in (1, 2, 4, 8, 10) if n * power >= value * (1 - 1e-9))
