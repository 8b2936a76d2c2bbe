"""Every pair of colours that is read together can be read, by every kind of eyes."""

from __future__ import annotations

from itertools import combinations

import pytest

from console.desk.themes import ThemeName, Tokens, load_tokens
from tests.widgets.colour_science import MACHADO, contrast, delta_e, lab, linear, seen_by
from widgets.kit.colours import mix, selection
from widgets.kit.sheet import sheet_of

THEMES = [name.value for name in ThemeName]
GROUNDS = ("window", "panel", "raised")
PRIORITIES = ("p1", "p2", "p3", "p4")


@pytest.fixture(params=THEMES)
def tokens(request: pytest.FixtureRequest) -> Tokens:
    return load_tokens(request.param)


def test_the_measure_of_colour_difference_agrees_with_published_pairs():
    assert delta_e((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)
    assert delta_e((50.0, 2.5, 0.0), (73.0, 25.0, -18.0)) == pytest.approx(27.1492, abs=1e-4)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("ink", ["text", "text2", "accent"])
def test_text_has_four_and_a_half_to_one_on_every_ground(tokens: Tokens, ink: str):
    """HMI-11, WCAG 1.4.3."""
    for ground in GROUNDS:
        assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5, (ink, ground)


def test_text_of_a_selected_row_has_four_and_a_half_to_one(tokens: Tokens):
    """HMI-11: the ground of a selection is mixed, so it is measured and not read from the table."""
    ground = selection(tokens).name()
    assert contrast(tokens.text, ground) >= 4.5
    assert contrast(tokens.text2, ground) >= 4.5
    assert contrast(tokens.panel, mix(tokens.text, tokens.panel, 0.14).name()) >= 4.5


@pytest.mark.parametrize("ink", ["idle", "running", "diag"])
def test_symbols_have_three_to_one_on_every_ground(tokens: Tokens, ink: str):
    """HMI-11, WCAG 1.4.11."""
    for ground in (*GROUNDS, "water", "land"):
        assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 3.0, (ink, ground)


@pytest.mark.parametrize("ink", ["text", "text2"])
def test_names_on_the_map_have_four_and_a_half_to_one(tokens: Tokens, ink: str):
    """HMI-11."""
    for ground in ("water", "land"):
        assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5, ground


@pytest.mark.parametrize("priority", PRIORITIES)
def test_an_alarm_symbol_reaches_three_to_one_by_fill_or_outline(tokens: Tokens, priority: str):
    """HMI-11: the outline is part of every symbol, so it alone must be enough where the fill is not."""
    for ground in (*GROUNDS, "water", "land"):
        by_fill = contrast(getattr(tokens, priority), getattr(tokens, ground))
        by_outline = contrast(tokens.outline, getattr(tokens, ground))
        assert max(by_fill, by_outline) >= 3.0, (priority, ground)


@pytest.mark.parametrize("priority", PRIORITIES)
def test_the_number_on_an_alarm_symbol_can_be_read(tokens: Tokens, priority: str):
    """HMI-11."""
    assert contrast(getattr(tokens, f"{priority}_glyph"), getattr(tokens, priority)) >= 4.5


@pytest.mark.parametrize("vision", list(MACHADO))
def test_priorities_are_eighteen_apart_for_every_colour_vision(tokens: Tokens, vision: str):
    """HMI palette: smallest CIEDE2000 difference of any two priorities, and to equipment grey, at least 18."""
    colours = [getattr(tokens, priority) for priority in PRIORITIES]
    seen = [lab(seen_by(colour, vision)) for colour in colours]
    assert min(delta_e(one, other) for one, other in combinations(seen, 2)) >= 18
    grey = lab(seen_by("#8C8C8C", vision))
    assert min(delta_e(one, grey) for one in seen) >= 18


def test_alarm_colours_are_the_same_in_every_theme():
    """HMI-02: one meaning, one colour."""
    assert len({tuple(getattr(load_tokens(name), p) for p in PRIORITIES) for name in THEMES}) == 1


def test_greys_are_grey_and_trend_lines_keep_clear_of_alarms(tokens: Tokens):
    """HMI-01: only alarms are saturated; a line may not be taken for a priority."""
    for ground in (*GROUNDS, "line", "text", "text2", "idle", "running"):
        _, a, b = lab(linear(getattr(tokens, ground)))
        assert (a * a + b * b) ** 0.5 <= 12, ground
    for line in tokens.trend:
        assert contrast(line, tokens.panel) >= 3.0
        assert min(delta_e(lab(linear(line)), lab(linear(getattr(tokens, p)))) for p in PRIORITIES) >= 15
    lights = [lab(linear(line))[0] for line in tokens.trend]
    assert max(lights) - min(lights) < 3


def test_the_style_sheet_uses_no_alarm_colour(tokens: Tokens):
    """HMI-02, HMI-04."""
    sheet = sheet_of(tokens).upper()
    assert not any(getattr(tokens, priority).upper() in sheet for priority in PRIORITIES)
    assert "$" not in sheet
