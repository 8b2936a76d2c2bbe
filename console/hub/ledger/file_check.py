"""An exported ledger, or a copy that followed the hub, read line by line through the verifier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import IO

import msgspec

from console.core.ledger.audit import Verifier
from console.core.ledger.chain import Point
from console.core.ledger.faults import Finding, LedgerFault
from console.core.ledger.heads import KeyEntry, trusted_keys
from console.core.ledger.lines import (
    FORMAT,
    Line,
    head_line,
    head_of,
    keys_of,
    link_of,
    read_line,
    seal_line,
    seal_of,
    shown_fault,
    top_line,
)

MOST_BYTES = 8 * 1024 * 1024
"""A longer line is no line of a ledger."""


class NoLedger(Exception):
    """The file does not begin as a ledger does."""


class FileCheck:
    """One file; `held` are the auditor's own public keys, `prepare` tells the verifier of witnesses."""

    def __init__(self, held: Iterable[bytes], prepare: Callable[[Verifier], None]) -> None:
        self._held = tuple(held)
        self._prepare = prepare
        self.keys: tuple[KeyEntry, ...] = ()
        self.trusted: Mapping[bytes, bytes] = {}
        self._export = False
        self._key_findings: set[Finding] = set()

    def run(self, stream: IO[bytes]) -> Verifier:
        """The verifier after the last line. Raises NoLedger."""
        verifier: Verifier | None = None
        ended = False
        while raw := stream.readline(MOST_BYTES):
            line = _read(raw)
            if verifier is None:
                verifier = self._begin(line, raw.removesuffix(b"\n"))
            elif line is None:
                self._cannot_read(verifier, raw)
            else:
                ended = line.seal is not None
                self._take(line, raw, verifier)
        if verifier is None:
            raise NoLedger
        if self._export and not ended:
            verifier.found(Finding(LedgerFault.TRUNCATED, verifier.reached + 1))
        return verifier

    def _begin(self, line: Line | None, text: bytes) -> Verifier:
        top = line.ledger if line is not None else None
        if top is None or top.format != FORMAT or not top.first:
            raise NoLedger
        try:
            self._trust(keys_of(top))
            before = Point(top.first - 1, bytes.fromhex(top.previous))
        except ValueError as error:
            raise NoLedger from error
        self._export = top.kind == "export"
        verifier = Verifier(self.trusted, before, whole=top.first == 1)
        self._prepare(verifier)
        _same(top_line(top.kind, self.keys, top.first, before.hash), text, verifier, top.first)
        for finding in self._key_findings:
            verifier.found(finding)
        return verifier

    def _trust(self, keys: tuple[KeyEntry, ...]) -> list[Finding]:
        """Take the keys; what is newly wrong with them."""
        self.keys = keys
        trusted, findings = trusted_keys(keys, self._held)
        self.trusted = trusted
        fresh = [finding for finding in findings if finding not in self._key_findings]
        self._key_findings.update(findings)
        return fresh

    @staticmethod
    def _cannot_read(verifier: Verifier, raw: bytes) -> None:
        torn = LedgerFault.UNREADABLE if raw.endswith(b"\n") else LedgerFault.TRUNCATED
        verifier.found(Finding(torn, verifier.reached + 1))

    def _take(self, line: Line, raw: bytes, verifier: Verifier) -> None:
        text = raw.removesuffix(b"\n")
        try:
            if line.record is not None:
                verifier.record(link_of(line.record))
                finding = shown_fault(line.record, text)
                if finding is not None:
                    verifier.found(finding)
            elif line.head is not None:
                head = head_of(line.head)
                verifier.head(head)
                _same(head_line(head), text, verifier, head.sequence)
            elif line.seal is not None:
                seal = seal_of(line.seal)
                verifier.seal(seal)
                _same(seal_line(seal), text, verifier, seal.last)
            elif line.ledger is not None:
                # A copy that follows the hub says the keys anew whenever it goes on.
                for finding in self._trust(keys_of(line.ledger)):
                    verifier.found(finding)
                verifier.trust(self.trusted)
        except ValueError:
            self._cannot_read(verifier, raw)


def _same(written: bytes, text: bytes, verifier: Verifier, sequence: int) -> None:
    if written != text:
        verifier.found(Finding(LedgerFault.FIELDS_DIFFER, sequence))


def _read(raw: bytes) -> Line | None:
    try:
        return read_line(raw)
    except msgspec.MsgspecError:
        return None
