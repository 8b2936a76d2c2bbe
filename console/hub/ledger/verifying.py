"""`main.py ledger verify`: what was checked and up to when, and each record that is not as it was written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from console.core.journal import Record
from console.core.ledger.audit import Verifier
from console.core.ledger.faults import Finding
from console.core.ledger.heads import Head, KeyEntry, fingerprint, trusted_keys
from console.core.ledger.lines import head_of, read_line
from console.hub.backtest.stamps import write_at
from console.hub.backtest.summary import plain
from console.hub.ledger.base_check import check, check_states, is_ledger
from console.hub.ledger.file_check import FileCheck, NoLedger
from console.hub.ledger.keys import read_public
from console.hub.ledger.say import BadLedgerArgument, Say
from console.hub.ledger.schema import known_keys, reading
from console.hub.ledger.stamp import stamped_digest
from console.setup.arguments import LedgerVerifyOptions

SHOWN = 50
"""Faults that are printed."""
_MAGIC = b"SQLite format 3\0"
_decode = msgspec.msgpack.Decoder(Record).decode


class _Pass:
    """One verification: what came of it, and what the findings are about."""

    def __init__(self, verifier: Verifier, keys: tuple[KeyEntry, ...]) -> None:
        self.verifier = verifier
        self.keys = keys
        self.findings = verifier.finish()
        self.span: tuple[int, int] | None = None
        self.records: dict[int, Record] = {}


def verify(options: LedgerVerifyOptions, say: Say) -> int:
    """0 when everything is as it was written, 1 when not or when there is nothing. Raises BadLedgerArgument."""
    held = [_held(path) for path in options.keys]
    witnesses = [_witness(path) for path in options.anchors]
    done = _checked(options.file, held, witnesses)
    for line in _told(options, done, say):
        say.line(line)
    return 1 if done.findings or not done.verifier.records else 0


def journal_of(path: Path) -> Path:
    """The journal of a data folder, or the file itself. Raises BadLedgerArgument."""
    if not path.is_dir():
        return path
    for candidate in (path / "hub" / "journal.db", path / "journal.db"):
        if candidate.is_file():
            return candidate
    raise BadLedgerArgument("no_ledger", file=str(path))


def _checked(path: Path, held: list[bytes], witnesses: list[Head | bytes]) -> _Pass:
    file = journal_of(path)
    try:
        with file.open("rb") as stream:
            if stream.read(len(_MAGIC)) == _MAGIC:
                return _checked_base(file, held, witnesses)
            stream.seek(0)
            checking = FileCheck(held, lambda verifier: _prepare(verifier, witnesses))
            return _Pass(checking.run(stream), checking.keys)
    except NoLedger as error:
        raise BadLedgerArgument("no_ledger", file=str(file)) from error
    except (OSError, sqlite3.Error) as error:
        raise BadLedgerArgument("unreadable", file=str(file), detail=str(error)) from error


def _checked_base(file: Path, held: list[bytes], witnesses: list[Head | bytes]) -> _Pass:
    with closing(reading(file)) as base:
        if not is_ledger(base):
            raise BadLedgerArgument("old", file=str(file))
        # One view of it all, whatever a running hub adds meanwhile.
        base.execute("BEGIN")
        keys = known_keys(base)
        trusted, findings = trusted_keys(keys, held)
        verifier = Verifier(trusted)
        _prepare(verifier, witnesses)
        for finding in findings:
            verifier.found(finding)
        check(base, verifier)
        for finding in check_states(base):
            verifier.found(finding)
        done = _Pass(verifier, keys)
        start, end = base.execute("SELECT min(at), max(at) FROM journal").fetchone()
        if isinstance(start, int) and isinstance(end, int) and 0 <= start <= end:
            done.span = (start, end)
        for finding in done.findings[:SHOWN]:
            _recall(base, finding.at, done)
        return done


def _recall(base: sqlite3.Connection, sequence: int, done: _Pass) -> None:
    row = base.execute("SELECT body FROM journal WHERE sequence = ?", (sequence,)).fetchone()
    if row is not None and isinstance(row[0], bytes):
        try:
            done.records[sequence] = _decode(row[0])
        except msgspec.MsgspecError:
            return


def _prepare(verifier: Verifier, witnesses: list[Head | bytes]) -> None:
    for witness in witnesses:
        if isinstance(witness, Head):
            verifier.expect(witness)
        else:
            verifier.expect_digest(witness)


def _held(path: Path) -> bytes:
    public = read_public(path)
    if public is None:
        raise BadLedgerArgument("key", file=str(path))
    return public


def _witness(path: Path) -> Head | bytes:
    """A signed head as `ledger anchor` keeps it, or the digest of a time-stamp request or answer."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadLedgerArgument("unreadable", file=str(path), detail=str(error)) from error
    digest = stamped_digest(data)
    if digest is not None:
        return digest
    try:
        line = read_line(data.strip())
        assert line.head is not None
        return head_of(line.head)
    except (msgspec.MsgspecError, ValueError, AssertionError) as error:
        raise BadLedgerArgument("anchor", file=str(path)) from error


def _told(options: LedgerVerifyOptions, done: _Pass, say: Say) -> Iterator[str]:
    verifier, first = done.verifier, done.verifier.begin + 1
    yield say("ledger.cli.checked", file=plain(str(options.file)))
    span = ""
    if done.span is not None:
        span = say("ledger.cli.span", start=write_at(done.span[0]), end=write_at(done.span[1]))
    yield say(
        "ledger.cli.records",
        first=f"{first:,}",
        last=f"{verifier.reached:,}",
        n=f"{verifier.records:,}",
        span=span,
    )
    if verifier.signed_to:
        at = write_at(verifier.signed_at)
        yield say("ledger.cli.signed", n=f"{verifier.heads:,}", to=f"{verifier.signed_to:,}", at=at)
    if verifier.sealed:
        yield say("ledger.cli.sealed")
    elif verifier.reached > verifier.signed_to:
        yield say("ledger.cli.unsigned", n=f"{verifier.reached - verifier.signed_to:,}")
    for entry in done.keys:
        yield say("ledger.cli.key", fingerprint=fingerprint(entry.public).hex())
    yield say("ledger.cli.key_held" if options.keys else "ledger.cli.key_not_held")
    for path in options.anchors:
        yield say("ledger.cli.anchor_seen", file=plain(str(path)))
    if not done.findings:
        # A hub begins with a record of its start, so an empty ledger proves nothing.
        yield say("ledger.cli.whole" if verifier.records else "ledger.cli.void")
        return
    yield say("ledger.cli.faults", n=f"{max(verifier.total, len(done.findings)):,}")
    for finding in done.findings[:SHOWN]:
        yield from _fault(finding, done, say)
    left = max(verifier.total, len(done.findings)) - SHOWN
    if left > 0:
        yield say("ledger.cli.more", n=f"{left:,}")


def _fault(finding: Finding, done: _Pass, say: Say) -> Iterator[str]:
    more = ""
    if finding.since and finding.since < finding.until:
        more = say("ledger.cli.between", since=f"{finding.since:,}", until=f"{finding.until:,}")
    words = say.words.say(f"ledger.fault.{finding.fault}", say.lang)
    yield say("ledger.cli.fault", at=f"{finding.at:,}", words=words, code=finding.fault.value, more=more)
    record = done.records.get(finding.at)
    if record is not None:
        at = write_at(record.at) if 0 <= record.at < 2**62 else "?"
        parts = {"who": record.who, "what": record.what, "subject": record.subject}
        yield say("ledger.cli.shown", at=at, **{name: plain(text[:120]) for name, text in parts.items()})
