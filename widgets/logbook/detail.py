"""The chosen entry in full: text, links, files, what it was before, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPushButton, QScrollArea, QVBoxLayout, QWidget

from console.core.logbook.entry import Attachment, LogEntry, LogLink
from console.desk.logbook_files import FileArrived
from console.desk.logbook_seed import LogSeed
from console.desk.models.book_rows import BookRow, BookWords
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel, SectionTitle
from widgets.kit.space import PAD_CELL, PAD_PANEL, ROW, STEP
from widgets.logbook.files import FileStrip
from widgets.logbook.flow import FlowLayout
from widgets.logbook.large import LargePicture
from widgets.logbook.links import LinkRow, follow
from widgets.logbook.pictures import is_picture
from widgets.logbook.rows import struck

_VERSIONS = 20


class EntryDetail(QWidget):
    """Follows the selection of the list."""

    told = Signal(str, bool)
    """A sentence for the person, and whether something went wrong."""

    def __init__(self, office: Office, words: BookWords) -> None:
        super().__init__()
        self._office = office
        self._words = words
        self._row: BookRow | None = None
        self._saving: dict[str, str] = {}
        self._large: LargePicture | None = None
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.head = PlainLabel(Role.VALUE, strong=True)
        self.about = PlainLabel(Role.CAPTION, muted=True)
        self.marks = PlainLabel(Role.CAPTION, strong=True)
        self.text = PlainLabel(Role.BODY)
        self.links = LinkRow(office)
        self.files = FileStrip(office)
        self.titles = {name: SectionTitle() for name in ("links", "files", "versions")}
        self.versions: list[PlainLabel] = []
        self.read, self.correct = QPushButton(), QPushButton()
        self.copy, self.drop = QPushButton(), QPushButton()
        self._arrange()
        self._connect()
        self.show_row(None)

    @property
    def row(self) -> BookRow | None:
        """What is shown."""
        return self._row

    def _arrange(self) -> None:
        inside = QWidget()
        inside.setProperty("ground", "panel")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(inside)
        box.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_PANEL)
        box.setSpacing(PAD_CELL // 2)
        for label in (self.head, self.about, self.marks, self.text):
            label.setWordWrap(True)
            box.addWidget(label)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._old = QVBoxLayout()
        self._old.setSpacing(PAD_CELL // 2)
        box.addWidget(self.titles["versions"])
        box.addLayout(self._old)
        box.addWidget(self.titles["links"])
        box.addWidget(self.links)
        box.addWidget(self.titles["files"])
        box.addWidget(self.files)
        box.addStretch(1)
        self.area.setWidget(inside)
        # What can be done stands below the text and not at its end: a long entry need not be scrolled for it.
        acts = QWidget()
        flow = FlowLayout(acts)
        flow.setContentsMargins(PAD_PANEL, STEP, PAD_PANEL, PAD_CELL)
        flow.setSpacing(PAD_CELL)
        for button in (self.read, self.correct, self.copy, self.drop):
            button.setFont(font(Role.CAPTION, strong=True))
            button.setMinimumHeight(ROW)
            button.setAutoDefault(False)
            flow.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.area, 1)
        whole.addWidget(acts)

    def _connect(self) -> None:
        office = self._office
        self.links.link_pressed.connect(self._follow)
        self.files.file_pressed.connect(self._open_file)
        self.read.clicked.connect(self._mark_read)
        self.correct.clicked.connect(self._correct)
        self.copy.clicked.connect(self._copy)
        self.drop.clicked.connect(self._drop)
        office.log_files.file_arrived.connect(self._arrived)
        office.log_board.mentions_changed.connect(self._again)
        office.log_post.letters_changed.connect(self._again)
        office.session.session_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)

    @Slot()
    def _again(self) -> None:
        self.show_row(self._row)

    def show_row(self, row: BookRow | None) -> None:
        """An entry or a letter; None: nothing is chosen."""
        self._row = row
        self._say_head(row)
        self._show_versions([] if row is None or row.thread is None else [*row.thread.versions[:-1]])
        for name, strip, show, what in (
            ("links", self.links, self.links.show_links, () if row is None else row.links),
            ("files", self.files, self.files.show_files, () if row is None else row.attachments),
        ):
            show(what)  # type: ignore[arg-type]
            strip.setVisible(bool(what))
            self.titles[name].setVisible(bool(what))
            self.titles[name].setText(self._office.speech.say(f"logbook.detail.{name}"))
        self._say_acts(row)

    def _say_head(self, row: BookRow | None) -> None:
        say, words = self._office.speech.say, self._words
        if row is None:
            self.head.setText("")
            self.about.setText(say("logbook.pick"))
            self.marks.hide()
            self.text.setText("")
            return
        self.head.setText(words.moment(row.at))
        self.about.setText(" · ".join(part for part in (words.author(row), words.area(row.area)) if part))
        marks = self._marks(row)
        self.marks.setVisible(bool(marks))
        self.marks.setText("\n".join(marks))
        self.text.setText(row.text)

    def _marks(self, row: BookRow) -> list[str]:
        say, words = self._office.speech.say, self._words
        if row.letter is not None:
            if row.letter.reason:
                return [say("logbook.refused", why=self._office.speech.reason(row.letter.reason))]
            waits = row.letter.author != self._office.session.user and self._office.link.live
            who = say("logbook.waits_for", who=row.letter.author_name or row.letter.author)
            return [say("logbook.not_sent"), *([who] if waits else [])]
        assert row.thread is not None
        current, found = row.thread.current, list[str]()
        if current.locked:
            found.append(say("logbook.mark.locked"))
        if row.thread.of is not None:
            found.append(say("logbook.mark.corrects", at=words.moment(row.thread.of.at)))
        elif row.thread.root.late:
            found.append(say("logbook.mark.late"))
        if row.thread.later is not None:
            found.append(say("logbook.mark.later", at=words.moment(row.thread.later.at)))
        if abs(current.written - current.at) > 60_000_000_000:
            found.append(say("logbook.written_late", at=words.moment(current.written)))
        return found

    def _show_versions(self, old: list[LogEntry]) -> None:
        self.titles["versions"].setVisible(bool(old))
        self.titles["versions"].setText(self._office.speech.say("logbook.detail.versions"))
        while self.versions:
            label = self.versions.pop()
            self._old.removeWidget(label)
            label.hide()
            label.deleteLater()
        for entry in reversed(old[-_VERSIONS:]):
            head, text = PlainLabel(Role.CAPTION, muted=True), PlainLabel(Role.BODY, muted=True)
            at = self._words.moment(entry.written)
            head.setText(
                self._office.speech.say(
                    "logbook.detail.version", at=at, who=entry.author_name or entry.author
                )
            )
            # Struck, and as readable as before: nothing is erased.
            text.setFont(struck())
            text.setText(entry.text)
            text.setWordWrap(True)
            for label in (head, text):
                self._old.addWidget(label)
                self.versions.append(label)

    def _say_acts(self, row: BookRow | None) -> None:
        say, office = self._office.speech.say, self._office
        letter = row.letter if row is not None else None
        locked = row is not None and row.thread is not None and row.thread.current.locked
        key = "rewrite" if letter is not None else "further" if locked else "correct"
        self.correct.setText(say(f"logbook.detail.{key}"))
        self.correct.setVisible(letter is not None or self._may_correct(row))
        self.read.setText(say("logbook.detail.read"))
        self.read.setVisible(bool(self._unread(row)))
        self.read.setEnabled(office.link.live and office.session.active)
        self.copy.setText(say("logbook.detail.copy"))
        self.copy.setVisible(row is not None)
        self.drop.setText(say("logbook.detail.drop"))
        self.drop.setVisible(letter is not None)

    def _may_correct(self, row: BookRow | None) -> bool:
        """As far as can be seen here; the hub decides."""
        office = self._office
        if row is None or row.thread is None or row.thread.later is not None:
            return False
        current = row.thread.current
        if not office.logbook.may_write_in(current.area):
            return False
        return current.locked or current.author == office.session.user or office.logbook.may_close

    def _unread(self, row: BookRow | None) -> tuple[str, ...]:
        if row is None or row.thread is None:
            return ()
        unread = {entry.id for entry in self._office.log_board.unread}
        return tuple(version.id for version in row.thread.versions if version.id in unread)

    @Slot(object)
    def _follow(self, link: LogLink) -> None:
        if not follow(link, self._office):
            name = link.label or link.key
            self.told.emit(self._office.speech.say("logbook.detail.gone", name=name), True)

    @Slot(object)
    def _open_file(self, item: Attachment) -> None:
        speech = self._office.speech
        if is_picture(item.media):
            if self._large is None:
                self._large = LargePicture(self._office, self.window())
            self._large.open_file(item)
            return
        chosen, _ = QFileDialog.getSaveFileName(
            self, speech.say("logbook.detail.save", name=item.name), item.name
        )
        if chosen:
            self.save_to(item, chosen)

    def save_to(self, item: Attachment, path: str) -> None:
        """Fetch a file and save it."""
        self._saving[item.sha256] = path
        self._office.log_files.fetch(item)

    @Slot(object)
    def _arrived(self, news: FileArrived) -> None:
        path = self._saving.pop(news.sha256, "")
        speech = self._office.speech
        if news.reason:
            if path:
                why = speech.reason(news.reason)
                self.told.emit(speech.say("logbook.detail.file_lost", why=why), True)
            return
        if not path:
            return
        name = Path(path).name
        try:
            Path(path).write_bytes(news.data)
        except OSError as error:
            why = error.strerror or str(error)
            self.told.emit(speech.say("logbook.detail.save_failed", name=name, why=why), True)
        else:
            self.told.emit(speech.say("logbook.detail.saved", name=name), False)

    @Slot()
    def _mark_read(self) -> None:
        unread = self._unread(self._row)
        if unread:
            self._office.logbook.read(unread)

    @Slot()
    def _correct(self) -> None:
        row = self._row
        if row is None:
            return
        if row.letter is not None:
            self._office.logbook.rewrite_asked.emit(row.letter)
        elif row.thread is not None:
            self._office.logbook.ask_entry(LogSeed(corrects=row.thread.current))

    @Slot()
    def _copy(self) -> None:
        if self._row is not None:
            QGuiApplication.clipboard().setText(self._row.text)

    @Slot()
    def _drop(self) -> None:
        if self._row is not None and self._row.letter is not None:
            self._office.log_post.drop(self._row.letter.draft.id)
