"""How one letter goes to the hub: its files in parts, each asked for by the hub, then the entry.

No clock and no socket: `next` says what to send, answers come in, and `verdict` says how it ended.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from enum import StrEnum

from console.client.log_outbox import Letter
from console.core.logbook.files import CHUNK
from console.core.logbook.reasons import LogReason
from console.wire.messages import FileReply, OfferFile, PutFile, WriteLog

Read = Callable[[str, int, int], bytes]
Sent = OfferFile | PutFile | WriteLog

_LATER = frozenset(
    {
        *("NO_ANSWER", "LINK_LOST", "NOT_RECORDED", "NOT_SIGNED_IN", "SESSION_LOCKED"),
        *(LogReason.FILE_BUSY, LogReason.DISK_FULL, LogReason.LOG_UNAVAILABLE),
    }
)
"""Reasons that pass by themselves: the letter waits."""
_TRIES = 3
"""How often a file begins again that has arrived damaged or was dropped on its way."""


class Verdict(StrEnum):
    """How sending a letter ended."""

    UNDER_WAY = "under_way"
    DONE = "done"
    LATER = "later"
    REFUSED = "refused"


class Dispatch:
    """One letter on its way over one connection. `read` gives bytes of a file; an OSError refuses the letter."""

    def __init__(self, letter: Letter, read: Read) -> None:
        self.letter = letter
        self.verdict = Verdict.UNDER_WAY
        self.reason = ""
        self._read = read
        self._files = [*letter.draft.attachments]
        self._offset: int | None = None
        self._tries = 0

    @property
    def share(self) -> float:
        """How much of its bytes is at the hub, 0 to 1."""
        total = sum(item.size for item in self.letter.draft.attachments)
        left = sum(item.size for item in self._files) - (self._offset or 0)
        return 1.0 - left / total if total else 1.0

    def next(self, request: str) -> Sent:
        """What to send now; raises OSError when a file cannot be read any more."""
        if not self._files:
            return WriteLog(request=request, draft=self.letter.draft)
        item = self._files[0]
        if self._offset is None:
            return OfferFile(request=request, sha256=item.sha256, size=item.size, name=item.name)
        data = base64.b64encode(self._read(item.sha256, self._offset, CHUNK)).decode()
        return PutFile(request=request, sha256=item.sha256, offset=self._offset, data=data)

    def file_answered(self, reply: FileReply) -> None:
        """The hub says how much of the file it has."""
        if not self._files or reply.sha256 != self._files[0].sha256:
            return
        if reply.reason:
            self._file_refused(reply.reason)
        elif reply.have >= self._files[0].size:
            del self._files[0]
            self._offset = None
        else:
            self._offset = reply.have

    def answered(self, reason: str) -> None:
        """The hub has judged the entry; empty: it has it."""
        if not reason:
            self.verdict = Verdict.DONE
        elif reason == LogReason.FILE_MISSING and self._tries < _TRIES:
            # The hub was started anew between the files and the entry.
            self._tries += 1
            self._files, self._offset = [*self.letter.draft.attachments], None
        else:
            self.give_up(reason)

    def give_up(self, reason: str) -> None:
        """End it: to be tried later, or refused."""
        self.reason = reason
        self.verdict = Verdict.LATER if reason in _LATER else Verdict.REFUSED

    def _file_refused(self, reason: str) -> None:
        if reason in (LogReason.FILE_MISSING, LogReason.FILE_DAMAGED) and self._tries < _TRIES:
            self._tries += 1
            self._offset = None
        else:
            self.give_up(reason)
