"""What the frame does for the declared actions: theme, language, time span, docks, palette, sheets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMainWindow, QMessageBox

from console.desk.actions import Condition
from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.shell.docks import Docks
from widgets.shell.palette import CommandPalette
from widgets.shell.shortcuts import ShortcutSheet

_THEME, _LANG, _SPAN = "view.theme_", "view.lang_", "time.span_"
_SPANS_S = {"5m": 300, "15m": 900, "1h": 3600, "8h": 28800, "24h": 86400}
_LEVEL_DOCKS = {
    "view.level1": ("map", "areas"),
    "view.level2": ("alarms", "trend"),
    "view.level3": ("faceplate",),
    "view.level4": ("commands",),
}
_DOCK_OF = {
    "asset.faceplate": "faceplate",
    "asset.show_on_map": "map",
    "asset.trend": "trend",
    "alarms.performance": "performance",
    "view.log": "journal",
    "view.handover": "handover",
    "view.logbook": "logbook",
    "log.mentions": "logbook",
    "asset.procedures": "procedures",
}


class ShellActs(QObject):
    """Listens to the declared actions; those of other rooms pass by."""

    def __init__(
        self, office: Office, window: QMainWindow, docks: Docks, reset_layout: Callable[[], None]
    ) -> None:
        super().__init__(window)
        self._office = office
        self._window = window
        self._docks = docks
        self._palette = CommandPalette(office, window)
        self._table = {
            "nav.palette": self._open_palette,
            "nav.escape": self._escape,
            "help.shortcuts": self._open_shortcuts,
            "help.about": self._open_about,
            "window.reset_layout": reset_layout,
            "window.lock_docks": self._lock,
            "window.full_screen": self._full_screen,
            "window.quit": window.close,
            "time.live": self._live,
        }
        office.actions.triggered_action.connect(self._act)
        office.link.link_changed.connect(self._conditions)
        office.selection.asset_selected.connect(self._conditions)
        office.themes.theme_changed.connect(self._checks)
        office.speech.lang_changed.connect(self._checks)
        asks_of(office.acts).area_asked.connect(self._show_area)
        asks_of(office.acts).order_asked.connect(self._show_commands)
        asks_of(office.acts).alarm_asked.connect(self._show_alarms)
        asks_of(office.acts).chart_asked.connect(self._show_chart)
        self._conditions()
        self._checks()

    @Slot()
    def _show_area(self) -> None:
        for dock in ("map", "alarms"):
            self._docks.raise_dock(dock)

    @Slot()
    def _show_alarms(self) -> None:
        self._docks.raise_dock("alarms")

    @Slot()
    def _show_chart(self) -> None:
        self._docks.raise_dock("trend")

    @Slot()
    def _show_commands(self) -> None:
        self._docks.raise_dock("commands")

    @Slot()
    def _conditions(self) -> None:
        office = self._office
        office.actions.set_condition(Condition.LIVE, office.link.live)
        office.actions.set_condition(Condition.ASSET_SELECTED, bool(office.selection.asset))

    @Slot()
    def _checks(self) -> None:
        office = self._office
        office.actions.check("theme", f"{_THEME}{office.themes.theme.value}")
        office.actions.check("lang", f"{_LANG}{office.speech.lang}")

    @Slot(str)
    def _act(self, action: str) -> None:
        if action in self._table:
            self._table[action]()
        elif action.startswith(_THEME):
            self._theme(action.removeprefix(_THEME))
        elif action.startswith(_LANG):
            self._lang(action.removeprefix(_LANG))
        elif action.startswith(_SPAN):
            self._span(action, _SPANS_S[action.removeprefix(_SPAN)])
        elif action in _DOCK_OF:
            self._docks.raise_dock(_DOCK_OF[action])
        elif action in _LEVEL_DOCKS:
            self._level(action)

    def _theme(self, name: str) -> None:
        self._office.themes.set_theme(name)
        self._office.settings.put("theme", name)
        self._checks()

    def _lang(self, name: str) -> None:
        self._office.speech.set_lang(name)
        self._office.settings.put("language", name)
        self._checks()

    def _span(self, action: str, span_s: int) -> None:
        self._office.time.set_live(float(span_s))
        self._office.settings.put("time_span_s", float(span_s))
        self._office.actions.check("span", action)
        self._docks.raise_dock("trend")

    def _live(self) -> None:
        self._office.time.set_live(self._office.settings.number("time_span_s"))

    def _level(self, action: str) -> None:
        for dock in _LEVEL_DOCKS[action]:
            self._docks.raise_dock(dock)
        self._office.actions.check("level", action)

    def _open_palette(self) -> None:
        self._palette.open_over(self._window)

    def _escape(self) -> None:
        self._office.selection.clear()

    def _open_shortcuts(self) -> None:
        ShortcutSheet(self._office, self._window).show()

    def _open_about(self) -> None:
        speech = self._office.speech
        box = QMessageBox(self._window)
        box.setWindowTitle(speech.say("actions.help.about"))
        box.setText(speech.say("shell.about"))
        box.setModal(False)
        box.show()

    def _lock(self) -> None:
        locked = self._office.actions.action("window.lock_docks").isChecked()
        self._docks.set_locked(locked)
        self._office.settings.put("lock_docks", locked)

    def _full_screen(self) -> None:
        full = self._office.actions.action("window.full_screen").isChecked()
        if full:
            self._window.showFullScreen()
        else:
            self._window.showNormal()
