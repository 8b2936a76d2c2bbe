"""The sheet in which an entry is written or corrected; plain text only, and nothing typed is lost."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMenu, QPlainTextEdit, QPushButton, QWidget

from console.core.errors import LogRefused
from console.core.logbook.entry import LogDraft, LogLink
from console.core.logbook.reasons import LogReason
from console.core.logbook.rules import TEXT_MAX, check_draft
from console.desk.logbook_seed import LogSeed, alarm_link, asset_link, seed_area
from console.desk.models.book_rows import Letter
from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.kit.fonts import Role, font
from widgets.kit.form_sheet import FormSheet
from widgets.kit.labels import PlainLabel
from widgets.kit.space import BANNER, ROW, STATUS
from widgets.logbook.editor_files import EntryFiles
from widgets.logbook.editor_parts import Parts, PlaceAndTime, framed, in_line
from widgets.logbook.rows import struck
from widgets.logbook.shot import Shot

_WIDTH = 620
_KEEP_MS = 1_500
_OLD_LINES = 6


class LogEditor(FormSheet):
    """`shot` is the picture of the window from before this sheet was there."""

    recorded = Signal(str)
    """Id of the entry that was kept and is on its way."""

    def __init__(self, office: Office, window: QWidget, seed: LogSeed, shot: Shot) -> None:
        super().__init__(office, window, _WIDTH)
        self._seed = seed
        self._id = office.acts.new_request()
        self._restored = False
        self._sent = False
        self.old = PlainLabel(Role.BODY, muted=True)
        self.text = QPlainTextEdit()
        self.where = PlaceAndTime(office)
        self.links = Parts(office)
        self.attached = EntryFiles(office, shot)
        self.files, self.shot = self.attached.parts, self.attached.shot
        self.fault = PlainLabel(Role.BODY, strong=True)
        self.left = PlainLabel(Role.CAPTION, muted=True)
        self.buttons = {name: QPushButton() for name in ("alarm", "asset", "chart", "mention")}
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.setInterval(0)
        self._fitting.timeout.connect(self.fit)
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_KEEP_MS)
        self._keep.timeout.connect(self._keep_unfinished)
        self._arrange()
        self._connect()
        self._begin()

    def _arrange(self) -> None:
        self.setAcceptDrops(True)
        # A file that is dropped on the text is a file, not its name.
        self.text.setAcceptDrops(False)
        self.text.setFont(font(Role.VALUE))
        self.text.setTabChangesFocus(True)
        self.old.setFont(struck())
        for label in (self.old, self.fault):
            label.setWordWrap(True)
        for button in self.buttons.values():
            button.setFont(font(Role.CAPTION))
            button.setMinimumHeight(ROW)
            button.setAutoDefault(False)
        for widget in (self.where, self.old, framed(self.text), self.left, self.links):
            self.box.addWidget(widget)
        self.box.addLayout(in_line(*(self.buttons[name] for name in ("alarm", "asset", "chart", "mention"))))
        self.box.addWidget(self.attached)
        self.box.addWidget(self.fault)

    def _connect(self) -> None:
        self.text.textChanged.connect(self._typed)
        self.where.changed.connect(self.check)
        self.links.changed.connect(self._changed)
        self.attached.changed.connect(self._changed)
        self.attached.complained.connect(self._complain)
        self.buttons["alarm"].clicked.connect(self._add_alarm)
        self.buttons["asset"].clicked.connect(self._add_asset)
        self.buttons["chart"].clicked.connect(self._add_chart)
        self.buttons["mention"].clicked.connect(self._mention)
        self.office.logbook.people_changed.connect(self._check_again)

    def _begin(self) -> None:
        seed, office = self._seed, self.office
        old = seed.corrects
        catalogue = office.catalogue.catalogue
        if old is not None:
            area, at, links = old.area, (office.clock.now_ns() if old.locked else old.at), old.links
            self.text.setPlainText(old.text)
            for item in old.attachments:
                self.files.add_file(item, office.log_files.data(item.sha256))
        else:
            area = seed_area(seed, catalogue, office.selection.asset)
            at, links = seed.at or office.clock.now_ns(), seed.links
        self.where.begin(area, at)
        for link in links:
            self.links.add_link(link)
        self.old.setVisible(old is not None)
        if old is not None:
            lines = old.text.split("\n")
            self.old.setText("\n".join(lines[:_OLD_LINES]) + ("\n…" if len(lines) > _OLD_LINES else ""))
        elif not seed.links:
            self._restore()

    def take_letter(self, letter: Letter) -> None:
        """A letter that is not at the hub is written anew, with another id."""
        self._take_draft(letter.draft)

    def _restore(self) -> None:
        draft = self.office.log_post.outbox.unfinished()
        if draft is not None:
            self._restored = True
            self._take_draft(draft)

    def _take_draft(self, draft: LogDraft) -> None:
        self.text.setPlainText(draft.text)
        self.where.begin(draft.area, draft.at)
        for link in draft.links:
            self.links.add_link(link)
        for item in draft.attachments:
            self.files.add_file(item, self.office.log_files.data(item.sha256))

    @property
    def draft(self) -> LogDraft:
        """What would be recorded now."""
        corrects = self._seed.corrects
        return LogDraft(
            id=self._id,
            at=self.where.at_ns,
            area=self.where.area,
            text=self.text.toPlainText(),
            links=self.links.links,
            attachments=self.files.files,
            corrects="" if corrects is None else corrects.id,
        )

    def fault_of(self) -> str:
        """Why it cannot be recorded; empty when it can, as far as can be seen here."""
        catalogue = self.office.catalogue.catalogue
        areas = catalogue.areas if catalogue is not None else {}
        draft = self.draft
        if not draft.text.strip():
            return LogReason.LOG_EMPTY
        try:
            check_draft(draft, self.office.clock.now_ns(), {*areas, draft.area})
        except LogRefused as refused:
            return refused.reason_code
        return ""

    def ready(self) -> bool:
        """Whether it can be recorded."""
        may = self.office.logbook.may_write_in(self.where.area)
        return may and not self.fault_of() and not self.attached.waiting

    @Slot()
    def check(self) -> None:
        """Says what is missing; an entry can be recorded without the hub too."""
        speech, fault = self.office.speech, self.fault_of()
        words = ""
        if not self.office.logbook.may_write_in(self.where.area):
            words = speech.say("logbook.edit.no_right")
        elif fault and fault != LogReason.LOG_EMPTY:
            words = speech.reason(fault)
        elif not self.office.link.live:
            words = speech.say("logbook.edit.offline")
        self.fault.setText(words)
        self.fault.setVisible(bool(words))
        count = len(self.text.toPlainText())
        self.left.setText(speech.say("logbook.edit.left", n=f"{count:,}", most=f"{TEXT_MAX:,}"))
        self.left.setVisible(count > TEXT_MAX // 2)
        self.buttons["asset"].setEnabled(bool(self.office.selection.asset))
        self.buttons["alarm"].setEnabled(self._alarm() >= 0)
        self.buttons["chart"].setEnabled(self._chart() is not None)
        self.buttons["mention"].setEnabled(bool(self.office.log_board.people))
        self.do.setEnabled(self.ready())

    @Slot()
    def say(self) -> None:
        """Everything in the present language."""
        say, old = self.office.speech.say, self._seed.corrects
        key = "title" if old is None else "title_further" if old.locked else "title_correct"
        self.title.setText(say(f"logbook.edit.{key}"))
        self.place.setText(say("logbook.edit.restored") if self._restored else say("logbook.edit.place"))
        self.text.setPlaceholderText(say("logbook.edit.text_hint"))
        self.text.setAccessibleName(say("logbook.edit.text"))
        for name in ("alarm", "asset", "chart"):
            self.buttons[name].setText(say(f"logbook.edit.add_{name}"))
        self.buttons["mention"].setText(f"@ {say('logbook.edit.mention')}")
        self.leave.setText(say("logbook.edit.leave"))
        self.do.setText(say("logbook.edit.do" if old is None else "logbook.edit.do_correct"))
        self.where.say()
        self.attached.say()
        super().say()

    @Slot()
    def _do(self) -> None:
        """Keep it on this disk and have it sent; the sheet stays open when the disk does not take it."""
        if not self.do.isEnabled():
            return
        draft = self.draft
        if self._seed.corrects is None and self.where.untouched:
            draft = msgspec.structs.replace(draft, at=min(draft.at, self.office.clock.now_ns()))
        try:
            self.office.log_post.write(draft)
        except OSError as error:
            why = error.strerror or str(error)
            self.fault.setText(self.office.speech.say("logbook.not_kept", why=why))
            self.fault.show()
            return
        self._sent = True
        self._keep.stop()
        self._forget_unfinished()
        self.recorded.emit(draft.id)
        self.close()

    def done(self, result: int) -> None:
        """Closed, by whatever means: what was typed stays for the next time unless it is on its way."""
        self._keep.stop()
        if not self._sent:
            self._keep_unfinished()
        super().done(result)

    def open_sheet(self, focus: QWidget | None = None) -> None:
        """Shows the sheet as high as it needs to be."""
        super().open_sheet(focus)
        self.fit()

    @Slot()
    def fit(self) -> None:
        """As high as its parts need at this width, within the window; Qt itself stops at two thirds of a screen."""
        room = self._home.height() - BANNER - STATUS
        layout = self.layout()
        if layout is None:
            return
        layout.activate()
        height = min(layout.totalHeightForWidth(self.width()), room)
        self.resize(self.width(), height)
        top = self._home.mapToGlobal(QPoint(0, BANNER)).y()
        lowest = top + room - height
        if self.y() > lowest:
            self.move(self.x(), max(top, lowest))

    @Slot()
    def _typed(self) -> None:
        self._changed()

    @Slot()
    def _changed(self) -> None:
        self._keep.start()
        self.check()
        self._fitting.start()

    @Slot()
    def _keep_unfinished(self) -> None:
        """Only a new entry: a correction begins again from what it corrects."""
        if self._seed.corrects is not None:
            return
        draft = self.draft
        try:
            if draft.text.strip() or draft.attachments:
                self.office.log_post.outbox.keep_unfinished(draft)
            else:
                self._forget_unfinished()
        except OSError as error:
            why = error.strerror or str(error)
            self.fault.setText(self.office.speech.say("logbook.not_kept", why=why))
            self.fault.show()

    def _forget_unfinished(self) -> None:
        if self._seed.corrects is None:
            self.office.log_post.outbox.keep_unfinished(None)

    def _alarm(self) -> int:
        """The worst alarm of the selection, else the newest worst of all; -1 without one."""
        board = self.office.alarms
        facts = [fact for fact in board.of_asset(self.office.selection.asset) if fact.state.listed]
        if facts:
            return min(facts, key=lambda fact: (fact.priority, -fact.at_event)).alarm
        return -1

    def _chart(self) -> LogLink | None:
        link = asks_of(self.office.acts).chart_link
        return None if link is None else link()

    @Slot()
    def _add_alarm(self) -> None:
        catalogue = self.office.catalogue.catalogue
        self._add(alarm_link(catalogue, self._alarm(), self.office.speech) if catalogue else None)

    @Slot()
    def _add_asset(self) -> None:
        catalogue = self.office.catalogue.catalogue
        asset = self.office.selection.asset
        self._add(asset_link(catalogue, asset, self.office.speech) if catalogue else None)

    @Slot()
    def _add_chart(self) -> None:
        self._add(self._chart())

    def _add(self, link: LogLink | None) -> None:
        if link is not None:
            self.links.add_link(link)

    @Slot()
    def _mention(self) -> None:
        menu = QMenu(self)
        for person in self.office.log_board.people:
            action = menu.addAction(f"{person.name} (@{person.user})".replace("&", "&&"))
            action.setData(person.user)
        button = self.buttons["mention"]
        chosen = menu.exec(button.mapToGlobal(button.rect().bottomLeft()))
        if chosen:
            self.text.insertPlainText(f"@{chosen.data()} ")
            self.text.setFocus()
        menu.deleteLater()

    @Slot(str)
    def _complain(self, words: str) -> None:
        self.fault.setText(words)
        self.fault.show()
        self._fitting.start()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.attached.add_paths(paths)
