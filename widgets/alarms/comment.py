"""Acknowledging with words: asked for where the class of an alarm requires it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from console.core.alarm.facts import AckItem
from console.desk.office import Office
from widgets.alarms.response_parts import spread
from widgets.alarms.sheet import AlarmSheet
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel

_WIDTH = 460


class CommentSheet(AlarmSheet):
    """One comment for the rows that were seen and selected when it was opened (ALM-23)."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, _WIDTH)
        self._items: tuple[AckItem, ...] = ()
        self._owed = False
        self.why = PlainLabel(Role.BODY, muted=True)
        self.why.setWordWrap(True)
        self.comment = QLineEdit()
        self.comment.setMaxLength(500)
        self.leave = ActButton(office.themes)
        self.do = ActButton(office.themes, "ack")
        self.do.set_first()
        self.box.addWidget(self.why)
        self.box.addWidget(self.comment)
        self.box.addLayout(spread(self.leave, None, self.do))
        self.comment.textChanged.connect(self._check)
        self.comment.returnPressed.connect(self._go_on)
        self.leave.clicked.connect(self.close)
        self.do.clicked.connect(self._acknowledge)
        office.speech.lang_changed.connect(self._say)
        office.link.link_changed.connect(self._check)

    def open_for(self, items: Sequence[AckItem]) -> None:
        """Asks for a comment on these occurrences."""
        catalogue = self.office.catalogue.catalogue
        if not items or catalogue is None:
            return
        self._items = tuple(items)
        self._owed = any(catalogue.alarms[item.alarm].alarm.comment_required for item in items)
        self.alarm = items[0].alarm
        self.comment.clear()
        self._say()
        self.place_below_banner()
        self.comment.setFocus()

    @Slot()
    def _say(self) -> None:
        point, say = self.point(), self.office.speech.say
        if point is None:
            return
        self.show_head(point)
        self.setWindowTitle(say("alarms.comment.title"))
        self.comment.setPlaceholderText(say("alarms.comment.hint"))
        self.comment.setAccessibleName(say("alarms.comment.hint"))
        self.leave.setText(say("alarms.comment.leave"))
        self.do.setText(say("alarms.comment.do", n=len(self._items)))
        self.why.setText(say("alarms.comment.owed"))
        self.why.setVisible(self._owed)
        self._check()

    @Slot()
    def _check(self) -> None:
        said = bool(self.comment.text().strip())
        self.do.setEnabled(self.office.link.live and (said or not self._owed))

    @Slot()
    def _go_on(self) -> None:
        # Enter ends the words; the act is a press of its own (HMI-13).
        self.do.setFocus()

    @Slot()
    def _acknowledge(self) -> None:
        self.office.acts.ack(self._items, self.comment.text().strip())
        self.close()
