"""What a person asks of the operator log: entries that match, who can be meant, what is read, and to close it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from console.client.act_facts import ActKind
from console.core.logbook.query import LogPage, LogQuery
from console.desk.acts import Acts
from console.desk.boards.link import LinkBoard
from console.desk.boards.logbook import LogbookBoard
from console.desk.boards.session import Permission, SessionBoard
from console.desk.logbook_seed import LogSeed

if TYPE_CHECKING:
    from console.wire.messages import Asked, LogPeopleReply, LogReply

__all__ = ["LogAnswer", "LogPage", "LogQuery", "LogbookActs"]

MENTIONS = 200


class LogAnswer(NamedTuple):
    """Answer to `LogbookActs.search`; `reason` is empty when the hub answered."""

    request: str
    page: LogPage
    reason: str = ""


class LogbookActs(QObject):
    """Questions go out while the link is live; without it no answer comes, and nothing is kept for later."""

    answered = Signal(object)
    """LogAnswer."""
    people_changed = Signal()
    entry_asked = Signal(object)
    """LogSeed: a view asks for a new entry, or for a correction of one."""
    rewrite_asked = Signal(object)
    """Letter: it is taken back into the editor."""

    def __init__(
        self,
        link: LinkBoard,
        acts: Acts,
        board: LogbookBoard,
        session: SessionBoard,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._acts = acts
        self._board = board
        self._session = session
        self._post: Callable[[Asked], None] | None = None
        self._mentions = ""
        self._people = ""
        self._asked_for = ""
        link.link_changed.connect(self._look)
        session.session_changed.connect(self._look)

    def attach(self, post: Callable[[Asked], None]) -> None:
        """Where messages go."""
        self._post = post

    @property
    def may_write(self) -> bool:
        """Whether the person may write anywhere; before the hub has said who sits here, it may turn out so."""
        return self._session.fact is None or self._session.may_somewhere(Permission.LOG)

    def may_write_in(self, area: str) -> bool:
        """Whether the person may write about an area; empty: about the whole site."""
        return self._session.fact is None or self._session.may(Permission.LOG, area)

    @property
    def may_close(self) -> bool:
        """Whether the person may close the log."""
        return self._session.may_somewhere(Permission.FORCE)

    def search(self, query: LogQuery) -> str:
        """Ask for entries; the request id, empty when nothing was sent."""
        from console.wire.messages import QueryLog

        request = self._acts.new_request()
        return request if self._send(QueryLog(request=request, query=query)) else ""

    def ask_people(self) -> None:
        """Ask who can be meant by @name."""
        from console.wire.messages import QueryLogPeople

        self._people = self._acts.new_request()
        if self._session.may_somewhere(Permission.LOG):
            self._send(QueryLogPeople(request=self._people))

    def read(self, entries: tuple[str, ...]) -> str:
        """Say that this person has read what means them."""
        from console.wire.messages import ReadMentions

        message = ReadMentions(request=self._acts.new_request(), entries=entries)
        return self._acts.dispatch(ActKind.LOG_READ, message)

    def close_log(self) -> str:
        """Close the log up to now."""
        from console.wire.messages import LockLog

        return self._acts.dispatch(ActKind.LOG_CLOSE, LockLog(request=self._acts.new_request()))

    def ask_entry(self, seed: LogSeed) -> None:
        """Have the editor opened."""
        self.entry_asked.emit(seed)

    def receive_page(self, reply: LogReply) -> None:
        """The hub's answer to a search."""
        self._board.set_closed(reply.locked_until)
        page = LogPage(entries=reply.entries, related=reply.related, more=reply.more)
        if reply.request == self._mentions:
            self._mentions = ""
            if not reply.reason:
                self._board.set_unread(reply.entries)
            return
        self.answered.emit(LogAnswer(reply.request, page, reply.reason))

    def receive_people(self, reply: LogPeopleReply) -> None:
        """Who can be meant."""
        if reply.request == self._people and not reply.reason:
            self._board.people = reply.people
            self.people_changed.emit()

    def link_lost(self) -> None:
        """No answer will come for what was asked."""
        self._mentions = self._people = self._asked_for = ""

    def _send(self, message: Asked) -> bool:
        if self._post is None or not self._link.live:
            return False
        self._post(message)
        return True

    @Slot()
    def _look(self) -> None:
        """At sign-in, and when the hub is back: what means this person, and who there is."""
        from console.core.identity.facts import SessionState

        fact, user = self._session.fact, self._session.user
        if not self._link.live or fact is None or fact.state is not SessionState.ACTIVE or not user:
            self._asked_for = self._asked_for if self._link.live and user == self._asked_for else ""
            return
        if user == self._asked_for:
            return
        from console.wire.messages import QueryLog

        self._mentions = self._acts.new_request()
        query = LogQuery(mention=user, unread=True, limit=MENTIONS)
        if self._send(QueryLog(request=self._mentions, query=query)):
            self._asked_for = user
            self.ask_people()
