"""One HTTP request to a source, where it matters whether its bytes have left.

A command whose answer does not come is not a failed one: `send_request` raises only while nothing was written, and
what became of the request is told by what it returns. Each request has a connection of its own, for on one that is
kept nobody can tell whether the source has read what was written last. No redirect is followed, no proxy used, and
the address a name leads to is looked at before a word is said (SEC-43).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

from console.core.errors import DecodeError
from console.feeds.base import FeedDown
from console.feeds.mqtt_stream import Place, Stream, open_stream
from console.feeds.places import forbidden
from console.feeds.socket import FRAME_LIMIT

HEAD_LIMIT = 65_536
_PORTS = {"http": 80, "https": 443}
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    """Where a source is asked, and the bounds of a request: seconds to connect and to answer, bytes of the body."""

    place: Place
    base: str = ""
    """Path before every target, without a slash at its end."""
    connect_s: float = 10.0
    answer_s: float = 20.0
    limit: int = FRAME_LIMIT


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a source answered; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def http_place(feed: str, url: str, files: tuple[str, str, str] = ("", "", "")) -> tuple[Place, str]:
    """Place and base path of an address; `files` are authority, certificate and key. Raises ValueError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"{feed}: url {url} has no port that could be one") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{feed}: url {url} is not http:// or https:// with a host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(f"{feed}: url must not carry a user, a password or parameters")
    if forbidden(parts.hostname):
        raise ValueError(f"{feed}: url {url} is an address that no feed may lead to")
    tls = parts.scheme == "https"
    place = Place(
        url, parts.hostname, port or _PORTS[parts.scheme], False, tls, *(files if tls else ("",) * 3)
    )
    return place, parts.path.rstrip("/")


class SentRequest:
    """A request whose bytes are out."""

    def __init__(self, stream: Stream, talk: h11.Connection, options: HttpOptions) -> None:
        self._stream = stream
        self._talk = talk
        self._options = options
        self._ended = False

    async def answer(self) -> HttpAnswer:
        """What the source answers, once; raises FeedDown for none within the time, DecodeError for one too large."""
        try:
            async with asyncio.timeout(self._options.answer_s):
                return await self._read()
        except TimeoutError:
            raise FeedDown("timeout", f"{self._options.answer_s:g} s") from None
        except h11.RemoteProtocolError as error:
            if self._ended:
                raise FeedDown("closed", "the answer ended early") from None
            raise FeedDown("protocol", str(error)[:120]) from None
        finally:
            await self.close()

    async def close(self) -> None:
        """Give the connection back without waiting for an answer."""
        await self._stream.close()

    async def _read(self) -> HttpAnswer:
        status, headers, body = 0, dict[str, str](), bytearray()
        while True:
            event = self._talk.next_event()
            if event is h11.NEED_DATA:
                self._talk.receive_data(await self._more())
            elif isinstance(event, h11.Response):
                status = event.status_code
                headers = {
                    bytes(name).decode(): bytes(value).decode("latin-1") for name, value in event.headers
                }
                if headers.get("content-encoding", "identity") not in ("identity", ""):
                    raise DecodeError("body", "compression", headers["content-encoding"][:40])
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > self._options.limit:
                    raise DecodeError("body", "too_large", f"more than {self._options.limit} bytes")
            elif isinstance(event, h11.EndOfMessage):
                return HttpAnswer(status, headers, bytes(body))
            elif not isinstance(event, h11.InformationalResponse):
                raise FeedDown("closed", "connection lost")

    async def _more(self) -> bytes:
        """The next bytes, none at the end of the stream: it ends a body of no stated length."""
        try:
            return await self._stream.read()
        except FeedDown:
            self._ended = True
            return b""


async def send_request(
    options: HttpOptions, method: str, target: str, headers: Headers, body: bytes = b""
) -> SentRequest:
    """Write a request; raises FeedDown if nothing of it was written. `target` stands behind the base path."""
    talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_LIMIT)
    data = _bytes_of(talk, options, method, target, headers, body)
    try:
        async with asyncio.timeout(options.connect_s):
            stream = await open_stream(options.place)
    except TimeoutError:
        raise FeedDown("timeout", "connect") from None
    try:
        async with asyncio.timeout(options.answer_s):
            await stream.write(data)
    except (FeedDown, TimeoutError):
        # Some of it may be out: what became of it is for the answer to tell.
        pass
    except BaseException:
        await stream.close()
        raise
    return SentRequest(stream, talk, options)


async def ask(
    options: HttpOptions, method: str, target: str, headers: Headers, body: bytes = b""
) -> HttpAnswer:
    """Write a request and wait for its answer. Raises FeedDown, and DecodeError for a body that is too large."""
    sent = await send_request(options, method, target, headers, body)
    return await sent.answer()


def _bytes_of(
    talk: h11.Connection, options: HttpOptions, method: str, target: str, headers: Headers, body: bytes
) -> bytes:
    place = options.place
    host = f"[{place.host}]" if ":" in place.host else place.host
    named = host if place.port == _PORTS["https" if place.tls else "http"] else f"{host}:{place.port}"
    all_headers = [
        ("Host", named),
        ("User-Agent", "gwanje"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
        *headers,
    ]
    if body or method in ("POST", "PATCH", "PUT"):
        all_headers.append(("Content-Length", str(len(body))))
    try:
        head = talk.send(h11.Request(method=method, target=options.base + target, headers=all_headers))
        return (
            (head or b"") + (talk.send(h11.Data(data=body)) or b"") + (talk.send(h11.EndOfMessage()) or b"")
        )
    except (h11.LocalProtocolError, UnicodeEncodeError) as error:
        raise FeedDown("request", str(error)[:120], refused=True) from None
