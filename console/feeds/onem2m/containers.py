"""The containers that a profile maps: subscribed to, looked after, and their notifications told apart."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import tzinfo

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.quality import Quality
from console.feeds.base import FeedSink, Reading
from console.feeds.onem2m.asks import CHILD_CREATED, RESOURCE_UPDATED, delete, retrieve, subscribe
from console.feeds.onem2m.codec import (
    CONFLICT,
    NOT_FOUND,
    Notice,
    Response,
    Tree,
    container_of,
    content_of,
    points_of,
    resource_of,
)
from console.feeds.onem2m.dialog import Dialog
from console.feeds.onem2m.options import OneM2MOptions

AnswerReader = Callable[[object], None]
"""Takes the content of an answer container; raises DecodeError."""
TAKEN = frozenset({CONFLICT, 5106})
"""A resource of this name is there already."""
_PLAIN = frozenset({"m2m:cin", "m2m:fcnt", "m2m:fci"})


@dataclass(slots=True)
class Container:
    """One container, and what is known of it at the CSE."""

    address: str
    points: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    answers: bool = False
    """Devices answer commands in it; it brings no values."""
    ri: str = ""
    subscription: str = ""
    refused: int = 0
    """Code with which it has been refused, told once."""

    def rows(self, kind: str, resource: Tree, zone: tzinfo | None) -> list[Reading]:
        """Values of a resource in it; raises DecodeError."""
        found: list[Reading] = []
        for source in dict.fromkeys(source for source, _ in self.points):
            found += points_of(self.address, source, kind, resource, zone)
        return found


def containers_of(points: Iterable[tuple[str, str]]) -> dict[str, Container]:
    """The containers in which points stand, by address."""
    found: dict[str, Container] = {}
    for source, path in points:
        address = container_of(source, path)
        found.setdefault(address, Container(address)).points.append((source, path))
    return found


def carries_values(kind: str) -> bool:
    """Whether a resource of this type brings values: an instance, or what is no resource of the platform itself."""
    return not (kind.startswith("m2m:") and kind not in _PLAIN)


class Containers:
    """Containers of one connection."""

    def __init__(self, dialog: Dialog, sink: FeedSink, options: OneM2MOptions, answer: AnswerReader) -> None:
        self._dialog = dialog
        self._sink = sink
        self._options = options
        self._answer = answer
        self._all: dict[str, Container] = {}
        self._notify = options.notify or options.ae

    async def begin(self, points: Iterable[tuple[str, str]], commanded: Iterable[str]) -> None:
        """Subscribe to the containers of points, and to those in which `commanded` sources answer. Raises FeedDown."""
        self._all |= containers_of(points)
        if self._options.command.answers:
            for source in commanded:
                address = f"{source}/{self._options.command.answers}"
                self._all.setdefault(address, Container(address)).answers = True
        for container in self._all.values():
            await self._subscribe(container)

    async def look_after(self) -> None:
        """Subscribe again where a subscription or a container has gone; ends by raising FeedDown."""
        while self._options.check_s:
            await asyncio.sleep(self._options.check_s)
            for container in self._all.values():
                if not container.subscription:
                    await self._subscribe(container)
                    continue
                found = await self._dialog.ask(retrieve(f"{container.address}/{self._options.subscription}"))
                if found.code == NOT_FOUND:
                    await self._renew(container)

    async def _renew(self, container: Container) -> None:
        """What was published since the subscription went is only the latest of it."""
        self._sink.state(FeedState.GAP, "subscription_lost", container.address)
        container.subscription = ""
        await self._subscribe(container)

    async def _subscribe(self, container: Container) -> None:
        found = await self._dialog.ask(retrieve(container.address))
        if not found.ok:
            self._absent(container, found)
            return
        try:
            kind, resource = resource_of(found.content)
        except DecodeError as error:
            self._sink.malformed(f"{container.address} {error.where}", error.reason)
            return
        container.ri = _id(resource)
        plain = kind == "m2m:cnt"
        made = await self._made(container, CHILD_CREATED if plain else RESOURCE_UPDATED)
        if not made.ok:
            self._absent(container, made)
            return
        container.refused = 0
        container.subscription = _id_of(made) or self._options.subscription
        if plain and self._options.latest:
            latest = await self._dialog.ask(retrieve(f"{container.address}/la"))
            if latest.ok:
                self._told(container, latest)
        elif not plain:
            self._values(container, kind, resource)

    async def _made(self, container: Container, event: int) -> Response:
        """The subscription, made anew: one of this name may point to where we were before."""
        ask = subscribe(container.address, self._options.subscription, self._notify, (event,))
        made = await self._dialog.ask(ask)
        if made.code in TAKEN:
            await self._dialog.ask(delete(f"{container.address}/{self._options.subscription}"))
            made = await self._dialog.ask(ask)
        return made

    def _absent(self, container: Container, said: Response) -> None:
        if container.refused == said.code:
            return
        container.refused = said.code
        reason = "no_such_node" if said.code == NOT_FOUND else "refused"
        self._sink.malformed(container.address, reason, said.words)
        self._sink.readings([Reading(*names, math.nan, 0, Quality.BAD) for names in container.points])

    def notice(self, notice: Notice) -> None:
        """Hand on a notification; raises DecodeError for one of a container that nobody has asked for."""
        if notice.verifies:
            return  # whose it is we may learn only from the response to come
        container = self._of(notice)
        if container is None:
            raise DecodeError(notice.subscription[:80] or "sur", "not_declared")
        if notice.ended:
            container.subscription = ""
            self._sink.state(FeedState.GAP, "subscription_lost", container.address)
        elif carries_values(notice.kind):
            self._values(container, notice.kind, notice.resource)

    def _of(self, notice: Notice) -> Container | None:
        """By the parent of the resource, else by the subscription's address, which CSEs write in three ways."""
        parent, own = notice.resource.get("pi"), notice.resource.get("ri")
        name = notice.subscription.rstrip("/")
        last = name.rpartition("/")[2]
        for container in self._all.values():
            known = {container.ri} - {""}
            if parent in known or own in known or (container.subscription and last == container.subscription):
                return container
        structured = name.removesuffix(f"/{self._options.subscription}")
        return next((one for one in self._all.values() if _ends(structured, one.address)), None)

    def _told(self, container: Container, latest: Response) -> None:
        try:
            kind, resource = resource_of(latest.content)
            self._values(container, kind, resource)
        except DecodeError as error:
            self._sink.malformed(f"{container.address}/la {error.where}", error.reason, error.offending)

    def _values(self, container: Container, kind: str, resource: Tree) -> None:
        if container.answers:
            self._answer(content_of(resource))
        self._sink.readings(container.rows(kind, resource, self._options.zone))

    def address_of(self, notice: Notice) -> str:
        """The container that a notification is of; empty for none of ours."""
        container = None if notice.verifies else self._of(notice)
        return "" if container is None else container.address


def _ends(structured: str, address: str) -> bool:
    """Whether an address is this one, with or without the CSE's id before it."""
    return structured == address or structured.endswith(f"/{address}")


def _id(resource: Tree) -> str:
    found = resource.get("ri")
    return found if isinstance(found, str) else ""


def _id_of(made: Response) -> str:
    try:
        return _id(resource_of(made.content)[1])
    except DecodeError:
        return ""
