"""The tap: raw frames of one feed as plain text, bounded, with pause and copy."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from console.desk.feed_acts import TapFrame, TapNews
from console.desk.formats import full_stamp, number
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.kit.texts import Texts

INDENT = "    "
MOST = 500
"""Frames kept; each is two blocks of the text: its head and its text."""


class TapPane(QWidget):
    """Shows nothing until a person asks; ends with the pane out of sight, with another feed, and by the hub."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self._feed = ""
        self._open = False
        self._paused = False
        self._ended = False
        self._count = self._skipped = 0
        self._held: deque[TapFrame] = deque(maxlen=MOST)
        self.told = PlainLabel(Role.CAPTION, muted=True)
        self.toggle, self.pause, self.copy, self.clear = (QPushButton() for _ in range(4))
        self.text = QPlainTextEdit()
        self._arrange()
        self.toggle.clicked.connect(self._toggle)
        self.pause.clicked.connect(self._pause)
        self.copy.clicked.connect(self._copy)
        self.clear.clicked.connect(self._clear)
        office.feed_acts.tap_arrived.connect(self._take)
        office.speech.lang_changed.connect(self._again)
        self._texts.put(self.text.setAccessibleName, "feedpage.tap.title")
        self._texts.put(self.copy.setText, "feedpage.tap.copy")
        self._texts.put(self.clear.setText, "feedpage.tap.clear")
        self._again()

    @property
    def open(self) -> bool:
        """Whether frames are asked for."""
        return self._open

    def show_feed(self, feed: str) -> None:
        """Another feed: what is open is closed."""
        if feed != self._feed:
            self.stop()
            self._feed = feed
            self._clear()

    @Slot()
    def stop(self) -> None:
        """No frames any more; what came stays."""
        if self._open:
            self._office.feed_acts.close_tap()
            self._open = False
        self._resume()
        self._again()

    def _arrange(self) -> None:
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setMaximumBlockCount(2 * MOST)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        face.setPointSizeF(font(Role.CAPTION).pointSizeF())
        face.setStyleHint(QFont.StyleHint.Monospace)
        self.text.setFont(face)
        head = QHBoxLayout()
        head.setContentsMargins(PAD_CELL, STEP, PAD_CELL, STEP)
        head.setSpacing(PAD_CELL)
        head.addWidget(self.told, 1)
        for button in (self.toggle, self.pause, self.copy, self.clear):
            button.setFont(font(Role.CAPTION, strong=True))
            button.setMinimumHeight(ROW)
            head.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self.text, 1)

    @Slot()
    def _toggle(self) -> None:
        if self._open:
            self.stop()
            return
        self._ended = False
        self._open = bool(self._feed) and self._office.feed_acts.open_tap(self._feed)
        self._again()

    @Slot()
    def _pause(self) -> None:
        if self._paused:
            self._resume()
        else:
            self._paused = True
        self._again()

    def _resume(self) -> None:
        self._paused = False
        held = list(self._held)
        self._held.clear()
        self._append(held)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    @Slot()
    def _clear(self) -> None:
        self.text.clear()
        self._held.clear()
        self._count = self._skipped = 0
        self._ended = False
        self._again()

    @Slot(object)
    def _take(self, news: TapNews) -> None:
        if news.ended:
            self._open, self._ended = False, True
            self._resume()
        elif news.feed == self._feed:
            self._skipped += news.skipped
            self._count += len(news.frames)
            if self._paused:
                self._held.extend(news.frames)
            else:
                self._append(news.frames)
        self._again()

    def _append(self, frames: list[TapFrame] | tuple[TapFrame, ...]) -> None:
        if not frames:
            return
        bar = self.text.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 2
        self.text.appendPlainText("\n".join(self._written(frame) for frame in frames))
        if follows:
            bar.setValue(bar.maximum())

    def _written(self, frame: TapFrame) -> str:
        say = self._office.speech.say
        about = f"  {frame.about}" if frame.about else ""
        if frame.binary:
            about += f"  {say('feedpage.tap.binary')}"
        if frame.cut:
            about += f"  {say('feedpage.tap.cut')}"
        head = say("feedpage.tap.frame", at=full_stamp(frame.at), size=number(frame.size, 0), about=about)
        text = f"{frame.text}\n{frame.note}" if frame.note else frame.text
        # A frame is one block, so that the bound of the text is one of frames; set in, so that heads stand out.
        lines = text.replace("\r", "").split("\n")
        return f"{head}\n{chr(0x2028).join(f'{INDENT}{line}' for line in lines)}"

    @Slot()
    def _again(self) -> None:
        say = self._office.speech.say
        self.toggle.setText(say("feedpage.tap.stop" if self._open else "feedpage.tap.start"))
        self.toggle.setEnabled(bool(self._feed))
        self.pause.setText(say("feedpage.tap.go_on" if self._paused else "feedpage.tap.pause"))
        self.pause.setEnabled(self._open)
        self.copy.setEnabled(self._count > 0)
        self.clear.setEnabled(self._count > 0)
        parts = [say("feedpage.tap.counted", n=number(self._count, 0))] if self._count else []
        if self._skipped:
            parts.append(say("feedpage.tap.skipped", n=number(self._skipped, 0)))
        if self._paused:
            parts.append(say("feedpage.tap.paused", n=number(len(self._held), 0)))
        if self._ended:
            parts.append(say("feedpage.tap.ended"))
        self.told.setText(" · ".join(parts))
        self.text.setPlaceholderText(say("feedpage.tap.idle", n=MOST))
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
