"""The sheet in which an entry is written or corrected; plain text only, and nothing typed is lost."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QMenu, QPlainTextEdit, QPushButton, QWidget

from console.core.errors import LogRefused
from console.core.logbook.entry import Attachment, LogDraft, LogLink
from console.core.logbook.files import HEAD, check_attachments, check_file, media_of, safe_name
from console.core.logbook.reasons import LogReason
from console.core.logbook.rules import TEXT_MAX, check_draft
from console.desk.logbook_seed import LogSeed, alarm_link, asset_link, seed_area
from console.desk.models.book_rows import BookWords, Letter
from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.kit.fonts import Role, font
from widgets.kit.form_sheet import FormSheet
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.logbook.editor_parts import Parts, PlaceAndTime
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
        self._shot = shot
        shot.setParent(self)
        self._words = BookWords(office.catalogue, office.speech)
        self._id = office.acts.new_request()
        self._restored = False
        self._sent = False
        self.old = PlainLabel(Role.BODY, muted=True)
        self.text = QPlainTextEdit()
        self.where = PlaceAndTime(office)
        self.links = Parts(office)
        self.files = Parts(office)
        self.fault = PlainLabel(Role.BODY, strong=True)
        self.left = PlainLabel(Role.CAPTION, muted=True)
        self.hint = PlainLabel(Role.CAPTION, muted=True)
        self.shot = QCheckBox()
        self.buttons = {name: QPushButton() for name in ("alarm", "asset", "chart", "attach", "mention")}
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
        self.text.setMinimumHeight(110)
        self.old.setFont(struck())
        for label in (self.old, self.fault, self.hint):
            label.setWordWrap(True)
        for button in self.buttons.values():
            button.setFont(font(Role.CAPTION))
            button.setMinimumHeight(ROW)
            button.setAutoDefault(False)
        for widget in (self.where, self.old, self.text, self.left, self.links):
            self.box.addWidget(widget)
        self.box.addLayout(_line(*(self.buttons[name] for name in ("alarm", "asset", "chart", "mention"))))
        self.box.addWidget(self.files)
        self.box.addLayout(_line(self.buttons["attach"], self.shot))
        self.box.addWidget(self.hint)
        self.box.addWidget(self.fault)

    def _connect(self) -> None:
        self.text.textChanged.connect(self._typed)
        self.where.changed.connect(self.check)
        self.links.changed.connect(self._changed)
        self.files.changed.connect(self._changed)
        self.shot.toggled.connect(self._turn_shot)
        self._shot.ready.connect(self._shot_ready)
        self.buttons["alarm"].clicked.connect(self._add_alarm)
        self.buttons["asset"].clicked.connect(self._add_asset)
        self.buttons["chart"].clicked.connect(self._add_chart)
        self.buttons["attach"].clicked.connect(self._choose_files)
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
        return may and not self.fault_of() and not (self.shot.isChecked() and self._shot.under_way)

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
        self.buttons["attach"].setText(say("logbook.edit.attach"))
        self.buttons["mention"].setText(f"@ {say('logbook.edit.mention')}")
        self.shot.setText(say("logbook.edit.shot"))
        self.hint.setText(say("logbook.edit.drop_hint"))
        self.leave.setText(say("logbook.edit.leave"))
        self.do.setText(say("logbook.edit.do" if old is None else "logbook.edit.do_correct"))
        self.where.say()
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

    @Slot()
    def _typed(self) -> None:
        self._changed()

    @Slot()
    def _changed(self) -> None:
        self._keep.start()
        self.check()
        QTimer.singleShot(0, self, self.adjustSize)

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

    @Slot(bool)
    def _turn_shot(self, wanted: bool) -> None:
        if wanted and not self._shot.data:
            self._shot.make()
            self.check()
        else:
            self._shot_ready()

    @Slot()
    def _shot_ready(self) -> None:
        at = self._words.moment(self._shot.at_ns).replace(":", "-")
        name = f"{self.office.speech.say('logbook.edit.shot_name', at=at)}.png"
        self.files.remove_named(name)
        if self.shot.isChecked() and self._shot.data:
            self.add_data(name, self._shot.data)
        self.check()

    @Slot()
    def _choose_files(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(self, self.office.speech.say("logbook.edit.attach"))
        self.add_paths([Path(path) for path in chosen])

    def add_paths(self, paths: list[Path]) -> None:
        """Attach files of this computer; what cannot be is named, the others are taken."""
        for path in paths:
            try:
                size = path.stat().st_size if path.is_file() else 0
                check_file(size, "0" * 64)
                self.add_data(path.name, path.read_bytes())
            except LogRefused as refused:
                self._complain(path.name, self.office.speech.reason(refused.reason_code))
                return
            except OSError as error:
                self._complain(path.name, error.strerror or str(error))
                return

    def add_data(self, name: str, data: bytes) -> None:
        """Attach bytes under a name; raises nothing, says why not."""
        try:
            safe = safe_name(name)
            media = media_of(safe, data[:HEAD])
            item = Attachment(safe, media, len(data), self.office.log_post.outbox.add_file(data))
            made = check_attachments((*self.files.files, item))
        except LogRefused as refused:
            self._complain(name, self.office.speech.reason(refused.reason_code))
        except OSError as error:
            self._complain(name, error.strerror or str(error))
        else:
            self.files.add_file(made[-1], data)

    def _complain(self, name: str, why: str) -> None:
        self.fault.setText(f"{name}: {why}")
        self.fault.show()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.add_paths(paths)


def _line(*widgets: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(PAD_CELL)
    line.setContentsMargins(0, STEP, 0, 0)
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    return line
