"""Acts on shift handovers; `Acts.act_answered` tells what became of each. Past ones are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from PySide6.QtCore import QObject, Signal

from console.client.act_facts import ActKind
from console.core.handover.facts import HandoverFact, HandoverItem, Seen
from console.desk.acts import Acts
from console.desk.boards.link import LinkBoard

if TYPE_CHECKING:
    from console.wire.messages import Asked, HandoversReply

__all__ = ["HandoverActs", "PastHandovers"]

_AT_ONCE = 150
"""Items of one message: it must stay below 64 KiB."""
PAGE = 50


class PastHandovers(NamedTuple):
    """Answer to `query` (one handover with its items) or `query_past` (a page without)."""

    request: str
    handovers: tuple[HandoverFact, ...]
    more: bool = False
    reason: str = ""


class HandoverActs(QObject):
    """One method an act; each returns the request id."""

    past_arrived = Signal(object)
    """PastHandovers."""

    def __init__(self, link: LinkBoard, acts: Acts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._acts = acts
        self._post: Callable[[Asked], None] | None = None

    def attach(self, post: Callable[[Asked], None]) -> None:
        """Where questions go."""
        self._post = post

    def draft(self, areas: Sequence[str], name: str = "") -> str:
        """Begin the handover of some areas; `name` of who hands over, at a single seat."""
        from console.wire.messages import DraftHandover

        message = DraftHandover(request=self._acts.new_request(), areas=tuple(areas), name=name)
        return self._acts.dispatch(ActKind.DRAFT_HANDOVER, message)

    def offer(self, handover: str, to: str = "") -> str:
        """Offer it to an account, or to whoever comes."""
        return self._act(handover, "offer", to=to)

    def withdraw(self, handover: str, reason: str = "") -> str:
        """Take it back."""
        return self._act(handover, "withdraw", text=reason)

    def remark(self, handover: str, key: str, text: str) -> str:
        """Write something beside an item, or (empty key) to the whole."""
        return self._act(handover, "remark", key=key, text=text)

    def answer(self, handover: str, key: str, text: str) -> str:
        """Answer what the incoming person asks."""
        return self._act(handover, "answer", key=key, text=text)

    def take_up(self, handover: str, name: str = "") -> str:
        """Begin to accept; `name` of who takes over, at a single seat."""
        return self._act(handover, "take_up", name=name)

    def give_back(self, handover: str, reason: str = "") -> str:
        """Go on no further; what was accepted stays."""
        return self._act(handover, "give_back", text=reason)

    def ask(self, handover: str, key: str, text: str) -> str:
        """Ask something about an item."""
        return self._act(handover, "ask", key=key, text=text)

    def object(self, handover: str, item: HandoverItem, text: str) -> str:
        """Accept an item as it is shown, under protest."""
        return self._act(handover, "object", key=item.key, mark=item.mark, text=text)

    def refuse(self, handover: str, reason: str) -> str:
        """Not take it over."""
        return self._act(handover, "refuse", text=reason)

    def accept(self, handover: str, items: Sequence[HandoverItem], accepted: bool = True) -> None:
        """Accept items as they are shown, or take that back."""
        from console.wire.messages import AcceptHandoverItems

        for first in range(0, len(items), _AT_ONCE):
            seen = tuple(Seen(item.key, item.mark) for item in items[first : first + _AT_ONCE])
            message = AcceptHandoverItems(
                request=self._acts.new_request(), handover=handover, seen=seen, accepted=accepted
            )
            self._acts.dispatch(ActKind.ACCEPT_ITEMS, message, handover)

    def sign(self, fact: HandoverFact, password: str = "", name: str = "") -> str:
        """Sign the list as it is shown."""
        from console.wire.messages import SignHandover

        message = SignHandover(
            request=self._acts.new_request(),
            handover=fact.id,
            digest=fact.digest,
            password=password,
            name=name,
        )
        return self._acts.dispatch(ActKind.SIGN_HANDOVER, message, fact.id)

    def query(self, handover: str) -> str:
        """Ask for one handover with its items; `past_arrived` brings it."""
        from console.wire.messages import QueryHandovers

        return self._ask(QueryHandovers(request=self._acts.new_request(), handover=handover))

    def query_past(self, before: int = 0) -> str:
        """Ask for those that are over, newest first, drafted before a time (UTC ns); `past_arrived` brings them."""
        from console.wire.messages import QueryHandovers

        return self._ask(QueryHandovers(request=self._acts.new_request(), before=before, limit=PAGE))

    def receive(self, reply: HandoversReply) -> None:
        """The hub's answer."""
        self.past_arrived.emit(PastHandovers(reply.request, reply.handovers, reply.more, reply.reason))

    def _ask(self, message: Asked) -> str:
        request: str = getattr(message, "request", "")
        if self._post is None or not self._link.live:
            return ""
        self._post(message)
        return request

    def _act(self, handover: str, act: str, **fields: str) -> str:
        from console.wire.messages import ActOnHandover

        plain = ActOnHandover(request=self._acts.new_request(), handover=handover, act=act)
        message = msgspec.structs.replace(plain, **fields)
        return self._acts.dispatch(ActKind.ACT_ON_HANDOVER, message, handover)
