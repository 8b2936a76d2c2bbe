"""The link to the hub: connects, greets, listens, notices silence, and comes back by itself.

Everything the hub says goes to `deliver` in order, with a LinkFact wherever the state of the link changes.
It is LIVE only once the snapshot (or what was missed) has been delivered whole.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, NegotiationError

from console.client.backoff import Backoff
from console.client.dial import Dial
from console.client.inbound import Inbound, SeriesAnswer
from console.client.lag import Lag
from console.client.link_fact import LinkFact, LinkState
from console.client.seal import Sealer
from console.client.tls import TlsPapers, is_loopback
from console.core.errors import WireError
from console.core.identity.facts import SessionState
from console.wire import frames
from console.wire.codec import console_codec
from console.wire.limits import (
    HEARTBEAT_S,
    HEARTBEATS_MISSED,
    SUBPROTOCOL_MSGPACK,
    WireFault,
)
from console.wire.messages import (
    Asked,
    Challenge,
    Heartbeat,
    Hello,
    Message,
    Pong,
    Problem,
    SessionChanged,
    SignedIn,
    SiteTrust,
    SnapshotDone,
    Subscribe,
    Welcome,
)
from console.wire.proof import proof

log = logging.getLogger("link")

SILENCE_S = HEARTBEAT_S * HEARTBEATS_MISSED
REFUSED_RETRY_S = 15.0
_DOOR_S = 0.05
_GOING_AWAY = 1001
_OVER = (SessionState.SIGNED_OUT, SessionState.ENDED)
_REFUSALS = {WireFault.NOT_AUTHENTICATED: "secret", WireFault.VERSION: "version"}
_ENDS = {WireFault.TOO_SLOW: "too_slow", WireFault.HELLO_LATE: "no_welcome"}


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits here; `secret` is the per-launch secret of a hub on this computer, `papers` prove the seat elsewhere."""

    user: str
    station: str
    lang: str = "ko"
    secret: str = ""
    papers: TlsPapers | None = None


@dataclass(frozen=True, slots=True)
class _End:
    """Why a life of the connection ended; `why` is a key of the words `link.why`."""

    why: str
    detail: str = ""
    refused: bool = False


class Link:
    """One link. `door` gives the hub's address, empty while the hub is only starting."""

    def __init__(
        self,
        seat: Seat,
        door: Callable[[], str],
        deliver: Callable[[Inbound], None],
        silence_s: float = SILENCE_S,
    ) -> None:
        self._seat = seat
        self._door = door
        self._deliver = deliver
        self._silence_s = silence_s
        self._codec = console_codec(SUBPROTOCOL_MSGPACK)
        self._backoff = Backoff(random.random)
        self._lag = Lag()
        self._subscription = Subscribe(all_tags=True)
        self._outbox: asyncio.Queue[Asked] | None = None
        self._fact = LinkFact(user=seat.user, station=seat.station)
        self._sealer = Sealer(None if seat.papers is None else seat.papers.sign)
        self._resume = ""
        self._session = ""
        """Token of the session at this seat; in memory only, so that it ends with the console."""
        self._touched = False
        self._sequence = 0
        self._reached = 0
        self._welcome: Welcome | None = None
        self._last_ns = 0
        self._problem = _End("closed")

    @property
    def fact(self) -> LinkFact:
        """The present state."""
        return self._fact

    def post(self, message: Asked) -> None:
        """Send soon; without a connection the message is dropped, for nothing is acted on later (CMD-03)."""
        if isinstance(message, Subscribe):
            self._subscription = message
        if self._outbox is not None:
            self._outbox.put_nowait(self._sealer.sealed(message))

    def touch(self) -> None:
        """Somebody uses keyboard or mouse: the hub hears it with the next heartbeat (SEC-07)."""
        self._touched = True

    def fail(self) -> None:
        """`run` ended by a fault of ours: say that nothing is live."""
        self._tell_down(_End("closed"))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            url = self._door()
            if not url:
                self._tell_down(_End("starting"))
                await asyncio.sleep(_DOOR_S)
                continue
            end = await self._life(url)
            self._tell_down(end)
            await asyncio.sleep(REFUSED_RETRY_S if end.refused else self._backoff.next())

    async def _life(self, url: str) -> _End:
        self._problem = _End("closed")
        tls = self._tls(url)
        if isinstance(tls, _End):
            return tls
        dial = Dial(url, tls)
        try:
            async with dial as socket:
                return await self._talk(socket)
        except InvalidStatus as error:
            refused = error.response.status_code in (401, 403)
            return _End("secret" if refused else "unreachable", str(error), refused)
        except NegotiationError as error:
            return _End("version", str(error), refused=True)
        except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed) as error:
            why = dial.why(error)
            if why:
                log.warning("TLS: %s: %s", why, error)
            return _End(why or "unreachable", str(error) or type(error).__name__, bool(why))

    def _tls(self, url: str) -> ssl.SSLContext | _End | None:
        """The context for an address; without TLS only this computer is spoken to (SEC-20)."""
        if not url.startswith("wss:"):
            return None if is_loopback(url) else _End("plaintext", url, refused=True)
        papers = self._seat.papers
        context = papers.context() if papers is not None else None
        return context or _End("no_certificate", url, refused=True)

    async def _talk(self, socket: ClientConnection) -> _End:
        if socket.subprotocol != SUBPROTOCOL_MSGPACK:
            return _End("version", refused=True)
        self._outbox = asyncio.Queue[Asked]()
        self._welcome = None
        writer = asyncio.create_task(self._write(socket, self._outbox), name="link.write")
        try:
            return await self._listen(socket)
        except asyncio.CancelledError:
            await socket.close(_GOING_AWAY)
            raise
        finally:
            self._outbox = None
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            if self._welcome is not None and self._welcome.full:
                # Cut before the snapshot was whole: what was missed cannot be told from what was sent.
                self._resume, self._sequence = "", 0

    async def _write(self, socket: ClientConnection, outbox: asyncio.Queue[Asked]) -> None:
        for n in itertools.count(1):
            message = msgspec.structs.replace(await outbox.get(), n=n)
            try:
                await socket.send(self._codec.encode(message))
            except ConnectionClosed:
                return

    async def _listen(self, socket: ClientConnection) -> _End:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._silence_s) as patience:
                async for data in socket:
                    patience.reschedule(loop.time() + self._silence_s)
                    self._last_ns = time.time_ns()
                    self._take(data)
        except TimeoutError:
            return _End("silent")
        except ConnectionClosed as error:
            return self._problem if self._problem.why != "closed" else _End("closed", str(error))
        except WireError as error:
            log.warning("the hub sent what cannot be read: %s", error)
            return _End("malformed", str(error))
        return self._problem

    def _take(self, data: bytes | str) -> None:
        kind = frames.kind_of(data) if isinstance(data, bytes) else 0
        if isinstance(data, bytes) and kind:
            self._deliver(_columns(kind, data))
            return
        message = self._codec.decode(data)
        if isinstance(message, Heartbeat):
            self._beat(message)
        elif isinstance(message, Problem):
            self._complain(message)
        elif isinstance(message, Challenge):
            self._sealer.begin(message.nonce)
            self._introduce(message)
        elif isinstance(message, SiteTrust):
            self._renew(message)
        elif isinstance(message, Welcome):
            self._greet(message)
        self._keep_session(message)
        self._sealer.heard(message)
        self._deliver(message)
        if isinstance(message, SnapshotDone):
            self._go_live(message)
        elif not isinstance(message, Welcome):
            self._come_to(getattr(message, "sequence", 0))

    def _keep_session(self, message: Message) -> None:
        if isinstance(message, SignedIn):
            self._session = message.token
        elif isinstance(message, SessionChanged) and message.session.state in _OVER:
            self._session = ""

    def _come_to(self, sequence: int) -> None:
        # Before the snapshot is whole nothing counts: after a cut the hub must begin from the old place.
        self._reached = max(self._reached, sequence)
        if self._welcome is None:
            self._sequence = max(self._sequence, sequence)

    def _introduce(self, challenge: Challenge) -> None:
        seat = self._seat
        self.post(
            Hello(
                proof=proof(seat.secret, challenge.nonce) if seat.secret else "",
                user=seat.user,
                station=seat.station,
                lang=seat.lang,
                token=self._session,
                resume=self._resume,
                sequence=self._sequence,
            )
        )

    def _renew(self, trust: SiteTrust) -> None:
        # A keyring may ask a person first: not on the thread that hears the heartbeats.
        if self._seat.papers is not None:
            asyncio.get_running_loop().run_in_executor(None, self._seat.papers.renew, trust)

    def _greet(self, welcome: Welcome) -> None:
        self._welcome = welcome
        self._reached = 0
        self._lag.forget()
        self.post(self._subscription)

    def _go_live(self, done: SnapshotDone) -> None:
        welcome, self._welcome = self._welcome, None
        self._sequence = max(done.sequence, self._reached)
        if welcome is None:
            return
        self._resume = welcome.resume
        self._backoff.reset()
        resumed = self._fact.resumed + (not welcome.full)
        log.info("live with %s (%s)", welcome.hub, "snapshot" if welcome.full else "resumed")
        self._tell(
            state=LinkState.LIVE,
            since_ns=self._last_ns,
            why="",
            detail="",
            hub=welcome.hub,
            user=welcome.user or self._seat.user,
            resumed=resumed,
            frozen_at_ns=0,
            lag_s=0.0,
        )

    def _beat(self, beat: Heartbeat) -> None:
        lag = round(self._lag.heartbeat(beat.at, self._last_ns), 1)
        touched, self._touched = self._touched, False
        self.post(Pong(sequence=self._sequence, active=touched))
        if lag != self._fact.lag_s and self._fact.live:
            self._tell(lag_s=lag)

    def _complain(self, problem: Problem) -> None:
        log.warning("the hub names a problem: %s %s", problem.code, problem.where)
        refusal = _REFUSALS.get(WireFault(problem.code)) if problem.code in set(WireFault) else None
        if refusal:
            self._problem = _End(refusal, problem.where, refused=True)
        elif problem.code in _ENDS:
            self._problem = _End(_ENDS[WireFault(problem.code)], problem.where)

    def _tell_down(self, end: _End) -> None:
        was = self._fact
        if was.state is LinkState.LIVE:
            log.warning("lost: %s %s", end.why, end.detail)
        frozen = self._last_ns if was.state is LinkState.LIVE else was.frozen_at_ns
        down = LinkState.LOST if frozen else LinkState.CONNECTING
        state = LinkState.REFUSED if end.refused else down
        since = was.since_ns if state is was.state else time.time_ns()
        self._tell(state=state, since_ns=since, why=end.why, detail=end.detail, frozen_at_ns=frozen)

    def _tell(self, **changes: object) -> None:
        fact = msgspec.structs.replace(self._fact, **changes)
        if fact != self._fact:
            self._fact = fact
            self._deliver(fact)


def _columns(kind: int, data: bytes) -> Inbound:
    if kind == frames.TELEMETRY:
        return frames.unpack_telemetry(data)
    if kind == frames.POSITIONS:
        return frames.unpack_positions(data)
    return SeriesAnswer(*frames.unpack_series(data))
