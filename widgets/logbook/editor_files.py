"""Files of the entry that is being written: chosen, dropped, or the picture of the window by one tick."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFileDialog, QPushButton, QVBoxLayout, QWidget

from console.core.errors import LogRefused
from console.core.logbook.entry import Attachment
from console.core.logbook.files import HEAD, check_attachments, check_file, media_of, safe_name
from console.desk.models.book_rows import BookWords
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_CELL, ROW
from widgets.logbook.editor_parts import Parts, in_line
from widgets.logbook.shot import Shot


class EntryFiles(QWidget):
    """What cannot be attached is named by `complained`; the others are taken."""

    changed = Signal()
    complained = Signal(str)

    def __init__(self, office: Office, shot: Shot) -> None:
        super().__init__()
        self._office = office
        self._picture = shot
        shot.setParent(self)
        self.parts = Parts(office)
        self.attach = QPushButton()
        self.attach.setFont(font(Role.CAPTION))
        self.attach.setMinimumHeight(ROW)
        self.attach.setAutoDefault(False)
        self.shot = QCheckBox()
        self.hint = PlainLabel(Role.CAPTION, muted=True)
        self.hint.setWordWrap(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(PAD_CELL // 2)
        box.addWidget(self.parts)
        box.addLayout(in_line(self.attach, self.shot))
        box.addWidget(self.hint)
        self.parts.changed.connect(self.changed)
        self.attach.clicked.connect(self._choose)
        self.shot.toggled.connect(self._turn_shot)
        shot.ready.connect(self._shot_ready)

    @property
    def waiting(self) -> bool:
        """Whether the picture of the window is wanted and not there yet."""
        return self.shot.isChecked() and self._picture.under_way

    def say(self) -> None:
        """Everything in the present language."""
        say = self._office.speech.say
        self.attach.setText(say("logbook.edit.attach"))
        self.shot.setText(say("logbook.edit.shot"))
        self.hint.setText(say("logbook.edit.drop_hint"))

    def add_paths(self, paths: list[Path]) -> None:
        """Attach files of this computer."""
        for path in paths:
            try:
                check_file(path.stat().st_size if path.is_file() else 0, "0" * 64)
                data = path.read_bytes()
            except LogRefused as refused:
                self._complain(path.name, self._office.speech.reason(refused.reason_code))
            except OSError as error:
                self._complain(path.name, error.strerror or str(error))
            else:
                self.add_data(path.name, data)

    def add_data(self, name: str, data: bytes) -> None:
        """Attach bytes under a name."""
        try:
            safe = safe_name(name)
            media = media_of(safe, data[:HEAD])
            item = Attachment(safe, media, len(data), self._office.log_post.outbox.add_file(data))
            made = check_attachments((*self.parts.files, item))
        except LogRefused as refused:
            self._complain(name, self._office.speech.reason(refused.reason_code))
        except OSError as error:
            self._complain(name, error.strerror or str(error))
        else:
            self.parts.add_file(made[-1], data)

    def _complain(self, name: str, why: str) -> None:
        self.complained.emit(f"{name}: {why}")

    @Slot()
    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(self, self._office.speech.say("logbook.edit.attach"))
        self.add_paths([Path(path) for path in chosen])

    @Slot(bool)
    def _turn_shot(self, wanted: bool) -> None:
        if wanted and not self._picture.data:
            self._picture.make()
            self.changed.emit()
        else:
            self._shot_ready()

    @Slot()
    def _shot_ready(self) -> None:
        words = BookWords(self._office.catalogue, self._office.speech)
        at = words.moment(self._picture.at_ns).replace(":", "-")
        name = f"{self._office.speech.say('logbook.edit.shot_name', at=at)}.png"
        self.parts.remove_named(name)
        if self.shot.isChecked() and self._picture.data:
            self.add_data(name, self._picture.data)
        self.changed.emit()
