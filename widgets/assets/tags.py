"""Tags that hang on the selected asset, with their owners, and the ways to hang one and take one down (CMD-08)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.core.command.control_facts import TagFact
from console.core.identity.roles import Permission
from console.desk.formats import stamp
from console.desk.office import Office
from widgets.assets.tag_sheets import HangSheet, TakeDownSheet
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton
from widgets.kit.labels import PlainLabel, plain_tip
from widgets.kit.seconds import seconds_of
from widgets.kit.space import APART, PAD_CELL, STEP
from widgets.kit.tag_glyph import tag_pixmap


class TagLine(QWidget):
    """One tag: glyph and kind, owner and since, the text, and the act that takes it down."""

    def __init__(self, office: Office, tag: TagFact) -> None:
        super().__init__()
        self._office = office
        self.tag = tag
        self._glyph = QLabel()
        self.kind, self.text = PlainLabel(strong=True), PlainLabel()
        self.owner = PlainLabel(muted=True)
        for label in (self.kind, self.text, self.owner):
            label.setWordWrap(True)
        self.take_down = ActButton(office.themes)
        words = QVBoxLayout()
        words.setSpacing(0)
        for label in (self.kind, self.text, self.owner):
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(PAD_CELL)
        row.addWidget(self._glyph)
        row.addLayout(words, 1)
        row.addWidget(self.take_down)
        self.take_down.clicked.connect(self._ask)
        self.say()

    def say(self) -> None:
        """In the present language, theme and rights."""
        speech, tag = self._office.speech, self.tag
        now = seconds_of(self._office.themes).now_ns
        ink = self._office.themes.tokens.text
        self._glyph.setPixmap(tag_pixmap(tag.kind, ink, 20, self.devicePixelRatioF()))
        self.kind.setText(speech.say(f"commands.tag_kind.{tag.kind.value}"))
        self.text.setText(tag.text)
        owner = speech.say("commands.tag.owner", who=tag.owner_name or tag.owner, at=stamp(tag.at, now))
        if tag.until:
            key = "commands.tag.until" if tag.until > now else "commands.tag.overdue"
            owner += f" · {speech.say(key, at=stamp(tag.until, now))}"
        self.owner.setText(owner)
        self.take_down.setText(speech.say("commands.tag.take_down"))
        self.take_down.setAccessibleName(f"{self.take_down.text()}: {self.kind.text()}, {tag.text}")
        refusal = self._refusal()
        self.take_down.setEnabled(self._office.link.live and not refusal)
        self.take_down.setToolTip(plain_tip(refusal))
        self.take_down.setAccessibleDescription(refusal)

    def _refusal(self) -> str:
        """Why this person may not take it down, as far as is known."""
        session = self._office.session
        if session.fact is None or session.user == self.tag.owner:
            return ""
        catalogue = self._office.catalogue.catalogue
        asset = catalogue.assets.get(self.tag.asset) if catalogue is not None else None
        allowed = session.may(Permission.UNTAG_OTHERS, asset.area if asset is not None else "")
        return "" if allowed else self._office.speech.say("commands.tag.not_yours")

    @Slot()
    def _ask(self) -> None:
        window = asks_of(self._office.acts).window_for(self)
        TakeDownSheet(self._office, window, self.tag).open_sheet()


class TagRows(QWidget):
    """What blocks most first; below them the act that hangs another one."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._asset = ""
        self.lines: list[TagLine] = []
        self.hang = ActButton(office.themes, "tag")
        self._list = QVBoxLayout()
        self._list.setSpacing(APART)
        foot = QHBoxLayout()
        foot.addWidget(self.hang)
        foot.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, STEP, 0, 0)
        box.setSpacing(PAD_CELL)
        box.addLayout(self._list)
        box.addLayout(foot)
        self.hang.clicked.connect(self._ask)
        office.tags.tags_changed.connect(self._take)
        office.session.session_changed.connect(self._say)
        office.link.link_changed.connect(self._say)
        office.speech.lang_changed.connect(self._say)
        office.themes.theme_changed.connect(self._say)

    def show_asset(self, asset: str) -> None:
        """Tags of another asset."""
        self._asset = asset
        self._again()

    @Slot(object)
    def _take(self, assets: frozenset[str]) -> None:
        if self._asset in assets:
            self._again()

    def _again(self) -> None:
        for line in self.lines:
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()
        tags = self._office.tags.of_asset(self._asset) if self._asset else []
        self.lines = [TagLine(self._office, tag) for tag in tags]
        for line in self.lines:
            self._list.addWidget(line)
        self._say()

    @Slot()
    def _say(self) -> None:
        for line in self.lines:
            line.say()
        office, catalogue = self._office, self._office.catalogue.catalogue
        asset = catalogue.assets.get(self._asset) if catalogue is not None else None
        session = office.session
        may = session.fact is None or (asset is not None and session.may(Permission.TAG, asset.area))
        self.hang.setText(office.speech.say("commands.tag.hang"))
        self.hang.setEnabled(office.link.live and may)

    @Slot()
    def _ask(self) -> None:
        sheet = HangSheet(self._office, asks_of(self._office.acts).window_for(self), self._asset)
        sheet.open_sheet(sheet.text)
