"""Colours of the map in every theme."""

from __future__ import annotations

import tomllib

import pytest

import resources
from maps.colours import MapColours, colours_of, luminance, mix
from maps.marks import Mark, MarkState, plate_of
from maps.sprites import Glyph, Letter, Stroke, cluster_symbol, sprite_table, symbol
from maps.styles import style_of

THEMES = sorted(file.stem for file in (resources.ROOT / "themes").glob("*.toml"))


def theme(name: str) -> MapColours:
    tree = tomllib.loads((resources.ROOT / "themes" / f"{name}.toml").read_text("utf-8"))
    return colours_of({key: value for key, value in tree.items() if isinstance(value, str)})


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_texts_and_symbols_have_contrast_on_land_and_water(name: str) -> None:
    """HMI-11: text 4.5:1, symbols 3:1 by fill or outline."""
    colours = theme(name)
    for ground in (colours.land, colours.water):
        assert contrast(colours.text, ground) >= 4.5
        assert contrast(colours.text_secondary, ground) >= 4.0
        assert contrast(colours.outline, ground) >= 3.0
        assert contrast(colours.running, ground) >= 3.0
    assert contrast(colours.text, colours.plate) >= 4.5
    for n in range(1, 5):
        table = colours.table()
        assert contrast(table[f"p{n}_ink"], table[f"p{n}"]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_every_colour_a_symbol_or_layer_names_exists(name: str) -> None:
    table = theme(name).table()
    named: set[str] = set()
    for priority in (None, 1, 2, 3, 4):
        for state in MarkState:
            one = Mark(
                id="a",
                kind="pump",
                lat=0,
                lon=0,
                name="",
                state=state,
                priority=priority,
                acked=False,
                shelved=priority is None,
                tagged=True,
                pending=True,
            )
            plate = plate_of(one)
            named |= {plate.fill, plate.ink, plate.edge}
            for op in (*symbol(plate), *symbol(plate, off=True), *cluster_symbol(priority)):
                match op:
                    case Stroke():
                        named |= {colour for colour in (op.fill, op.stroke) if colour}
                    case Glyph() | Letter():
                        named.add(op.ink)
    for stem in (
        "land",
        "water",
        "districts",
        "dongs",
        "areas",
        "rivers",
        "coastline",
        "roads",
        "trunk",
        "other",
    ):
        style = style_of(stem)
        named |= {colour for colour in (style.fill, style.line, style.label) if colour}
    assert named <= set(table)
    assert sprite_table()["clusters"]


def test_the_dark_phase_of_a_flash_keeps_outline_and_number() -> None:
    """HMI-05: only the fill goes; the symbol is never gone."""
    plate = plate_of(
        Mark(id="a", kind="pump", lat=0, lon=0, name="", state=MarkState.ALARM, priority=1, acked=False)
    )
    off = symbol(plate, off=True)
    assert any(isinstance(op, Stroke) and op.stroke == "outline" for op in off)
    assert any(isinstance(op, Letter) and op.text == "1" for op in off)
    assert not any(isinstance(op, Stroke) and op.fill == "p1" for op in off)


def test_a_token_that_is_missing_or_no_colour_falls_back() -> None:
    colours = colours_of({"land": "url(x)", "water": "#1B1D20", "text secondary": "#ABCDEF"})
    assert colours.land == "#E1E1DC"
    assert colours.water == "#1B1D20"
    assert colours.text_secondary == "#ABCDEF"


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert mix("#000000", "#FFFFFF", 0.0) == "#000000"
    assert mix("#000000", "#FFFFFF", 1.0) == "#FFFFFF"
    assert mix("#102030", "#304050", 0.5) == "#203040"
