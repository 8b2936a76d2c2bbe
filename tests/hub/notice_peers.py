"""Receivers of notices on loopback: an HTTP service and a mail server, both as stubborn as a test wants."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class HttpPeer:
    """What was posted; `statuses` are answered in order, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list[int])
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    location: str = ""


@contextmanager
def http_peer() -> Generator[HttpPeer]:
    """A service that takes JSON by POST."""
    peer = HttpPeer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            peer.bodies.append(json.loads(body))
            peer.headers.append(dict(self.headers.items()))
            self.send_response(peer.statuses.pop(0) if peer.statuses else 200)
            if peer.location:
                self.send_header("Location", peer.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = False
        peer.url = f"http://127.0.0.1:{server.server_port}/hook"
        with _serving(server):
            yield peer


@dataclass
class MailPeer:
    """What was handed over: sender, recipients and the message as text."""

    port: int = 0
    refuse: list[int] = field(default_factory=list[int])
    """Codes that DATA is refused with, in order."""
    mails: list[tuple[str, list[str], str]] = field(default_factory=list[tuple[str, list[str], str]])


class _MailHandler(socketserver.StreamRequestHandler):
    """As much SMTP as one message needs, without encryption."""

    peer: MailPeer

    def handle(self) -> None:
        self.wfile.write(b"220 loopback\r\n")
        self._sender, self._to = "", list[str]()
        for raw in self.rfile:
            line = raw.decode().strip()
            if line.upper() == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(self._answer(line))

    def _answer(self, line: str) -> bytes:
        verb = line.upper()
        if verb.startswith("MAIL FROM:"):
            self._sender = line[10:].split(maxsplit=1)[0].strip("<>")
        elif verb.startswith("RCPT TO:"):
            self._to.append(line[8:].strip().strip("<>"))
        elif verb == "STARTTLS":
            return b"502 not here\r\n"
        elif verb == "DATA":
            return self._data()
        return b"250 ok\r\n"

    def _data(self) -> bytes:
        if self.peer.refuse:
            return f"{self.peer.refuse.pop(0)} not now\r\n".encode()
        self.wfile.write(b"354 go on\r\n")
        lines = list[str]()
        for raw in self.rfile:
            if raw == b".\r\n":
                break
            lines.append(raw.decode())
        self.peer.mails.append((self._sender, self._to, "".join(lines)))
        return b"250 ok\r\n"


class _MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False


@contextmanager
def mail_peer() -> Generator[MailPeer]:
    """A mail server."""
    peer = MailPeer()
    with _MailServer(("127.0.0.1", 0), type("Handler", (_MailHandler,), {"peer": peer})) as server:
        peer.port = server.server_address[1]
        with _serving(server):
            yield peer


@contextmanager
def _serving(server: socketserver.BaseServer) -> Generator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="notice peer")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
