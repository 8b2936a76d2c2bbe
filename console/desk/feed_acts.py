"""What a person asks of the feeds: the page of one, and a tap of its raw frames. One tap a seat."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from console.client.ulid import Ulids
from console.core.feed import Beat, FeedPage, PointFact, TapFrame
from console.desk.boards.link import LinkBoard

if TYPE_CHECKING:
    from console.wire.messages import Asked, FeedReply, TapFrames

__all__ = ["Beat", "FeedActs", "FeedPage", "PointFact", "TapFrame", "TapNews"]


class TapNews(NamedTuple):
    """What a tap brought: frames in order, how many were left out, and whether the hub has ended it."""

    feed: str
    frames: tuple[TapFrame, ...]
    skipped: int
    ended: bool


class FeedActs(QObject):
    """Nothing is sent while the link is not live; what was asked is then forgotten."""

    page_arrived = Signal(object)
    """FeedPage."""
    tap_arrived = Signal(object)
    """TapNews."""

    def __init__(self, link: LinkBoard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._ulids = Ulids(time.time_ns, os.urandom)
        self._post: Callable[[Asked], None] | None = None
        self._asked = ""
        self._tap = ""

    def attach(self, post: Callable[[Asked], None]) -> None:
        """Where messages go."""
        self._post = post

    def ask(self, feed: str) -> None:
        """Ask for the page of a feed; only the newest question is answered by `page_arrived`."""
        from console.wire.messages import QueryFeed

        self._asked = self._ulids.new()
        self._send(QueryFeed(request=self._asked, feed=feed))

    def open_tap(self, feed: str) -> bool:
        """Begin a tap, which replaces one that is open; returns whether it was sent."""
        from console.wire.messages import OpenTap

        self._tap = self._ulids.new()
        return self._send(OpenTap(request=self._tap, feed=feed))

    def close_tap(self) -> None:
        """End the tap, if one is open."""
        from console.wire.messages import CloseTap

        if self._tap:
            self._tap = ""
            self._send(CloseTap())

    def receive_page(self, reply: FeedReply) -> None:
        """The hub's answer."""
        if reply.request == self._asked:
            self._asked = ""
            self.page_arrived.emit(reply.page)

    def receive_tap(self, news: TapFrames) -> None:
        """Frames of the tap."""
        if news.request != self._tap:
            return
        if news.ended:
            self._tap = ""
        self.tap_arrived.emit(TapNews(news.feed, news.frames, news.skipped, news.ended))

    def link_lost(self) -> None:
        """The hub has forgotten the tap with the connection."""
        if self._tap:
            self._tap = ""
            self.tap_arrived.emit(TapNews("", (), 0, True))

    def _send(self, message: Asked) -> bool:
        if self._post is None or not self._link.live:
            return False
        self._post(message)
        return True
