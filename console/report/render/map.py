"""The map of a report as SVG: ground, assets with the symbol of their worst alarm, legend, scale and north.

Shapes and colours are those of the alarm list (square, triangle, inverted triangle, circle; a number in each), so that
none of it needs colour to be read. Every text is escaped (SEC-32).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from console.core.words import Text
from console.report.facts.record import Place, Snapshot
from console.report.render.basemap import BaseMap, Ring
from console.report.render.fonts import FAMILIES
from console.report.render.guard import shortened, visible
from console.report.render.outline import Box, Point, cut, labels
from console.report.render.speech import Speech, number

WIDTH, HEIGHT = 780.0, 400.0
_MAP = Box(0.0, 0.0, 610.0, HEIGHT)
_SIDE = 626.0
_WATER, _LAND, _EDGE, _ROAD, _AREA = "#dfe6ea", "#f3f2ec", "#b4b9bc", "#c9c4b8", "#8d949a"
_INK, _SOFT, _IDLE, _ACCENT = "#22262a", "#5a6168", "#767a80", "#29627f"
FILLS = {1: "#c83a49", 2: "#dc9213", 3: "#ffff00", 4: "#0078c0"}
_INKS = {1: "#ffffff", 2: "#000000", 3: "#000000", 4: "#ffffff"}
_SHAPES = {
    1: "M-6.5 -6.5H6.5V6.5H-6.5Z",
    2: "M0 -9L9.5 7H-9.5Z",
    3: "M0 9L9.5 -7H-9.5Z",
    4: "M7.2 0A7.2 7.2 0 1 1 -7.2 0A7.2 7.2 0 1 1 7.2 0Z",
}
_DIGIT_Y = {1: 3.2, 2: 5.0, 3: 1.2, 4: 3.2}
_NEAR = 9.0
"""Marks closer than this stand as one."""
_DEGREE_M = 111_320.0
_LONGEST = 40
"""Characters of a name on the map."""


def alt(snapshot: Snapshot, speech: Speech) -> str:
    """What the map shows, for who cannot see it."""
    alarmed = sum(place.priority > 0 for place in snapshot.places)
    return speech.say("reports.map.alt", at=speech.time(snapshot.at), n=len(snapshot.places), alarmed=alarmed)


def title(snapshot: Snapshot, speech: Speech) -> str:
    """Of which moment it is."""
    return speech.say("reports.map.title", at=speech.time(snapshot.at))


def svg(snapshot: Snapshot, ground: BaseMap, speech: Speech) -> str:
    """The drawing; its title is said by whoever places it."""
    view = _View(snapshot)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
        f'aria-label="{escape(alt(snapshot, speech))}" font-family="{escape(", ".join(FAMILIES))}" '
        f'font-size="8.5" fill="{_INK}">'
    )
    parts = [
        opening,
        f'<path d="{_MAP.path()}" fill="{_WATER}"/>',
        *_ground(view, ground),
        *_marks(view, snapshot, speech),
        f'<path d="{_MAP.path()}" fill="none" stroke="{_EDGE}" stroke-width="0.8"/>',
        *_scale(view, speech),
        *_legend(speech, ground),
        "</svg>",
    ]
    return "".join(parts)


class _View:
    """From degrees to places of the drawing; north is up, and a metre is as long in both directions."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._lat = (snapshot.south + snapshot.north) / 2
        self._lon = (snapshot.west + snapshot.east) / 2
        self._narrow = max(math.cos(math.radians(self._lat)), 0.01)
        wide = (snapshot.east - snapshot.west) * self._narrow
        high = snapshot.north - snapshot.south
        self.scale = min((_MAP.right - _MAP.left) / wide, (_MAP.bottom - _MAP.top) / high)
        """Points of the drawing in a degree of latitude."""

    def place(self, lon: float, lat: float) -> Point:
        x = (_MAP.left + _MAP.right) / 2 + (lon - self._lon) * self._narrow * self.scale
        y = (_MAP.top + _MAP.bottom) / 2 - (lat - self._lat) * self.scale
        return x, y

    def ring(self, ring: Ring) -> list[Point]:
        return [self.place(lon, lat) for lon, lat in ring]


def _ground(view: _View, ground: BaseMap) -> Iterator[str]:
    for ring in ground.land:
        outline = cut(view.ring(ring), _MAP)
        if len(outline) > 2:
            yield f'<path d="{_path(outline)}Z" fill="{_LAND}" stroke="{_EDGE}" stroke-width="0.4"/>'
    for area in ground.areas:
        outline = cut(view.ring(area.ring), _MAP)
        if len(outline) > 2:
            yield (
                f'<path d="{_path(outline)}Z" fill="none" stroke="{_AREA}" stroke-width="0.5" '
                'stroke-dasharray="2 2"/>'
            )
    for ring in ground.roads:
        line = [point for point in view.ring(ring) if _MAP.holds(point)]
        if len(line) > 1:
            yield f'<path d="{_path(line)}" fill="none" stroke="{_ROAD}" stroke-width="1.4"/>'


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _marks(view: _View, snapshot: Snapshot, speech: Speech) -> Iterator[str]:
    spots = _spots(view, snapshot.places)
    # The worst stands on top of all.
    for x, y, places in sorted(spots, key=lambda spot: -(_worst(spot[2]).priority or 9)):
        yield from _mark(x, y, places, snapshot.about)
    wanted: list[tuple[Point, str, bool]] = []
    for x, y, places in sorted(spots, key=lambda spot: _worst(spot[2]).priority or 9):
        about = next((place for place in places if place.asset == snapshot.about), None)
        named = about or _worst(places)
        wanted.append(((x, y), _name(named.name, speech), named.priority > 0 or about is not None))
    wanted.sort(key=lambda one: not one[2])
    taken = [Box(x - 8, y - 8, x + 8, y + 8) for x, y, _ in spots]
    for (x, y), text, strong in labels(wanted, taken, _MAP):
        weight = ' font-weight="bold"' if strong else f' fill="{_SOFT}"'
        yield (
            f'<text x="{x:.1f}" y="{y:.1f}" stroke="#ffffff" stroke-width="2.2" paint-order="stroke" '
            f'font-size="{8 if strong else 7}"{weight}>{escape(text)}</text>'
        )


def _name(name: Text, speech: Speech) -> str:
    """One language is enough on a map; both would not find room."""
    return shortened(visible(name.of(speech.lang)), _LONGEST)


def _worst(places: Sequence[Place]) -> Place:
    return min(places, key=lambda place: (place.priority or 9, place.acked, place.asset))


def _spots(view: _View, places: Sequence[Place]) -> list[tuple[float, float, list[Place]]]:
    """Assets that would lie on one another are one mark."""
    found: list[tuple[float, float, list[Place]]] = []
    for place in sorted(places, key=lambda one: (one.priority or 9, one.asset)):
        x, y = view.place(place.lon, place.lat)
        near = next((spot for spot in found if math.hypot(spot[0] - x, spot[1] - y) < _NEAR), None)
        if near is None:
            found.append((x, y, [place]))
        else:
            near[2].append(place)
    return found


def _mark(x: float, y: float, places: Sequence[Place], about: str) -> Iterator[str]:
    worst = _worst(places)
    yield f'<g transform="translate({x:.1f} {y:.1f})">'
    if any(place.asset == about for place in places):
        yield f'<circle r="10" fill="none" stroke="{_ACCENT}" stroke-width="2"/>'
    if not worst.priority:
        yield f'<circle r="2.6" fill="#ffffff" stroke="{_IDLE}" stroke-width="1.2"/>'
    else:
        yield from _symbol(worst.priority, unacked=not worst.acked)
    if len(places) > 1:
        yield (
            f'<circle cx="8" cy="-8" r="4.6" fill="#ffffff" stroke="{_IDLE}" stroke-width="0.7"/>'
            f'<text x="8" y="-5.6" font-size="6.5" text-anchor="middle">{len(places)}</text>'
        )
    yield "</g>"


def _symbol(priority: int, *, unacked: bool) -> Iterator[str]:
    if unacked:
        yield f'<circle r="12" fill="none" stroke="{_INK}" stroke-width="0.9" stroke-dasharray="2 1.6"/>'
    yield (
        f'<path d="{_SHAPES[priority]}" fill="{FILLS[priority]}" stroke="#111111" stroke-width="1.1"/>'
        f'<text y="{_DIGIT_Y[priority]:g}" font-size="8.5" font-weight="bold" text-anchor="middle" '
        f'fill="{_INKS[priority]}">{priority}</text>'
    )


def _scale(view: _View, speech: Speech) -> Iterator[str]:
    """A bar of a round length, and the direction of north."""
    metre = view.scale / _DEGREE_M
    most = 130.0 / metre
    power = 10.0 ** math.floor(math.log10(most))
    metres = next(factor * power for factor in (5, 2, 1) if factor * power <= most)
    long = metres * metre
    key = "kilometres" if metres >= 1000 else "metres"
    said = speech.say(f"reports.map.{key}", n=number(metres / (1000 if metres >= 1000 else 1), 0))
    left, base = _SIDE, HEIGHT - 34.0
    yield (
        f'<path d="M{left:g} {base - 5:g}V{base:g}H{left + long:.1f}V{base - 5:g}" fill="none" '
        f'stroke="{_INK}" stroke-width="1.2"/>'
        f'<text x="{left + long / 2:.1f}" y="{base - 8:g}" text-anchor="middle">{escape(said)}</text>'
    )
    x, y = _SIDE + 12.0, base - 48.0
    yield (
        f'<path d="M{x:g} {y - 22:g}L{x + 7:g} {y:g}L{x:g} {y - 5:g}L{x - 7:g} {y:g}Z" fill="{_INK}"/>'
        f'<text x="{x:g}" y="{y + 11:g}" text-anchor="middle" font-weight="bold">'
        f"{escape(speech.say('reports.map.north'))}</text>"
    )


def _legend(speech: Speech, ground: BaseMap) -> Iterator[str]:
    yield (
        f'<text x="{_SIDE:g}" y="16" font-weight="bold" font-size="10">'
        f"{escape(speech.say('reports.map.legend'))}</text>"
    )
    y = 40.0
    for priority in FILLS:
        yield (
            f'<g transform="translate({_SIDE + 12:g} {y:g})">'
            + "".join(_symbol(priority, unacked=False))
            + "</g>"
        )
        yield _line(y, speech.say("reports.map.priority", n=priority))
        y += 26.0
    yield (
        f'<circle cx="{_SIDE + 12:g}" cy="{y:g}" r="10" fill="none" stroke="{_INK}" stroke-width="0.9" '
        'stroke-dasharray="2 1.6"/>'
    )
    yield _line(y, speech.say("reports.map.unacked"))
    y += 26.0
    yield f'<circle cx="{_SIDE + 12:g}" cy="{y:g}" r="2.6" fill="#ffffff" stroke="{_IDLE}" stroke-width="1.2"/>'
    yield _line(y, speech.say("reports.map.none"))
    y += 26.0
    yield (
        f'<circle cx="{_SIDE + 12:g}" cy="{y:g}" r="5" fill="#ffffff" stroke="{_IDLE}" stroke-width="0.7"/>'
        f'<text x="{_SIDE + 12:g}" y="{y + 2.4:g}" font-size="6.5" text-anchor="middle">2</text>'
    )
    yield _line(y, speech.say("reports.map.several"))
    if ground.credit:
        for n, said in enumerate(
            reversed(speech.say("reports.map.credit", credit=ground.credit).split(" / "))
        ):
            yield (
                f'<text x="{_SIDE:g}" y="{HEIGHT - 6 - 9 * n:g}" font-size="6" fill="{_SOFT}">'
                f"{escape(shortened(said, 60))}</text>"
            )


def _line(y: float, text: str) -> str:
    return f'<text x="{_SIDE + 32:g}" y="{y + 3:g}">{escape(text)}</text>'
