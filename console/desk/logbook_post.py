"""Brings what was written at this seat to the hub: letter by letter, once the link and its author are there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.client.act_facts import ActKind, ActOutcome
from console.client.log_outbox import Letter, Outbox
from console.core.logbook.entry import LogDraft
from console.desk.acts import Acts
from console.desk.boards.link import LinkBoard
from console.desk.boards.session import SessionBoard

if TYPE_CHECKING:
    from console.client.log_dispatch import Dispatch
    from console.wire.messages import Asked, FileReply

__all__ = ["Letter", "LogbookPost"]

log = logging.getLogger("ui")

RETRY_MS = 5_000
ANSWER_MS = 15_000


class LogbookPost(QObject):
    """An entry is on the disk of this seat before it is sent, and stays there until the hub has it."""

    letters_changed = Signal()
    letter_delivered = Signal(str)
    """Id of an entry that the hub has now."""
    letter_refused = Signal(object)
    """Letter with the reason."""

    def __init__(
        self,
        link: LinkBoard,
        acts: Acts,
        session: SessionBoard,
        outbox: Outbox,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._acts = acts
        self._session = session
        self.outbox = outbox
        self._post: Callable[[Asked], None] | None = None
        self._dispatch: Dispatch | None = None
        self._request = ""
        self._again = QTimer(self)
        self._again.setInterval(RETRY_MS)
        self._again.timeout.connect(self.go_on)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(ANSWER_MS)
        self._patience.timeout.connect(self._give_up)
        link.link_changed.connect(self.go_on)
        session.session_changed.connect(self.go_on)
        acts.act_answered.connect(self._answered)

    def attach(self, post: Callable[[Asked], None]) -> None:
        """Where messages go."""
        self._post = post
        self.go_on()

    @property
    def author(self) -> str:
        """In whose name an entry is written here now; the user of this computer before the hub has said who it is."""
        return self._session.user or self._link.fact.user

    def letters(self) -> list[Letter]:
        """What is not at the hub, oldest first."""
        return self.outbox.letters()

    def share(self, entry: str) -> float | None:
        """How much of a letter is at the hub, None while it is not being sent."""
        dispatch = self._dispatch
        return dispatch.share if dispatch is not None and dispatch.letter.draft.id == entry else None

    def write(self, draft: LogDraft) -> None:
        """Keep an entry and send it as soon as possible; its files are in the outbox. Raises OSError."""
        fact = self._session.fact
        name = fact.name if fact is not None else ""
        self.outbox.put(Letter(draft=draft, author=self.author, author_name=name))
        self.letters_changed.emit()
        self.go_on()

    def drop(self, entry: str) -> None:
        """Its author gives a letter up."""
        if self._dispatch is not None and self._dispatch.letter.draft.id == entry:
            self._end()
        self.outbox.drop(entry)
        self.letters_changed.emit()
        self.go_on()

    def receive_file(self, reply: FileReply) -> None:
        """The hub's answer about a file."""
        if self._dispatch is None or reply.request != self._request:
            return
        self._dispatch.file_answered(reply)
        self._step()
        self.letters_changed.emit()

    def link_lost(self) -> None:
        """What was being sent begins again, where the hub says."""
        self._give_up()

    @Slot()
    def go_on(self) -> None:
        """Send the next letter, if there is one and its author is here."""
        if self._dispatch is not None or self._post is None:
            return
        waiting = [letter for letter in self.letters() if not letter.reason]
        if not waiting:
            self._again.stop()
            return
        self._again.start()
        mine = [letter for letter in waiting if letter.author == self._session.user]
        if self._link.live and self._session.active and mine:
            from console.client.log_dispatch import Dispatch

            self._dispatch = Dispatch(mine[0], self.outbox.read_file)
            self._step()

    def _step(self) -> None:
        from console.client.log_dispatch import Verdict
        from console.wire.messages import WriteLog

        dispatch = self._dispatch
        if dispatch is None:
            return
        if dispatch.verdict is not Verdict.UNDER_WAY:
            self._judge(dispatch)
            return
        self._request = self._acts.new_request()
        try:
            message = dispatch.next(self._request)
        except OSError as error:
            log.error("a file of a log entry cannot be read: %s", error)
            dispatch.give_up("FILE_LOST")
            self._judge(dispatch)
            return
        if isinstance(message, WriteLog):
            self._patience.stop()
            self._acts.dispatch(ActKind.LOG_WRITE, message, message.draft.id)
        elif self._post is not None:
            self._patience.start()
            self._post(message)

    @Slot(object)
    def _answered(self, outcome: ActOutcome) -> None:
        if self._dispatch is None or outcome.request != self._request:
            return
        self._dispatch.answered(next((result.reason for result in outcome.results if result.reason), ""))
        self._step()

    def _judge(self, dispatch: Dispatch) -> None:
        from console.client.log_dispatch import Verdict

        self._end()
        letter = dispatch.letter
        if dispatch.verdict is Verdict.DONE:
            self.outbox.drop(letter.draft.id)
            self.letter_delivered.emit(letter.draft.id)
        elif dispatch.verdict is Verdict.REFUSED:
            refused = msgspec.structs.replace(letter, reason=dispatch.reason)
            self.outbox.put(refused)
            self.letter_refused.emit(refused)
        self.letters_changed.emit()
        if dispatch.verdict is not Verdict.LATER:
            self.go_on()

    @Slot()
    def _give_up(self) -> None:
        """No answer has come: it is tried again."""
        if self._dispatch is not None:
            self._end()
            self.letters_changed.emit()

    def _end(self) -> None:
        self._dispatch = None
        self._request = ""
        self._patience.stop()
