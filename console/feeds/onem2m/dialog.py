"""Our requests and the responses to them on a line that carries the requests of the other side as well."""

from __future__ import annotations

import asyncio
import itertools
from typing import Protocol

from console.feeds.base import FeedDown
from console.feeds.onem2m.asks import Ask, primitive
from console.feeds.onem2m.codec import Request, Response


class Line(Protocol):
    """A transport of primitives; every fault of it is a FeedDown."""

    async def receive(self) -> list[bytes | str]:
        """Frames since the last call, at least one. Raises FeedDown when there will be none."""
        ...

    async def ask(self, text: str, registers: bool) -> None:
        """Write a request; `registers` for one that makes us known."""
        ...

    async def reply(self, text: str, request: Request) -> None:
        """Write the response to a request of the other side."""
        ...


class Dialog:
    """Requests that wait for their response."""

    def __init__(self, line: Line, sender: str, version: str, answer_s: float) -> None:
        self._line = line
        self._sender = sender
        self._version = version
        self._answer_s = answer_s
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Response]] = {}
        self._to: dict[str, str] = {}

    async def ask(self, ask: Ask) -> Response:
        """The response to a request; raises FeedDown when there is none in time, or no connection."""
        return await self.outcome(*await self.begin(ask))

    async def outcome(self, request_id: str, answered: asyncio.Future[Response]) -> Response:
        """The response to a request that has been written; raises FeedDown when there is none in time."""
        try:
            async with asyncio.timeout(self._answer_s):
                return await answered
        except TimeoutError:
            raise FeedDown("timeout", f"no response to {request_id}") from None
        finally:
            self._waiting.pop(request_id, None)
            self._to.pop(request_id, None)

    async def begin(self, ask: Ask) -> tuple[str, asyncio.Future[Response]]:
        """Write a request and return once it is out. Raises FeedDown when nothing was written."""
        request_id = f"g{next(self._numbers)}"
        answered = self._waiting[request_id] = asyncio.get_running_loop().create_future()
        self._to[request_id] = ask.to
        try:
            await self._line.ask(primitive(ask, request_id, self._sender, self._version), ask.registers)
        except FeedDown:
            self._waiting.pop(request_id, None)
            self._to.pop(request_id, None)
            raise
        return request_id, answered

    def asked(self, request_id: str) -> str:
        """Address of the resource that a request was about; empty for one that nobody waits for."""
        return self._to.get(request_id, "")

    def give(self, response: Response) -> bool:
        """Hand a response to who waits for it; False if nobody does."""
        answered = self._waiting.pop(response.request_id, None)
        if answered is None or answered.done():
            return False
        answered.set_result(response)
        return True

    def end(self) -> None:
        """The line is lost: nothing can be answered any more."""
        for answered in self._waiting.values():
            answered.cancel()
        self._waiting.clear()
        self._to.clear()
