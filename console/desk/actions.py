"""Every action of the console, declared once as data; menus, palette and shortcut sheet are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence

from console.desk.words import Speech


class Category(StrEnum):
    """Menus of the console; the words are `actions.category.<value>`."""

    ALARMS = "alarms"
    ASSET = "asset"
    TIME = "time"
    VIEW = "view"
    SEAT = "seat"
    WINDOW = "window"
    HELP = "help"


class Condition(StrEnum):
    """When an action can be used."""

    ALWAYS = "always"
    LIVE = "live"
    """The link is live."""
    ALARM_SELECTED = "alarm_selected"
    """Alarms are selected in the table; acts also need a live link."""
    ASSET_SELECTED = "asset_selected"
    ASSETS_SELECTED = "assets_selected"
    """Several assets are selected in the site tree."""


@dataclass(frozen=True, slots=True)
class ActionDef:
    """One action. `shortcuts` work in the whole window; `local_keys` only inside the view `local_to`.

    `words_key` has the text of the menu below `actions`; `<words_key>_hint`, where there is one, says more.
    """

    id: str
    category: Category
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    """Name of a file of `resources/icons`."""
    enabled_when: tuple[Condition, ...] = ()
    group: str = ""
    """Actions of one group exclude each other and show which is on."""
    local_keys: tuple[str, ...] = ()
    local_to: str = ""
    palette: bool = True
    """Whether the command palette offers it."""

    @property
    def words_key(self) -> str:
        """Key of its name."""
        return f"actions.{self.id}"


_ACT = (Condition.LIVE, Condition.ALARM_SELECTED)

# The Hangul key on the same key cap stands beside every single letter, for the input method may be on.
ACTIONS: tuple[ActionDef, ...] = (
    ActionDef("alarms.ack", Category.ALARMS, ("F2",), "ack", _ACT, local_keys=("A", "ㅁ"), local_to="alarms"),
    ActionDef("alarms.silence", Category.ALARMS, ("F3",), "silence"),
    ActionDef("alarms.sound", Category.ALARMS, (), "bell"),
    ActionDef("alarms.performance", Category.ALARMS, ("Ctrl+P",), "performance"),
    ActionDef(
        "alarms.shelve", Category.ALARMS, ("F4",), "shelve", _ACT, local_keys=("V", "ㅍ"), local_to="alarms"
    ),
    ActionDef("alarms.unshelve", Category.ALARMS, (), "unshelve", _ACT),
    ActionDef("alarms.ack_comment", Category.ALARMS, ("Shift+F2",), "ack", _ACT),
    ActionDef("alarms.out_of_service", Category.ALARMS, (), "minus", _ACT),
    ActionDef("alarms.in_service", Category.ALARMS, (), "live", _ACT),
    ActionDef("alarms.freeze", Category.ALARMS, ("F6",), "pin"),
    ActionDef("alarms.reset", Category.ALARMS, (), "reset", _ACT),
    ActionDef("alarms.log_entry", Category.ALARMS, (), "write", (Condition.ALARM_SELECTED,)),
    ActionDef("alarms.worst", Category.ALARMS, ("Ctrl+Home",), "worst"),
    ActionDef("help.guidance", Category.HELP, ("F1",), "guide"),
    ActionDef("help.shortcuts", Category.HELP, ("Ctrl+/",), "keyboard"),
    ActionDef("help.about", Category.HELP, (), "about"),
    ActionDef("asset.faceplate", Category.ASSET, ("Ctrl+Return",), "faceplate", (Condition.ASSET_SELECTED,)),
    ActionDef("asset.show_on_map", Category.ASSET, ("Ctrl+M",), "map", (Condition.ASSET_SELECTED,)),
    ActionDef("asset.trend", Category.ASSET, ("Ctrl+T",), "trend", (Condition.ASSET_SELECTED,)),
    ActionDef(
        "asset.group_command",
        Category.ASSET,
        ("Ctrl+G",),
        "group",
        (Condition.LIVE, Condition.ASSETS_SELECTED),
    ),
    ActionDef("asset.procedures", Category.ASSET, ("Ctrl+Shift+P",), "procedure"),
    ActionDef("areas.authority", Category.ASSET, ("Ctrl+Shift+A",), "person"),
    ActionDef("nav.escape", Category.VIEW, ("Esc",), "back", palette=False),
    ActionDef("nav.palette", Category.VIEW, ("Ctrl+K",), "search", palette=False),
    ActionDef("view.level1", Category.VIEW, ("Ctrl+1",), "level1", group="level"),
    ActionDef("view.level2", Category.VIEW, ("Ctrl+2",), "level2", group="level"),
    ActionDef("view.level3", Category.VIEW, ("Ctrl+3",), "level3", group="level"),
    ActionDef("view.level4", Category.VIEW, ("Ctrl+4",), "level4", group="level"),
    ActionDef("view.log", Category.VIEW, ("Ctrl+J",), "table"),
    ActionDef("view.handover", Category.VIEW, ("Ctrl+Shift+H",), "handover"),
    ActionDef("view.logbook", Category.VIEW, ("Ctrl+Shift+J",), "logbook"),
    ActionDef("log.entry", Category.VIEW, ("Ctrl+N",), "write"),
    ActionDef("log.mentions", Category.VIEW, (), "mention"),
    ActionDef("log.close", Category.VIEW, (), "lock", (Condition.LIVE,)),
    ActionDef("view.theme_day", Category.VIEW, (), "sun", group="theme"),
    ActionDef("view.theme_dusk", Category.VIEW, (), "dusk", group="theme"),
    ActionDef("view.theme_night", Category.VIEW, (), "moon", group="theme"),
    ActionDef("view.theme_bright", Category.VIEW, (), "bright", group="theme"),
    ActionDef("view.lang_ko", Category.VIEW, (), "language", group="lang"),
    ActionDef("view.lang_en", Category.VIEW, (), "language", group="lang"),
    ActionDef("time.live", Category.TIME, ("Ctrl+L",), "live"),
    ActionDef("time.span_5m", Category.TIME, (), "clock", group="span"),
    ActionDef("time.span_15m", Category.TIME, (), "clock", group="span"),
    ActionDef("time.span_1h", Category.TIME, (), "clock", group="span"),
    ActionDef("time.span_8h", Category.TIME, (), "clock", group="span"),
    ActionDef("time.span_24h", Category.TIME, (), "clock", group="span"),
    ActionDef("seat.sign_in", Category.SEAT, ("Ctrl+Shift+S",), "person"),
    ActionDef("seat.lock", Category.SEAT, ("Ctrl+Shift+L",), "lock", (Condition.LIVE,)),
    ActionDef("seat.sign_out", Category.SEAT, (), "quit", (Condition.LIVE,)),
    ActionDef("seat.password", Category.SEAT, (), "keyboard", (Condition.LIVE,)),
    ActionDef("seat.accounts", Category.SEAT, (), "person", (Condition.LIVE,)),
    ActionDef("window.lock_docks", Category.WINDOW, (), "lock"),
    ActionDef("window.reset_layout", Category.WINDOW, (), "layout"),
    ActionDef("window.full_screen", Category.WINDOW, ("F11",), "fullscreen"),
    ActionDef("window.quit", Category.WINDOW, ("Ctrl+Q",), "quit"),
)

_CHECKABLE = {"window.lock_docks", "window.full_screen"}


class ActionRegistry(QObject):
    """The QActions of all declared actions, in the present language, enabled by the present conditions."""

    triggered_action = Signal(str)
    """Id of the action that a person used."""

    def __init__(
        self, speech: Speech, actions: tuple[ActionDef, ...] = ACTIONS, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._speech = speech
        self._defs = {action.id: action for action in actions}
        self._conditions: set[Condition] = {Condition.ALWAYS}
        self._qactions = {action.id: self._make(action) for action in actions}
        self._say()
        self._enable()
        speech.lang_changed.connect(self._say)

    def definitions(self, category: Category | None = None) -> list[ActionDef]:
        """Declared actions in order, all or those of a category."""
        return [action for action in self._defs.values() if category in (None, action.category)]

    def definition(self, action_id: str) -> ActionDef:
        """One declaration; raises KeyError."""
        return self._defs[action_id]

    def action(self, action_id: str) -> QAction:
        """The QAction of an id; raises KeyError."""
        return self._qactions[action_id]

    def all(self) -> list[QAction]:
        """Every QAction, for `addActions` of the main window, so that shortcuts work."""
        return [*self._qactions.values()]

    def name(self, action_id: str) -> str:
        """The action's name in the present language."""
        return self._speech.say(self._defs[action_id].words_key)

    def use(self, action_id: str) -> None:
        """Do as if a person had used it, unless it is disabled."""
        self._qactions[action_id].trigger()

    def set_condition(self, condition: Condition, holds: bool) -> None:
        """Say whether a condition holds now."""
        if holds == (condition in self._conditions):
            return
        self._conditions ^= {condition}
        self._enable()

    def check(self, group: str, action_id: str) -> None:
        """Show which action of a group is on."""
        for other in self._defs.values():
            if other.group == group:
                self._qactions[other.id].setChecked(other.id == action_id)

    def _make(self, action: ActionDef) -> QAction:
        made = QAction(self)
        made.setObjectName(action.id)
        made.setData(action.id)
        made.setCheckable(bool(action.group) or action.id in _CHECKABLE)
        made.setShortcuts([QKeySequence(keys) for keys in action.shortcuts])
        # A key held down acts once: it must not silence or acknowledge what comes meanwhile (ALM-22).
        made.setAutoRepeat(action.category is not Category.ALARMS)
        made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        made.triggered.connect(self._report)
        return made

    @Slot()
    def _report(self) -> None:
        self.triggered_action.emit(self.sender().objectName())

    @Slot()
    def _say(self) -> None:
        for action in self._defs.values():
            made = self._qactions[action.id]
            name = self.name(action.id)
            made.setText(name)
            keys = " · ".join(action.shortcuts + action.local_keys[:1])
            hint = f"{action.words_key}_hint"
            made.setToolTip(
                self._speech.say(hint) if self._speech.knows(hint) else f"{name}  {keys}".rstrip()
            )

    def _enable(self) -> None:
        for action in self._defs.values():
            self._qactions[action.id].setEnabled(self._conditions.issuperset(action.enabled_when))
