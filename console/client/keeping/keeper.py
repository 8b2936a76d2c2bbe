"""Takes what the hub tells for the store and says what to ask next. No thread and no clock of its own.

Everything that is asked follows from what the file holds, so that whatever was lost is asked for again: after a
crash, a full disk, a link that was away.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from console.client.keeping.facts import KeepFact, KeepState
from console.client.keeping.plan import MINUTE, Span, Turn, next_missing, settled_until
from console.core.ledger.chain import Point
from console.core.packing import packed
from console.core.site import Site
from console.keep import ledger, samples, schema, sites
from console.keep.bounds import Bounds, keep_within
from console.wire.keeping import LedgerReply, QueryLedger, QuerySamples, SamplesReply

log = logging.getLogger("history")

FIRST_DAYS = 7.0
"""How far back a new store begins."""
FIRST_RECORDS = 500_000
UPKEEP_S = 600.0
_AT_FAULT = (KeepState.FULL, KeepState.FAILED)
_DAY = 86_400 * 10**9
_SLACK = 10**9
"""A record is written a moment after its time."""


class Holding(msgspec.Struct, frozen=True):
    """The site in force: all its tags in the order of the catalogue, and which of them reports show."""

    digest: str
    site: Site
    names: tuple[str, ...]
    wanted: tuple[str, ...]


class Keeper:
    """Owns the file. `take` and `next_ask` never raise for the disk: `told` says how the store stands."""

    def __init__(self, path: Path, bounds: Bounds, told: Callable[[KeepFact], None]) -> None:
        self._path = path
        self._bounds = bounds
        self._told = told
        self._fact = KeepFact(KeepState.KEPT)
        self._base: sqlite3.Connection | None = None
        self._holding: Holding | None = None
        self._wanted: tuple[int, ...] = ()
        self._turn = Turn()
        self._at = 0
        self._span: Span | None = None
        self._tail = False
        self._missing: list[Span] = []
        self._upkeep_due = 0.0
        self._sited = ""

    def close(self) -> None:
        """Close the file; it is whole at any moment."""
        if self._base is not None:
            self._base.close()
            self._base = None

    def link(self, live: bool, now: float) -> None:
        """The link came or went."""
        self._turn.link(live, now)

    def adopt(self, holding: Holding) -> None:
        """Another site, or another state of it."""
        places = {name: place for place, name in enumerate(holding.names)}
        self._wanted = tuple(places[name] for name in holding.wanted if name in places)
        self._holding = holding
        self._sited = ""

    def wait_s(self, now: float) -> float | None:
        """Seconds until `next_ask` may have something; None until something is heard."""
        return self._turn.wait_s(now, bool(self._missing)) if self._holding is not None else None

    def next_ask(self, now: float) -> QueryLedger | QuerySamples | None:
        """The next question, if it is time for one."""
        holding = self._holding
        if holding is None or not self._turn.free(now):
            return None
        found: list[QueryLedger | QuerySamples | None] = []
        self._guarded(lambda base: found.append(self._ask(base, now)), now)
        return found[0] if found else None

    def take(self, reply: LedgerReply | SamplesReply, now: float) -> None:
        """What the hub answered."""
        if self._holding is None or not self._turn.answered(reply.request, now):
            return
        if reply.reason:
            log.info("the hub does not answer the store: %s", reply.reason)
            self._turn.refused(now)
        elif isinstance(reply, LedgerReply):
            self._guarded(lambda base: self._take_ledger(base, reply, now), now)
        else:
            self._guarded(lambda base: self._take_samples(base, reply, now), now)

    def _ask(self, base: sqlite3.Connection, now: float) -> QueryLedger | QuerySamples | None:
        if now >= self._upkeep_due and self._at:
            self._upkeep_due = now + UPKEEP_S
            keep_within(base, self._bounds, self._at)
        if self._turn.wants_ledger(now) or not self._at:
            return self._ask_ledger(base, now)
        if self._turn.wants_round(now):
            self._look(base)
            edge = settled_until(self._at)
            if self._missing and self._missing[-1][1] == edge:
                return self._ask_missing(now)
            self._tail = True
            return self._ask_span((edge, self._at), now)
        return self._ask_missing(now) if self._missing else None

    def _ask_ledger(self, base: sqlite3.Connection, now: float) -> QueryLedger:
        tip = ledger.tip(base)
        request = self._turn.asked(now)
        if tip is not None and tip.sequence:
            return QueryLedger(request=request, after=tip.sequence, heads_after=ledger.last_head(base))
        # Of a ledger that is told from its first record on, there is nothing before it.
        since = max(self._at - int(FIRST_DAYS * _DAY), 0) if self._at else 0
        return QueryLedger(request=request, since=since, most=FIRST_RECORDS, limit=1000 if self._at else 1)

    def _ask_missing(self, now: float) -> QuerySamples | None:
        self._tail = False
        span = next_missing(self._missing)
        return self._ask_span(span, now) if span is not None else None

    def _ask_span(self, span: Span, now: float) -> QuerySamples:
        self._span = span
        return QuerySamples(request=self._turn.asked(now), tags=self._wanted, start=span[0], end=span[1])

    def _look(self, base: sqlite3.Connection) -> None:
        """What is not held of the time that is kept."""
        days = min(self._bounds.days, FIRST_DAYS)
        start = (self._at - int(days * _DAY)) // MINUTE * MINUTE
        end = settled_until(self._at)
        self._missing = samples.holes(samples.stretches(base, start, end, settled=True), start, end)

    def _take_ledger(self, base: sqlite3.Connection, reply: LedgerReply, now: float) -> None:
        first = not self._at
        self._at = max(self._at, reply.at)
        if first and ledger.tip(base) is None:
            # Now the hub's time is known, and with it where a new store begins.
            return
        after = ledger.tip(base)
        sequence = reply.links[0].sequence - 1 if reply.links else after.sequence if after else reply.head
        if after is not None and reply.head < after.sequence:
            raise ledger.OtherLedger
        with _transaction(base):
            ledger.put_links(base, Point(sequence, reply.previous), reply.links)
            ledger.put_signatures(base, reply.heads, reply.keys)
            if not reply.more:
                ledger.put_heard(base, reply.at - _SLACK)
            self._put_site(base)
        self._turn.ledger_done(now, reply.more)

    def _put_site(self, base: sqlite3.Connection) -> None:
        holding = self._holding
        if holding is not None and self._sited != holding.digest:
            sites.put_site(base, holding.digest, holding.site, self._at)
            self._sited = holding.digest

    def _take_samples(self, base: sqlite3.Connection, reply: SamplesReply, now: float) -> None:
        holding, span = self._holding, self._span
        assert holding is not None
        self._at = max(self._at, reply.at)
        if span is None or reply.start != span[0] or not span[0] < reply.end <= span[1]:
            return
        with _transaction(base):
            samples.put_piece(base, _piece(reply, holding.names, settled=not self._tail))
            self._put_nothing_before(base, reply.oldest or reply.at, holding.names)
        if self._tail:
            self._turn.round_done(now)
        self._look(base)
        # Something small can always be written: only when nothing is missing any more it is well again.
        if not self._missing and self._fact.state in _AT_FAULT:
            log.info("the store of this console is written again")
            self._tell(KeepFact(KeepState.KEPT))

    def _put_nothing_before(self, base: sqlite3.Connection, oldest: int, names: tuple[str, ...]) -> None:
        """The hub has nothing before its oldest sample: that need not be asked for ten minutes by ten minutes."""
        oldest = oldest // MINUTE * MINUTE
        for start, end in self._missing:
            if start < oldest:
                nothing = SamplesReply(
                    request="", start=start, end=min(end, oldest), tallies=_none(len(names))
                )
                samples.put_piece(base, _piece(nothing, names, settled=True))

    def _guarded(self, work: Callable[[sqlite3.Connection], None], now: float) -> None:
        try:
            work(self._opened())
        except ledger.OtherLedger as error:
            self._begin_anew(KeepState.OTHER, str(error), now)
        except msgspec.MsgspecError as error:
            # A hub of a newer version may have records that this console cannot read.
            self._fail(False, str(error), now)
        except sqlite3.Error as error:
            if schema.unusable(error):
                self._begin_anew(KeepState.DAMAGED, str(error), now)
            else:
                self._fail(error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL, str(error), now)
        except OSError as error:
            self._fail(error.errno == errno.ENOSPC, str(error), now)

    def _opened(self) -> sqlite3.Connection:
        if self._base is None:
            self._base = schema.opened(self._path)
        return self._base

    def _begin_anew(self, state: KeepState, detail: str, now: float) -> None:
        self.close()
        self._turn.refused(now)
        self._at, self._missing, self._sited = 0, [], ""
        stamp = f"{state.value}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        try:
            aside = schema.set_aside(self._path, stamp)
        except OSError as error:
            self._fail(False, str(error), now)
            return
        log.warning("the store of this console is set aside as %s: %s %s", aside.name, state, detail)
        self._tell(KeepFact(state, aside.name, detail))

    def _fail(self, full: bool, detail: str, now: float) -> None:
        self.close()
        self._turn.failed(now)
        state = KeepState.FULL if full else KeepState.FAILED
        if self._fact.state not in _AT_FAULT:
            log.warning("the store of this console cannot be written: %s", detail)
            self._tell(KeepFact(state, str(self._path), detail))

    def _tell(self, fact: KeepFact) -> None:
        self._fact = fact
        self._told(fact)


@contextmanager
def _transaction(base: sqlite3.Connection) -> Generator[None]:
    """All of it or nothing: what fails ends the connection, which undoes what was not committed."""
    base.execute("BEGIN IMMEDIATE")
    yield
    base.execute("COMMIT")


def _piece(reply: SamplesReply, names: tuple[str, ...], *, settled: bool) -> samples.Piece:
    return samples.Piece(
        start=reply.start,
        end=reply.end,
        settled=settled,
        names=names,
        rows=reply.rows,
        tags=reply.tags,
        ends=reply.ends,
        body=reply.body or _empty(),
        tallies=reply.tallies,
    )


def _empty() -> bytes:
    return packed([np.empty(0, "<i8"), np.empty(0, "<f8"), np.empty(0, "u1")])


def _none(tags: int) -> bytes:
    return packed([np.zeros(tags, "<u4")] * 3)
