"""What the city's servers have in common: one loopback port, one path, many readers."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus
from typing import Protocol, cast
from urllib.parse import urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from console.city.chance import Chance
from console.city.device import Device
from console.city.feeds_out.client import Client
from console.city.feeds_out.schedule import Group, Schedule

MAX_REQUEST_BYTES = 64 * 1024
KST = timezone(timedelta(hours=9))
_log = logging.getLogger("feed")

Tree = dict[str, object]


class Address(Protocol):
    """Where to listen; port 0 takes a free one."""

    @property
    def host(self) -> str:
        """Name or number of the interface."""
        ...

    @property
    def port(self) -> int:
        """TCP port."""
        ...


class CityServer(Protocol):
    """One of the city's ports."""

    async def start(self, address: Address) -> str:
        """Listen; returns the URL. Raises OSError when the port is taken."""
        ...

    async def stop(self) -> None:
        """Close every connection and the port."""
        ...

    @property
    def readers(self) -> int:
        """Connections that are open."""
        ...

    def publish(self, now: float) -> None:
        """Send what is due at this monotonic time."""
        ...

    def inject(self, frame: str | bytes) -> None:
        """Send something as it is: the way tests make this source misbehave."""
        ...


def dumps(tree: object) -> str:
    """Compact JSON with Korean as it is."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


def seoul_now() -> datetime:
    """Wall clock in Busan."""
    return datetime.now(KST)


def utc_text() -> str:
    """Wall clock in UTC as Signal K writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_tree(message: str | bytes) -> Tree | None:
    """A JSON object sent by a reader, or None for anything else."""
    try:
        return branch(json.loads(message))
    except (ValueError, RecursionError):
        return None


def branch(node: object) -> Tree | None:
    """The node if it is an object."""
    return cast("Tree", node) if isinstance(node, dict) else None


def rows(node: object) -> list[object] | None:
    """The node if it is a list."""
    return cast("list[object]", node) if isinstance(node, list) else None


class FeedServer:
    """A websocket server that publishes devices on their schedule; subclasses write the format."""

    path = "/"

    def __init__(self, devices: list[Device], chance: Chance, speed: float = 1.0) -> None:
        self.devices = devices
        self.speed = speed
        self._schedule = Schedule(devices, chance, time.monotonic())
        self._clients: set[Client] = set()
        self._server: Server | None = None
        self._later: set[asyncio.TimerHandle] = set()

    async def start(self, address: Address) -> str:
        """Listen; returns the URL. Raises OSError when the port is taken."""
        self._server = await serve(
            self._serve,
            address.host,
            address.port,
            process_request=self._admit,
            # A browser page has an origin; programs that read feeds have none.
            origins=[None],
            max_size=MAX_REQUEST_BYTES,
            compression=None,
            server_header=None,
            # A reader that does not answer the close is not waited for.
            close_timeout=1.0,
        )
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"ws://{address.host}:{port}{self.path}"

    async def stop(self) -> None:
        """Close every connection and the port."""
        for handle in self._later:
            handle.cancel()
        self._later.clear()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @property
    def readers(self) -> int:
        """Connections that are open."""
        return len(self._clients)

    def publish(self, now: float) -> None:
        """Send what is due at this monotonic time; with no reader the schedule only moves on."""
        groups = self._schedule.due(now)
        if self._clients:
            for group in groups:
                self.send_group(group)

    def inject(self, frame: str | bytes) -> None:
        """Send a frame as it is to every reader: the way tests make this source misbehave."""
        for client in list(self._clients):
            client.send(frame)

    def clients(self) -> list[Client]:
        """A list that may change while it is walked."""
        return list(self._clients)

    def later(self, after_s: float, client: Client, frame: str) -> None:
        """Send a frame after this much city time."""

        def deliver() -> None:
            self._later.discard(handle)
            client.send(frame)

        handle = asyncio.get_running_loop().call_later(after_s / self.speed, deliver)
        self._later.add(handle)

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if urlsplit(request.path).path != self.path:
            return connection.respond(HTTPStatus.NOT_FOUND, "no such path\n")
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        client = Client(connection)
        request = connection.request
        writer = asyncio.create_task(client.drain(), name=f"city writer {connection.remote_address}")
        self._clients.add(client)
        try:
            self.joined(client, request.path if request is not None else self.path)
            async for message in connection:
                self.received(client, message)
        except ConnectionClosed:
            _log.debug("reader %s is gone", connection.remote_address)
        finally:
            self._clients.discard(client)
            self.left(client)
            writer.cancel()

    def joined(self, client: Client, path: str) -> None:
        """A reader has connected with this request path."""

    def left(self, client: Client) -> None:
        """A reader is gone."""

    def received(self, client: Client, message: str | bytes) -> None:
        """A reader has sent something."""

    def send_group(self, group: Group) -> None:
        """Send values that are due."""
        raise TypeError(f"{type(self).__name__} sends nothing")
