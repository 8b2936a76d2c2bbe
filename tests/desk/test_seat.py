"""Language, theme, time, selection, settings and actions of a seat."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from console.desk.actions import ACTIONS, Category, Condition
from console.desk.initials import initials, matches
from console.desk.office import Office, SeatWishes, open_office
from console.desk.selection import Selection
from console.desk.settings import SettingDef, Settings
from console.desk.themes import ThemeName, load_tokens
from console.desk.timecontext import Bounds, TimeContext, TimeMode
from tests.client.small_city import NOON, NS
from tests.desk.heard import heard


def test_language_changes_live_and_is_told(office: Office) -> None:
    told = heard(office.speech.lang_changed)
    office.speech.set_lang("ko")
    assert told == ["ko"]
    assert office.speech.say("link.state.live") == "연결됨"
    with pytest.raises(ValueError, match="fr"):
        office.speech.set_lang("fr")


def test_reason_that_no_one_knows_is_shown_as_it_is(office: Office) -> None:
    assert office.speech.reason("ALREADY_ACKED") == "already acknowledged"
    assert "NEW_CODE" in office.speech.reason("NEW_CODE")


@pytest.mark.parametrize("name", list(ThemeName))
def test_every_theme_has_every_token(name: ThemeName) -> None:
    tokens = load_tokens(name)
    assert len(tokens.trend) == 8
    assert tokens.priority(1) == (tokens.p1, tokens.p1_glyph)
    assert tokens.name == name
    assert set(tokens.colours()) >= {"window", "p1", "diag", "land"}
    assert "trend" not in tokens.colours()


def test_broken_theme_is_named(tmp_path: Path) -> None:
    day = Path("resources/themes/day.toml").read_text()
    (tmp_path / "day.toml").write_text(day.replace('panel = "#E6E7E9"', 'panel = "grey"'))
    with pytest.raises(ValueError, match=r"day\.toml: panel"):
        load_tokens("day", tmp_path)


def test_theme_change_is_told_with_its_tokens(office: Office) -> None:
    told = heard(office.themes.theme_changed)
    office.themes.set_theme("night")
    assert told[0] is office.themes.tokens
    assert office.themes.theme is ThemeName.NIGHT


def test_live_time_slides_and_fixed_time_stands(qtbot: QtBot) -> None:
    time = TimeContext(60.0, NOON)
    told: list[Bounds] = []
    time.bounds_changed.connect(told.append)
    time.tick(NOON + NS)
    assert told[-1] == Bounds(NOON - 59 * NS, NOON + NS, True)
    time.set_fixed(NOON - 100 * NS, NOON)
    assert told[-1] == Bounds(NOON - 100 * NS, NOON, False)
    time.tick(NOON + 2 * NS)
    assert time.bounds == (NOON - 100 * NS, NOON)
    assert time.mode is TimeMode.FIXED
    time.set_live(30.0, NOON + 3 * NS)
    assert told[-1] == Bounds(NOON - 27 * NS, NOON + 3 * NS, False)
    assert len(told) == 3


@pytest.mark.parametrize("span_s", [0.0, -5.0, float("nan"), 1e12])
def test_span_that_cannot_be_shown_is_refused(qtbot: QtBot, span_s: float) -> None:
    with pytest.raises(ValueError, match="span"):
        TimeContext(60.0).set_live(span_s)
    with pytest.raises(ValueError, match="before"):
        TimeContext(60.0).set_fixed(5, 5)


def test_selecting_one_thing_lets_go_of_the_other(qtbot: QtBot) -> None:
    selection = Selection()
    assets: list[str] = []
    movers: list[int | None] = []
    selection.asset_selected.connect(assets.append)
    selection.mover_selected.connect(movers.append)
    selection.select_asset("suyeong", why="map")
    selection.select_asset("suyeong", why="tree")
    selection.select_mover(4, why="map")
    selection.clear()
    assert assets == ["suyeong", ""]
    assert movers == [4, None]
    assert (selection.asset, selection.mover, selection.why) == ("", None, "")


def test_settings_outlive_the_session(qtbot: QtBot, tmp_path: Path) -> None:
    first = Settings(tmp_path / "seat.ini")
    first.put("theme", "night")
    first.put("time_span_s", 3600.0)
    first.put("sound", False)
    first.put("layout", b"\x00\xff\x01")
    first.save()
    second = Settings(tmp_path / "seat.ini")
    assert second.text("theme") == "night"
    assert second.number("time_span_s") == 3600.0
    assert second.flag("sound") is False
    assert second.blob("layout") == b"\x00\xff\x01"


def test_setting_outside_its_choices_is_refused_and_not_believed(qtbot: QtBot, tmp_path: Path) -> None:
    declared = (SettingDef("theme", "day", ("day", "night")), SettingDef("volume", 0.7, low=0.2, high=1.0))
    settings = Settings(tmp_path / "seat.ini", declared)
    for key, value in (("theme", "pink"), ("volume", 0.0), ("volume", "loud"), ("theme", b"day")):
        with pytest.raises(ValueError, match=key):
            settings.put(key, value)
    (tmp_path / "hand.ini").write_text("[General]\ntheme=pink\nvolume=much\n")
    edited = Settings(tmp_path / "hand.ini", declared)
    assert edited.text("theme") == "day"
    assert edited.number("volume") == 0.7
    with pytest.raises(KeyError):
        settings.text("unknown")


def test_wishes_of_the_command_line_are_not_stored(qtbot: QtBot, tmp_path: Path) -> None:
    wished = open_office(tmp_path, SeatWishes(lang="en", theme="night"))
    assert wished.themes.theme is ThemeName.NIGHT
    wished.settings.save()
    assert open_office(tmp_path, SeatWishes(lang="ko")).themes.theme is ThemeName.DAY


def test_every_action_has_a_name_in_both_languages(office: Office) -> None:
    english = {action.id: office.actions.name(action.id) for action in ACTIONS}
    office.speech.set_lang("ko")
    for action in ACTIONS:
        assert office.actions.name(action.id)
        assert office.actions.action(action.id).text() == office.actions.name(action.id)
    assert english["alarms.ack"] != office.actions.name("alarms.ack")
    for category in Category:
        assert office.speech.say(f"actions.category.{category}")


def test_fixed_keys_are_those_of_the_rules() -> None:
    """HMI-13: fixed keys, and none executes a command."""
    keys = {key: action.id for action in ACTIONS for key in action.shortcuts}
    assert [keys[f"F{n}"] for n in range(1, 5)] == [
        "help.guidance",
        "alarms.ack",
        "alarms.silence",
        "alarms.shelve",
    ]
    assert [keys[f"Ctrl+{n}"] for n in range(1, 5)] == [f"view.level{n}" for n in range(1, 5)]
    assert keys["Esc"] == "nav.escape"
    assert len(keys) == sum(len(action.shortcuts) for action in ACTIONS)
    assert not any(action.id.startswith("command") for action in ACTIONS)


def test_action_needs_all_its_conditions(office: Office) -> None:
    ack = office.actions.action("alarms.ack")
    assert not ack.isEnabled()
    office.actions.set_condition(Condition.LIVE, True)
    assert not ack.isEnabled()
    office.actions.set_condition(Condition.ALARM_SELECTED, True)
    assert ack.isEnabled()
    office.actions.set_condition(Condition.LIVE, False)
    assert not ack.isEnabled()


def test_shortcut_reports_the_action_and_typing_a_letter_does_not(office: Office, qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    line = QLineEdit()
    window.setCentralWidget(line)
    window.addActions(office.actions.all())
    told: list[str] = []
    office.actions.triggered_action.connect(told.append)
    window.show()
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_A)
    office.actions.use("alarms.silence")
    office.actions.use("alarms.ack")
    assert told == ["alarms.silence"]
    assert line.text() == "a"
    assert office.actions.action("alarms.silence").shortcut() == QKeySequence("F3")
    window.close()


def test_one_action_of_a_group_is_on(office: Office) -> None:
    office.actions.check("theme", "view.theme_night")
    on = [a.id for a in ACTIONS if a.group == "theme" and office.actions.action(a.id).isChecked()]
    assert on == ["view.theme_night"]


def test_search_finds_by_initial_consonants_and_by_parts() -> None:
    assert initials("수영 펌프장 A1") == "ㅅㅇㅍㅍㅈa1"
    texts = ("수영 펌프장", "Suyeong station")
    assert matches("ㅅㅇㅍ", texts)
    assert matches("STATION 수영", texts)
    assert not matches("station 감천", texts)
    assert matches("", texts)
