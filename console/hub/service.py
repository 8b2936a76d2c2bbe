"""The hub as a process: starts, says where it listens, and ends with its data safe."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from console.core.errors import ProfileErrors
from console.core.site import Site
from console.core.words import Words, parse_words
from console.hub.clock import SystemClock
from console.hub.datadir import DataDir
from console.hub.failure import HubFailure, ListenRefused, PortInUse, UnknownFeed
from console.hub.hub import Hub, Parts
from console.hub.listening import BACKLOG, HubServer
from console.hub.logs import close_logs, open_logs
from console.hub.parent import ended
from console.hub.profile import fault_line, lang_of, load_site
from console.hub.server import hub_app
from console.setup.arguments import HubOptions
from console.setup.secret import take_secret
from resources import read_words_sources

if TYPE_CHECKING:
    # Certificates cost 20 MB, which a hub without TLS does without.
    from console.hub.pki.door import TlsDoor
    from console.hub.pki.store import Pki

log = logging.getLogger("app")

SETTLE_S = 1.5
STUCK_MS = 30_000
SECRET_FILE = "secret"  # noqa: S105 - a file's name


def main(options: HubOptions) -> int:
    """Run a hub until it is asked to stop; returns the exit code. Says on standard error why it does not
    start.
    """
    lang = lang_of(os.environ)
    sources = read_words_sources()
    words = parse_words({name: sources[name] for name in ("hub.toml", "profile.toml")})
    try:
        return _run(options)
    except ProfileErrors as errors:
        for fault in errors.faults:
            sys.stderr.write(fault_line(fault, words, lang) + "\n")
        return 1
    except HubFailure as failure:
        _complain(words, lang, failure.key, failure.fields)
        return failure.exit_code
    except ValueError as error:
        # The feeds say which option of the profile is at fault.
        _complain(words, lang, "failed", {"detail": str(error)})
        return 1


def _complain(words: Words, lang: str, key: str, fields: Mapping[str, str]) -> None:
    sys.stderr.write(words.say(f"hub.fail.{key}", lang, **fields) + "\n")


def _run(options: HubOptions) -> int:
    pki = _certificates(options)
    # What the hub and its libraries write is for its owner alone (SEC-37).
    os.umask(0o077)
    listener = _listener(options.listen_host, options.listen_port)
    with listener:
        site = _with_feeds(load_site(options.site), options.feed_urls)
        with DataDir(options.data) as data:
            handlers = open_logs(data.file("hub.log"))
            try:
                parts = Parts(
                    site,
                    data,
                    SystemClock(),
                    ledger_copy=options.ledger_copy,
                    local=pki is None and _local(options),
                )
                return asyncio.run(_serve(options, parts, listener, pki))
            finally:
                close_logs(handlers)


def _local(options: HubOptions) -> bool:
    """Whether whoever proves the secret is at work without a password: a console that started its own hub."""
    if options.sign_in == "auto":
        return bool(os.environ.get(options.secret_env))
    return options.sign_in == "local"


def _certificates(options: HubOptions) -> Pki | None:
    """What TLS is served with; None without TLS, which only loopback may be. Raises ListenRefused (SEC-20)."""
    if not options.tls and _is_loopback(options.listen_host):
        return None
    from console.hub.pki.store import Pki

    pki = Pki(options.data / "hub" / "pki")
    if not pki.exists:
        raise ListenRefused(address=f"{options.listen_host}:{options.listen_port}", folder=str(options.data))
    return pki


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listener(host: str, port: int) -> socket.socket:
    """A bound socket. Raises PortInUse."""
    address = "127.0.0.1" if host == "localhost" else host
    shown = f"{host}:{port}"
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # A console that stopped reading must not hold its connection for ever (accepted sockets inherit this).
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STUCK_MS)
    try:
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise PortInUse(address=shown, detail=error.strerror or str(error)) from error
    return listener


def _with_feeds(site: Site, urls: Mapping[str, str]) -> Site:
    unknown = set(urls) - {feed.id for feed in site.feeds}
    if unknown:
        raise UnknownFeed(feed=min(unknown))
    feeds = tuple(msgspec.structs.replace(feed, url=urls.get(feed.id, feed.url)) for feed in site.feeds)
    return msgspec.structs.replace(site, feeds=feeds)


@contextmanager
def _secret(options: HubOptions, data: DataDir) -> Generator[str]:
    """The secret of this launch: from the environment, else a new one in a file that only its owner can read."""
    given = take_secret(options.secret_env)
    if given:
        yield given
        return
    path = data.file(SECRET_FILE)
    made = secrets.token_urlsafe(32)
    path.write_text(made, encoding="ascii")
    log.info("the secret of this launch is in %s; a console takes it from %s", path, options.secret_env)
    try:
        yield made
    finally:
        path.unlink(missing_ok=True)


async def _serve(options: HubOptions, parts: Parts, listener: socket.socket, pki: Pki | None) -> int:
    stop = asyncio.Event()
    _on_signals(stop)
    with _secret(options, parts.data) as secret:
        hub = Hub(parts)
        async with running(hub, secret, listener, pki) as work:
            url = f"{'wss' if pki else 'ws'}://{_host_and_port(listener)}/ws"
            sys.stdout.write(json.dumps({"ready": {"url": url}}) + "\n")
            sys.stdout.flush()
            log.info("hub of %s is ready at %s", hub.site.id, url)
            waits = {asyncio.create_task(stop.wait(), name="stop"), work}
            if options.parent_pid is not None:
                waits.add(asyncio.create_task(ended(options.parent_pid), name="parent"))
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits - {work}:
                wait.cancel()
            if work in done:
                log.critical("a part of the hub has failed", exc_info=work.exception())
                return 1
            log.info("hub ends: %s", ", ".join(task.get_name() for task in done))
            return 0


@asynccontextmanager
async def running(
    hub: Hub, secret: str, listener: socket.socket, pki: Pki | None = None
) -> AsyncGenerator[asyncio.Task[None]]:
    """Let a hub work and serve on `listener`, by TLS with certificates; on leaving, everything is written and closed.

    The task given ends only if a part of the hub fails.
    """
    try:
        await hub.restore()
        work = asyncio.create_task(hub.run(), name="hub")
        door = _door(pki, hub) if pki else None
        server = HubServer(hub_app(hub, secret, door), hub.refusals, door)
        serving = asyncio.create_task(_serving(server, listener, door), name="server")
        watch = asyncio.create_task(_either_ends(work, serving), name="hub and server")
        try:
            await _started(server, serving)
            yield watch
        finally:
            watch.cancel()
            server.should_exit = True
            await asyncio.wait({serving})
            if not work.done():
                await hub.settle(SETTLE_S)
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError, BaseExceptionGroup):
                await work
    finally:
        hub.close()


def _door(pki: Pki, hub: Hub) -> TlsDoor:
    from console.hub.pki.door import TlsDoor

    return TlsDoor(pki, hub.refusals)


async def _serving(server: HubServer, listener: socket.socket, door: TlsDoor | None) -> None:
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(door.run(), name="certificates") if door else None
        await server.serve(sockets=[listener])
        if watching is not None:
            watching.cancel()


async def _either_ends(work: asyncio.Task[None], serving: asyncio.Task[None]) -> None:
    """A hub that nobody can reach has failed as much as one that does not work."""
    done, _ = await asyncio.wait({work, serving}, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def _started(server: HubServer, serving: asyncio.Task[None]) -> None:
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows has no signals in its event loop
            signal.signal(number, partial(_stop, loop, stop))


def _stop(loop: asyncio.AbstractEventLoop, stop: asyncio.Event, number: int, frame: object) -> None:
    loop.call_soon_threadsafe(stop.set)


def _host_and_port(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
