"""Opens the sheets of the operator log, and says what became of what was written."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from console.desk.logbook_post import Letter
from console.desk.logbook_seed import LogSeed
from console.desk.office import Office
from widgets.logbook.close_sheet import CloseLogSheet
from widgets.logbook.editor import LogEditor
from widgets.logbook.shot import Shot


class LogbookRoom(QObject):
    """One per window."""

    told = Signal(str, bool)
    """A sentence for the person, and whether something went wrong."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(window)
        self._office = office
        self._window = window
        self.editor: LogEditor | None = None
        office.actions.triggered_action.connect(self._act)
        office.logbook.entry_asked.connect(self.open_editor)
        office.logbook.rewrite_asked.connect(self._rewrite)
        office.log_post.letter_delivered.connect(self._delivered)
        office.log_post.letter_refused.connect(self._refused)

    @Slot(object)
    def open_editor(self, seed: LogSeed) -> LogEditor:
        """The editor, with a picture of the window as it is now; an open one gets the links."""
        if self.editor is not None:
            if seed.corrects is None:
                for link in seed.links:
                    self.editor.links.add_link(link)
            self.editor.activateWindow()
            return self.editor
        shot = Shot(self._window, self._office.clock.now_ns())
        editor = self.editor = LogEditor(self._office, self._window, seed, shot)
        editor.finished.connect(self._forget)
        editor.recorded.connect(self._recorded)
        editor.open_sheet(editor.text)
        return editor

    @Slot(str)
    def _act(self, action: str) -> None:
        if action == "log.entry":
            self.open_editor(LogSeed())
        elif action == "log.close":
            CloseLogSheet(self._office, self._window).open_sheet()

    @Slot(object)
    def _rewrite(self, letter: Letter) -> None:
        if self.editor is not None:
            self.editor.activateWindow()
            return
        editor = self.open_editor(LogSeed(area=letter.draft.area, at=letter.draft.at))
        editor.take_letter(letter)
        self._office.log_post.drop(letter.draft.id)

    @Slot()
    def _forget(self) -> None:
        self.editor = None

    @Slot(str)
    def _recorded(self, entry: str) -> None:
        """Where the hub does not answer at once, say where the entry is."""
        waiting = {letter.draft.id for letter in self._office.log_post.letters()}
        if entry in waiting and not (self._office.link.live and self._office.session.active):
            self.told.emit(self._office.speech.say("logbook.kept"), False)

    @Slot(str)
    def _delivered(self, _entry: str) -> None:
        self.told.emit(self._office.speech.say("logbook.delivered"), False)

    @Slot(object)
    def _refused(self, letter: Letter) -> None:
        speech = self._office.speech
        self.told.emit(speech.say("logbook.refused", why=speech.reason(letter.reason)), True)
