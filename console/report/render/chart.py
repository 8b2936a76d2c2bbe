"""A chart as SVG, the same drawing on paper and in HTML; every text in it is escaped (SEC-32)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from html import escape

from console.core.batch import NS
from console.report.facts.record import Chart, ChartKind, Report
from console.report.render.fonts import FAMILIES
from console.report.render.speech import Speech, number

WIDTH, HEIGHT = 560.0, 170.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 12.0, 10.0, 24.0
_INK, _GRID, _CURVE, _LIMIT = "#33383d", "#d5d9dd", "#1f5f99", "#a83232"
_STEPS_MIN = (1, 2, 5, 10, 30, 60, 120, 240, 360, 720, 1440, 2880, 10080, 20160)
_X_TICKS = 8
_Y_TICKS = 4

Point = tuple[float, float]


def alt(chart: Chart, speech: Speech, report: Report) -> str:
    """What the chart shows, for who cannot see it."""
    known = [value for value in chart.value if value is not None]
    title = speech.chart(chart)
    if not known:
        return speech.say("reports.text.alt_empty", title=title)
    return speech.say(
        "reports.text.alt",
        title=title,
        start=speech.time(report.start),
        end=speech.time(report.end),
        low=number(min(known), chart.decimals),
        high=number(max(known), chart.decimals),
        unit=chart.unit,
    )


def svg(chart: Chart, speech: Speech, report: Report) -> str:
    """The drawing; its title is said by whoever places it."""
    frame = _Frame(chart, report)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
        f'aria-label="{escape(alt(chart, speech, report))}" '
        f'font-family="{escape(", ".join(FAMILIES))}" font-size="9" fill="{_INK}">'
    )
    parts = [
        opening,
        *_value_axis(frame, chart),
        *_time_axis(frame, speech),
        *(_bars(frame, chart) if chart.kind is ChartKind.BARS else _curves(frame, chart)),
        *_limits(frame, chart),
        *_emptiness(chart, speech),
        "</svg>",
    ]
    return "".join(parts)


class _Frame:
    """From time and value to places of the drawing."""

    def __init__(self, chart: Chart, report: Report) -> None:
        self.start, self.end = report.start, report.end
        known = [value for value in chart.value if value is not None]
        low, high = min(known, default=0.0), max(known, default=1.0)
        limits = [v for v in (chart.low, chart.high) if v is not None]
        # A limit far away would press the curve flat.
        span = max(high - low, 1e-9)
        near = [v for v in limits if low - 2 * span <= v <= high + 2 * span]
        low, high = min((low, *near)), max((high, *near))
        if chart.kind is not ChartKind.LINE:
            low = min(low, 0.0)
        self.ticks = _nice(low, high)
        self.low, self.high = self.ticks[0], self.ticks[-1]

    def x(self, at: float) -> float:
        share = (at - self.start) / (self.end - self.start)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def _nice(low: float, high: float) -> list[float]:
    """Round values from at most `low` to at least `high`."""
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5 * max(1.0, abs(low) * 0.02), high + 0.5 * max(1.0, abs(high) * 0.02)
    raw = (high - low) / _Y_TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def _value_axis(frame: _Frame, chart: Chart) -> Iterator[str]:
    step = frame.ticks[1] - frame.ticks[0]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) + (1 if f"{step:e}".startswith("2.5") else 0)
    for tick in frame.ticks:
        y = frame.y(tick)
        yield f'<path d="M{_LEFT:g} {y:.1f}H{WIDTH - _RIGHT:g}" stroke="{_GRID}" stroke-width="0.5"/>'
        # Counts and states have no halves.
        whole = chart.kind is not ChartKind.LINE
        if not whole or tick == round(tick):
            shown = number(tick, 0 if whole else decimals)
            yield f'<text x="{_LEFT - 5:g}" y="{y + 3:.1f}" text-anchor="end">{escape(shown)}</text>'


def _time_axis(frame: _Frame, speech: Speech) -> Iterator[str]:
    minutes = (frame.end - frame.start) / (60 * NS)
    step = next((s for s in _STEPS_MIN if minutes / s <= _X_TICKS), 43_200)
    base = HEIGHT - _BOTTOM
    for moment in _moments(speech.local(frame.start), step, frame.end):
        x = frame.x(moment.timestamp() * NS)
        if x < _LEFT - 0.5:
            continue
        shown = f"{moment:%m-%d}" if step >= 1440 else f"{moment:%H:%M}"
        yield f'<path d="M{x:.1f} {base:g}v4" stroke="{_INK}" stroke-width="0.6"/>'
        yield f'<text x="{x:.1f}" y="{base + 14:g}" text-anchor="middle">{shown}</text>'
    yield f'<path d="M{_LEFT:g} {base:g}H{WIDTH - _RIGHT:g}" stroke="{_INK}" stroke-width="0.8"/>'


def _moments(start: datetime, step_min: int, end: int) -> Iterator[datetime]:
    """Round times of the clock in the zone of the site."""
    moment = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while moment.timestamp() * NS <= end:
        yield moment
        moment += timedelta(minutes=step_min)


def _bars(frame: _Frame, chart: Chart) -> Iterator[str]:
    for index, (at, value) in enumerate(zip(chart.at, chart.value, strict=True)):
        until = chart.at[index + 1] if index + 1 < len(chart.at) else frame.end
        left, right, top = frame.x(at), frame.x(until), frame.y(value or 0.0)
        width = max(0.6, (right - left) * 0.82)
        if value:
            yield (
                f'<rect x="{left + (right - left - width) / 2:.2f}" y="{top:.2f}" width="{width:.2f}" '
                f'height="{frame.y(0.0) - top:.2f}" fill="{_CURVE}"/>'
            )


def _curves(frame: _Frame, chart: Chart) -> Iterator[str]:
    for run in _runs(frame, chart):
        if chart.kind is ChartKind.STEPS:
            path = f"M{run[0][0]:.1f} {run[0][1]:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in run[1:])
        else:
            path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run)
        if len(run) == 1:
            path += "h0.5"
        yield f'<path d="{path}" fill="none" stroke="{_CURVE}" stroke-width="1" stroke-linejoin="round"/>'


def _runs(frame: _Frame, chart: Chart) -> Iterable[list[Point]]:
    """Stretches between gaps."""
    run: list[Point] = []
    for at, value in zip(chart.at, chart.value, strict=True):
        if value is None:
            if run:
                yield run
            run = []
        else:
            run.append((frame.x(at), frame.y(value)))
    if run:
        yield run


def _emptiness(chart: Chart, speech: Speech) -> Iterator[str]:
    """An empty frame says why it is empty."""
    if all(value is None for value in chart.value):
        yield (
            f'<text x="{(_LEFT + WIDTH - _RIGHT) / 2:g}" y="{HEIGHT / 2:g}" text-anchor="middle" font-size="11">'
            f"{escape(speech.say('reports.text.no_values'))}</text>"
        )


def _limits(frame: _Frame, chart: Chart) -> Iterator[str]:
    for limit in (chart.low, chart.high):
        if limit is None or not frame.low <= limit <= frame.high:
            continue
        y = frame.y(limit)
        shown = escape(number(limit, chart.decimals))
        yield (
            f'<path d="M{_LEFT:g} {y:.1f}H{WIDTH - _RIGHT:g}" stroke="{_LIMIT}" stroke-dasharray="5 3" '
            f'stroke-width="0.8"/><text x="{WIDTH - _RIGHT - 2:g}" y="{y - 2.5:.1f}" text-anchor="end" '
            f'fill="{_LIMIT}" stroke="#ffffff" stroke-width="2" paint-order="stroke">{shown}</text>'
        )
