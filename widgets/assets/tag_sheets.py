"""Hanging a tag on an asset, and taking one down."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QToolButton, QWidget

from console.core.command.control_facts import TagFact, TagKind
from console.desk.formats import stamp
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.form_sheet import FormSheet
from widgets.kit.icons import icon
from widgets.kit.labels import PlainLabel, SectionTitle
from widgets.kit.seconds import seconds_of
from widgets.kit.space import ACT, PAD_CELL
from widgets.kit.tag_glyph import TAG_ICONS

_NS = 1_000_000_000
_ENDS_H = (0, 1, 4, 8, 24)
_LONGEST = 200
_WIDTH = 600
_COLUMNS = 2


class HangSheet(FormSheet):
    """Kind, what for, and until when the work is planned."""

    def __init__(self, office: Office, window: QWidget, asset: str) -> None:
        super().__init__(office, window, _WIDTH)
        self._asset = asset
        self._kinds, self._ends = QButtonGroup(self), QButtonGroup(self)
        self.kinds = {kind: self._choice(self._kinds) for kind in TagKind}
        self.ends = {hours: self._choice(self._ends) for hours in _ENDS_H}
        self.kinds[TagKind.INHIBIT_ALL].setChecked(True)
        self.ends[0].setChecked(True)
        self.text = QLineEdit()
        self.text.setMaxLength(_LONGEST)
        self.text.setMinimumHeight(ACT)
        self.then = PlainLabel(muted=True)
        self.then.setWordWrap(True)
        self._kind_title, self._text_title, self._end_title = SectionTitle(), SectionTitle(), SectionTitle()
        self.box.addWidget(self._kind_title)
        self.box.addLayout(self._grid(list(self.kinds.values()), _COLUMNS))
        for widget in (self._text_title, self.text, self._end_title):
            self.box.addWidget(widget)
        self.box.addLayout(self._grid(list(self.ends.values()), len(_ENDS_H)))
        self.box.addWidget(self.then)
        self.text.textChanged.connect(self.check)
        self._kinds.buttonClicked.connect(self.say)
        office.themes.theme_changed.connect(self.say)

    def _choice(self, group: QButtonGroup) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setMinimumSize(64, ACT)
        button.setProperty("kind", "choice")
        button.setFont(font(Role.BODY, strong=True))
        group.addButton(button)
        return button

    def _grid(self, buttons: list[QToolButton], columns: int) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(PAD_CELL)
        for place, button in enumerate(buttons):
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            grid.addWidget(button, place // columns, place % columns)
        return grid

    def kind(self) -> TagKind:
        """The kind chosen."""
        return next(kind for kind, button in self.kinds.items() if button.isChecked())

    def until_ns(self) -> int:
        """Planned end by the hub's clock, 0 for none."""
        hours = next(hours for hours, button in self.ends.items() if button.isChecked())
        return self.office.clock.now_ns() + hours * 3600 * _NS if hours else 0

    def ready(self) -> bool:
        """Nobody takes a tag seriously that does not say what for."""
        return bool(self.text.text().strip())

    def send(self) -> None:
        """Hangs it."""
        self.office.control.place_tag(self._asset, self.kind(), self.text.text().strip(), self.until_ns())

    @Slot()
    def say(self) -> None:
        """Everything in the present language."""
        speech, say, catalogue = self.office.speech, self.office.speech.say, self.office.catalogue.catalogue
        asset = catalogue.assets.get(self._asset) if catalogue is not None else None
        self.title.setText(say("commands.tag.hang_title"))
        self.place.setText(speech.of(asset.name) if asset is not None else self._asset)
        for title, key in (
            (self._kind_title, "commands.tag.kind"),
            (self._text_title, "commands.tag.text"),
            (self._end_title, "commands.tag.end"),
        ):
            title.setText(say(key))
        self.text.setPlaceholderText(say("commands.tag.text_hint"))
        self.text.setAccessibleName(self._text_title.text())
        tokens = self.office.themes.tokens
        for kind, button in self.kinds.items():
            ink = tokens.panel if button.isChecked() else tokens.text
            button.setIcon(icon(TAG_ICONS[kind], ink))
            button.setToolButtonStyle(button.toolButtonStyle().ToolButtonTextBesideIcon)
            button.setText(say(f"commands.tag_kind.{kind.value}"))
        for hours, button in self.ends.items():
            button.setText(say("commands.tag.hours", n=hours) if hours else say("commands.tag.no_end"))
        self.then.setText(say(f"commands.tag.then.{self.kind().value}"))
        self.leave.setText(say("commands.tag.leave"))
        self.do.setText(say("commands.tag.hang_do"))
        super().say()


class TakeDownSheet(FormSheet):
    """The owner may, a supervisor with a reason; it says what may be operated again then."""

    def __init__(self, office: Office, window: QWidget, tag: TagFact) -> None:
        super().__init__(office, window)
        self._tag = tag
        self.text = PlainLabel(Role.VALUE, strong=True)
        self.owner, self.then = PlainLabel(muted=True), PlainLabel()
        self.reason = QLineEdit()
        self.reason.setMaxLength(_LONGEST)
        self.reason.setMinimumHeight(ACT)
        for label in (self.text, self.owner, self.then):
            label.setWordWrap(True)
        for widget in (self.text, self.owner, self.reason, self.then):
            self.box.addWidget(widget)
        self.reason.textChanged.connect(self.check)
        office.tags.tags_changed.connect(self._look)

    @property
    def own(self) -> bool:
        """Whether this person hung it."""
        session = self.office.session
        return session.fact is None or session.user == self._tag.owner

    def ready(self) -> bool:
        """Of another person's tag it must be said why."""
        return self.own or bool(self.reason.text().strip())

    def send(self) -> None:
        """Takes it down."""
        self.office.control.remove_tag(self._tag.id, self.reason.text().strip())

    @Slot()
    def say(self) -> None:
        """Everything in the present language."""
        speech, say, catalogue = self.office.speech, self.office.speech.say, self.office.catalogue.catalogue
        asset = catalogue.assets.get(self._tag.asset) if catalogue is not None else None
        kind = say(f"commands.tag_kind.{self._tag.kind.value}")
        self.title.setText(say("commands.tag.down_title", kind=kind))
        self.place.setText(speech.of(asset.name) if asset is not None else self._tag.asset)
        self.text.setText(self._tag.text)
        at = stamp(self._tag.at, seconds_of(self.office.themes).now_ns)
        self.owner.setText(say("commands.tag.owner", who=self._tag.owner_name or self._tag.owner, at=at))
        self.reason.setPlaceholderText(say("commands.tag.reason" if self.own else "commands.tag.reason_owed"))
        self.reason.setAccessibleName(self.reason.placeholderText())
        self.then.setText(say("commands.tag.down_then"))
        self.leave.setText(say("commands.tag.keep"))
        self.do.setText(say("commands.tag.take_down"))
        super().say()

    @Slot(object)
    def _look(self, _assets: object) -> None:
        if self._tag.id not in self.office.tags.facts:
            self.close()
