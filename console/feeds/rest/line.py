"""One HTTP request at a time, made in a thread: bounded in time and size, and to nowhere but the profile's address.

No redirect is followed, no proxy, cookie or password of the environment is used, and the address a name leads to is
looked at before a word is said (SEC-43). The whole request has one deadline, for a source that sends a byte a second
would keep every single wait short. No text of an error holds the address, which may hold the key.
"""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, connectionpool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from console.core.errors import DecodeError
from console.feeds.base import FeedDown
from console.feeds.places import forbidden

CHUNK = 65_536
_QUERY = re.compile(r"\?\S*")


class _NoQueries(logging.Filter):
    """The library's own log lines, without what stands behind a question mark."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _QUERY.sub("?", record.getMessage()), ()
        return True


connectionpool.log.addFilter(_NoQueries())


@dataclass(frozen=True, slots=True)
class LineOptions:
    """Bounds of a request: seconds to connect, seconds altogether, bytes of the body."""

    connect_s: float
    total_s: float
    max_bytes: int
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the source answered; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Forbidden(Exception):
    """A name has led to an address that no feed may call."""


class _Watch:
    """The socket of the request under way, so that another thread can end it."""

    def __init__(self) -> None:
        self._handle: socket.socket | None = None
        self.ended = False

    def opened(self, made: socket.socket) -> None:
        """Look where the name has led, and keep a handle that survives the turn to TLS."""
        peer = str(made.getpeername()[0])
        if forbidden(peer):
            made.close()
            raise _Forbidden(peer)
        self._handle = made.dup()
        if self.ended:
            self.hang_up()

    def hang_up(self) -> None:
        """End the request; whoever waits for it wakes with an error."""
        self.ended = True
        if self._handle is not None:
            with contextlib.suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the handle back."""
        if self._handle is not None:
            self._handle.close()


class _Adapter(HTTPAdapter):
    """Connections that show their sockets to a watch."""

    def __init__(self, watch: _Watch) -> None:
        self._watch = watch
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As HTTPAdapter."""
        super().init_poolmanager(*args, **kwargs)
        watch = self._watch

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                made = super()._new_conn()
                watch.opened(made)
                return made

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                made = super()._new_conn()
                watch.opened(made)
                return made

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = cast("Any", Plain)

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = cast("Any", Secure)

        pools: dict[str, type[HTTPConnectionPool]] = {"http": PlainPool, "https": SecurePool}
        self.poolmanager.pool_classes_by_scheme = cast("Any", pools)


class Line:
    """Requests to one source, one at a time."""

    def __init__(self, options: LineOptions) -> None:
        self._options = options
        self._watch = _Watch()

    def hang_up(self) -> None:
        """End the request under way, from another thread."""
        self._watch.hang_up()

    def ask(self, url: str, headers: Mapping[str, str]) -> Answer:
        """GET; raises FeedDown for what became of the connection, DecodeError for a body that is too large."""
        watch = self._watch = _Watch()
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.mount("http://", _Adapter(watch))
                session.mount("https://", _Adapter(watch))
                return self._ask(session, url, headers)
        except _Forbidden as error:
            raise FeedDown("forbidden", str(error), refused=True) from None
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise _cause(error, watch.ended) from None
        finally:
            watch.close()

    def _ask(self, session: requests.Session, url: str, headers: Mapping[str, str]) -> Answer:
        options = self._options
        deadline = time.monotonic() + options.total_s
        with session.get(
            url,
            headers={"User-Agent": "gwanje", "Accept-Encoding": "identity", **headers},
            timeout=(options.connect_s, options.total_s),
            allow_redirects=False,
            stream=True,
            verify=options.ca_file or True,
        ) as answer:
            told = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status_code, told, self._body(answer, told, deadline))

    def _body(self, answer: requests.Response, headers: Mapping[str, str], deadline: float) -> bytes:
        if headers.get("content-encoding", "identity") not in ("identity", ""):
            raise DecodeError("body", "compression", headers["content-encoding"][:40])
        raw = cast("HTTPResponse", answer.raw)
        parts: list[bytes] = []
        size = 0
        while part := raw.read1(CHUNK, decode_content=False):
            parts.append(part)
            size += len(part)
            if size > self._options.max_bytes:
                raise DecodeError("body", "too_large", f"more than {self._options.max_bytes} bytes")
            if time.monotonic() > deadline:
                raise FeedDown("timeout", f"{self._options.total_s:g} s")
        length = headers.get("content-length", "")
        if length.isdecimal() and size < int(length[:12]) and answer.status_code != 304:
            raise FeedDown("closed", "the body ended early")
        return b"".join(parts)


def _cause(error: Exception, ended: bool) -> FeedDown:
    """Cause of a request that failed; of the error only its kind is told."""
    kind = type(error).__name__
    if ended or isinstance(error, (requests.Timeout, ReadTimeoutError)):
        return FeedDown("timeout", kind)
    if isinstance(error, requests.exceptions.SSLError):
        untrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
        return FeedDown("certificate" if untrusted else "tls", kind, refused=untrusted)
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return FeedDown("not_found", kind, refused=True)
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, ProtocolError)):
        return FeedDown("closed", kind)
    if isinstance(error, requests.ConnectionError):
        reached = "RemoteDisconnected" in str(error) or "Connection aborted" in str(error)
        return FeedDown("closed" if reached else "unreachable", kind)
    return FeedDown("protocol", kind)
