"""Files of log entries at this seat: fetched part by part, checked against their SHA-256, kept while there is room."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.client.log_outbox import Outbox
from console.core.logbook.entry import Attachment
from console.core.logbook.files import FILE_MAX
from console.desk.acts import Acts
from console.desk.boards.link import LinkBoard

if TYPE_CHECKING:
    from console.wire.messages import Asked, FilePart

__all__ = ["FileArrived", "LogbookFiles"]

KEPT = 48 * 1024 * 1024
ANSWER_MS = 15_000


class FileArrived(NamedTuple):
    """A file that was asked for; without data `reason` says why."""

    sha256: str
    data: bytes = b""
    reason: str = ""


class LogbookFiles(QObject):
    """One file at a time; every one asked for is answered once by `file_arrived`."""

    file_arrived = Signal(object)

    def __init__(self, link: LinkBoard, acts: Acts, outbox: Outbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._acts = acts
        self._outbox = outbox
        self._post: Callable[[Asked], None] | None = None
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._wanted: list[Attachment] = []
        self._got = bytearray()
        self._request = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(ANSWER_MS)
        self._patience.timeout.connect(self._late)

    def attach(self, post: Callable[[Asked], None]) -> None:
        """Where messages go."""
        self._post = post

    def data(self, sha256: str) -> bytes:
        """Bytes that are here already; empty without them."""
        found = self._kept.get(sha256)
        if found is not None:
            self._kept.move_to_end(sha256)
            return found
        try:
            return self._outbox.read_file(sha256)
        except OSError:
            return b""

    def fetch(self, item: Attachment) -> None:
        """Have a file brought; if it is here, or cannot come, `file_arrived` says so soon."""
        if item in self._wanted:
            return
        self._wanted.append(item)
        if len(self._wanted) == 1:
            QTimer.singleShot(0, self, self._begin)

    def receive(self, part: FilePart) -> None:
        """The hub's answer."""
        if not self._wanted or part.request != self._request:
            return
        item = self._wanted[0]
        if part.reason:
            self._arrived(FileArrived(item.sha256, reason=part.reason))
            return
        self._got += part.data
        if part.data and len(self._got) < min(item.size, FILE_MAX):
            self._ask(len(self._got))
            return
        data = bytes(self._got)
        whole = hashlib.sha256(data).hexdigest() == item.sha256
        if whole:
            self._keep(item.sha256, data)
        self._arrived(FileArrived(item.sha256, data if whole else b"", "" if whole else "FILE_DAMAGED"))

    def link_lost(self) -> None:
        """What was asked for does not come."""
        while self._wanted:
            self._arrived(FileArrived(self._wanted[0].sha256, reason="LINK_LOST"), go_on=False)

    @Slot()
    def _begin(self) -> None:
        if not self._wanted or self._request:
            return
        data = self.data(self._wanted[0].sha256)
        if data:
            self._arrived(FileArrived(self._wanted[0].sha256, data))
        elif self._post is None or not self._link.live:
            self._arrived(FileArrived(self._wanted[0].sha256, reason="LINK_LOST"))
        else:
            self._got.clear()
            self._ask(0)

    def _ask(self, offset: int) -> None:
        from console.wire.messages import FetchFile

        assert self._post is not None
        self._request = self._acts.new_request()
        self._patience.start()
        self._post(FetchFile(request=self._request, sha256=self._wanted[0].sha256, offset=offset))

    @Slot()
    def _late(self) -> None:
        if self._wanted:
            self._arrived(FileArrived(self._wanted[0].sha256, reason="NO_ANSWER"))

    def _arrived(self, news: FileArrived, *, go_on: bool = True) -> None:
        self._patience.stop()
        self._request = ""
        self._got.clear()
        del self._wanted[0]
        self.file_arrived.emit(news)
        if go_on and self._wanted:
            QTimer.singleShot(0, self, self._begin)

    def _keep(self, sha256: str, data: bytes) -> None:
        self._kept[sha256] = data
        while sum(map(len, self._kept.values())) > KEPT and len(self._kept) > 1:
            self._kept.popitem(last=False)
