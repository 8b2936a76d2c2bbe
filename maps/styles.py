"""How a base layer is drawn, by the stem of its file; the same table dresses the page and the native map."""

from __future__ import annotations

import msgspec


class LayerStyle(msgspec.Struct, frozen=True, kw_only=True):
    """Token names of `maps.colours`, widths in px; an empty name draws nothing."""

    fill: str = ""
    fill_opacity: float = 1.0
    line: str = ""
    width: float = 1.0
    dash: tuple[float, ...] = ()
    from_zoom: float = 0.0
    label: str = ""
    """Colour of the names, empty for a layer without names."""
    label_px: float = 11.0
    label_zoom: float = 99.0
    toggle: str = ""
    """Which switch of the map hides this layer."""


_STYLES = {
    "water": LayerStyle(fill="water", line="shore", width=0.5),
    "land": LayerStyle(fill="land"),
    "districts": LayerStyle(
        line="area", width=0.75, dash=(6, 4), label="text_secondary", label_zoom=10.5, toggle="areas"
    ),
    "dongs": LayerStyle(
        line="line",
        width=0.5,
        from_zoom=12.5,
        label="text_secondary",
        label_zoom=13.75,
        label_px=10,
        toggle="areas",
    ),
    "areas": LayerStyle(
        fill="running",
        fill_opacity=0.06,
        line="area",
        width=1.25,
        dash=(5, 3),
        label="text_secondary",
        label_px=12,
        label_zoom=9.5,
        toggle="areas",
    ),
    "rivers": LayerStyle(line="water", width=2.5, label="text_secondary", label_zoom=12.5, label_px=10),
    "coastline": LayerStyle(line="shore", width=1.0),
    "roads": LayerStyle(
        line="trunk", width=1.25, label="text_secondary", label_zoom=13.0, label_px=10, toggle="trunk"
    ),
    "trunk": LayerStyle(
        line="trunk", width=1.75, label="text_secondary", label_zoom=12.5, label_px=10, toggle="trunk"
    ),
}
_OTHER = LayerStyle(line="area", width=0.75, label="text_secondary", label_zoom=13.0, label_px=10)


def style_of(stem: str) -> LayerStyle:
    """The style of a layer; an unknown stem is thin lines."""
    return _STYLES.get(stem, _OTHER)
