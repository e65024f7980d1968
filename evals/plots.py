"""Plots of a run as inline SVG: no script, no request."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from evals.metrics.calibration import Given, coverage_curve, reliability
from evals.suite import answerable_by_confidence, better_when_low, value_of

Json = Mapping[str, Any]
_WIDTH, _LEFT = 520, 170
_LINES: Final = ("#1b6ca8", "#c2410c", "#15803d", "#7c3aed", "#64748b", "#b91c1c")


def scores_by_suite(suites: Mapping[str, Json]) -> str:
    """One bar a suite, its primary score with the 95 % interval as a whisker."""
    rows = [
        (name, told["primary"], found)
        for name, told in suites.items()
        if (found := told["scores"].get(told.get("primary"))) and found["value"] is not None
    ]
    if not rows:
        return ""
    width = _WIDTH - _LEFT - 50
    parts = [
        _line(_at(share, width), _at(share, width), 0, 26 * len(rows))
        + _text(_at(share, width), 26 * len(rows) + 14, f"{share:g}", "middle")
        for share in (0, 0.25, 0.5, 0.75, 1)
    ]
    for i, (name, score, found) in enumerate(rows):
        y = 26 * i
        low, value, high = (_at(found[key], width) for key in ("low", "value", "high"))
        parts.append(
            _text(_LEFT - 8, y + 11, name, "end")
            + _text(_LEFT - 8, y + 22, score + (" ↓" if better_when_low(score) else ""), "end")
            + _bar(_LEFT, y + 5, max(0.0, value - _LEFT), 14)
            + _line(low, high, y + 12, y + 12, "whisker")
            + _text(_WIDTH - 42, y + 16, f"{found['value']:.3f}")
        )
    return _figure("Score by suite, with its 95 % interval", 26 * len(rows) + 20, "".join(parts))


def _at(share: float, width: int) -> float:
    return _LEFT + min(1.0, max(0.0, share)) * width


def latencies(spent: Mapping[str, Sequence[float]]) -> str:
    """For each suite how long its cases took, on a logarithmic scale in milliseconds."""
    every = [ms for values in spent.values() for ms in values if ms > 0]
    if not every:
        return ""
    low, high = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)) + 1e-9)
    high = max(high, low + 1)
    width, bins = _WIDTH - _LEFT - 20, 40
    parts = []
    names = [name for name, values in spent.items() if values]
    for exponent in range(low, high + 1):
        x = _LEFT + (exponent - low) / (high - low) * width
        parts.append(
            _line(x, x, 0, 34 * len(names)) + _text(x, 34 * len(names) + 14, milliseconds(10.0**exponent), "middle")
        )
    for i, name in enumerate(names):
        counts = [0] * bins
        for ms in spent[name]:
            share = (math.log10(max(ms, 10.0**low)) - low) / (high - low)
            counts[min(bins - 1, int(share * bins))] += 1
        base = 34 * i + 30
        parts.append(_text(_LEFT - 8, base - 8, name, "end"))
        for place, count in enumerate(counts):
            if count:
                tall = 26 * count / max(counts)
                x = _LEFT + place / bins * width
                parts.append(_bar(x, base - tall, width / bins - 1, tall))
    return _figure("Time per case", 34 * len(names) + 20, "".join(parts))


def milliseconds(ms: float) -> str:
    """A time as people read it."""
    return f"{ms / 1000:.3g} s" if ms >= 1000 else f"{ms:.3g} ms"


@dataclass(frozen=True, slots=True)
class Curve:
    """A series of (x, y), both above 0."""

    name: str
    points: Sequence[tuple[float, float]]


def curves(caption: str, series: Sequence[Curve]) -> str:
    """Lines on two logarithmic axes, as an SVG file of its own."""
    xs, ys = zip(*[point for one in series for point in one.points], strict=True)
    (left, right), (low, high) = ((math.log10(min(v)), math.log10(max(v) * 1.0001)) for v in (xs, ys))
    low, high = math.floor(low), math.ceil(high)
    width, tall, names = 420, 260, 150

    def at(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - left) / max(right - left, 1e-9)
        return 60 + across * width, 20 + tall * (high - math.log10(y)) / (high - low)

    parts = [f"<title>{escape(caption)}</title>", '<rect width="100%" height="100%" fill="#fff"/>']
    for exponent in range(low, high + 1):
        y = at(10**left, 10.0**exponent)[1]
        parts.append(f'<line x1="60" x2="{60 + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
                     + _text(54, y + 4, f"{10.0**exponent:,g}", "end"))
    parts += [_text(at(x, 10.0**low)[0], tall + 38, f"{x:,.0f}", "middle") for x in sorted(set(xs))]
    for one, colour in zip(series, _LINES, strict=False):
        places = [at(x, y) for x, y in one.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
    for row, (one, colour) in enumerate(sorted(zip(series, _LINES, strict=False), key=lambda s: -s[0].points[-1][1])):
        y = 30 + 22 * row
        parts.append(f'<rect x="{75 + width}" y="{y - 9}" width="10" height="10" fill="{colour}"/>'
                     + _text(90 + width, y, one.name))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {90 + width + names} {tall + 50}" '
            f'font-family="sans-serif" font-size="12" fill="#333">{"".join(parts)}</svg>\n')


def coverage_against_accuracy(suites: Mapping[str, Json], rows: Mapping[str, Sequence[Json]]) -> str:
    """A point for each suite that may abstain: how much of the answerable it answers, and how often that is right.

    Where its cases tell a confidence, a line shows what a higher threshold would give instead.
    """
    points, lines = [], []
    for name, told in suites.items():
        coverage, accuracy = (
            told["scores"].get(key, {}).get("value") for key in ("coverage", "accuracy_when_answered")
        )
        if coverage is not None and accuracy is not None:
            points.append((name, [(coverage, accuracy)]))
            lines.append(coverage_curve(*_given(rows.get(name, ()))))
    return _square("Coverage against accuracy", "coverage", "accuracy when answered", points, lines)


def reliability_diagram(rows: Mapping[str, Sequence[Json]]) -> str:
    """For each suite with a confidence: how often the question had an answer, among cases of like confidence."""
    points = []
    for name, cases in rows.items():
        labels, confidences = answerable_by_confidence(cases)
        if len(set(labels)) == 2:
            points.append((name, [(one.confidence, one.share) for one in reliability(labels, confidences)]))
    lines = [[(0.0, 0.0), (1.0, 1.0)]] if points else []
    return _square("Reliability of the confidence", "confidence", "share with an answer", points, lines)


def _given(rows: Sequence[Json]) -> tuple[list[Given], int]:
    """The answers given with a confidence, and how many questions have an answer."""
    given = [
        Given(row["confidence"], bool(right), value_of(row, "coverage") is not None)
        for row in rows
        if row.get("confidence") is not None and (right := value_of(row, "accuracy_when_answered")) is not None
    ]
    return given, sum(value_of(row, "coverage") is not None for row in rows)


def _square(
    caption: str,
    across: str,
    upward: str,
    points: Sequence[tuple[str, Sequence[tuple[float, float]]]],
    lines: Sequence[Sequence[tuple[float, float]]],
) -> str:
    """A plot of shares against shares: a colour for each named series, a key beside it, and lines."""
    if not points:
        return ""
    size, left, top = 240, 44, 24

    def at(x: float, y: float) -> str:
        return f"{left + x * size:.1f},{top + (1 - y) * size:.1f}"

    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, y = left + share * size, top + (1 - share) * size
        parts.append(
            _line(x, x, top, top + size)
            + _line(left, left + size, y, y)
            + _text(x, top + size + 14, f"{share:g}", "middle")
            + _text(left - 6, y + 4, f"{share:g}", "end")
        )
    for number, line in enumerate(lines):
        if len(line) > 1:
            kind = f"curve c{number % COLOURS}" if len(lines) == len(points) else "axis"
            parts.append(f'<polyline class="{kind}" fill="none" points="{" ".join(at(*point) for point in line)}"/>')
    for number, (name, places) in enumerate(points):
        for place in places:
            x_text, y_text = at(*place).split(",")
            parts.append(f'<circle class="dot c{number % COLOURS}" cx="{x_text}" cy="{y_text}" r="5"/>')
        y = top + 8 + 18 * number
        parts.append(
            f'<circle class="dot c{number % COLOURS}" cx="{left + size + 22}" cy="{y:.1f}" r="5"/>'
            + _text(left + size + 32, y + 4, name)
        )
    parts.append(_text(left + size / 2, top + size + 32, across, "middle"))
    parts.append(_text(4, 10, upward))
    return _figure(caption, max(top + size + 36, top + 18 * len(points)), "".join(parts))


COLOURS: Final = 6
"""Series are told apart by so many colours, which the page defines."""


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(x1: float, x2: float, y1: float, y2: float, kind: str = "axis") -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"/>'


def _bar(x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" opacity=".75"/>'


def _figure(caption: str, height: float, inside: str) -> str:
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>"
        f'<svg viewBox="0 -6 {_WIDTH} {height + 8:.0f}" role="img" '
        f'aria-label="{escape(caption)}">{inside}</svg></figure>'
    )
