"""Verification of a ledger as a stream: records and heads go in, in the order they are kept; findings come out.

After a fault it goes on from what is kept, so that one damaged place is one finding and everything behind it is
still checked.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from console.core.journal import Record
from console.core.ledger.chain import GENESIS, Link, Point, link_hash
from console.core.ledger.faults import Finding, LedgerFault
from console.core.ledger.heads import Head, Seal, head_digest, head_fault, seal_bytes, signed_by

MOST_FINDINGS = 1000
_START = Point()
_decode = msgspec.msgpack.Decoder(Record).decode


class Verifier:
    """One pass. `keys` are trusted public keys by fingerprint; `begin` is what stands before the first record.

    `whole` says that the ledger must be there from its first record and its first signature on.
    """

    def __init__(self, keys: Mapping[bytes, bytes], begin: Point = _START, *, whole: bool = True) -> None:
        self._keys = keys
        self._whole = whole
        self.begin = begin.sequence
        self.position = begin.sequence
        self._previous: tuple[bytes, ...] = (begin.hash,)
        """Hashes that the next record may follow; empty when the record before it is missing."""
        self._held: Link | None = None
        """A record that came too early, until the next one tells whether those before it are missing."""
        self._early: dict[int, Link] = {}
        self._passed: dict[int, tuple[bytes, ...]] = {}
        self._missing: list[Finding] = []
        self._findings: list[Finding] = []
        self.number = 0
        self._head_sequence = 0
        self._ahead: dict[int, list[Head]] = {}
        self._witness: dict[int, Head] = {}
        self._digests: set[bytes] = set()
        self.records = 0
        self.heads = 0
        self.signed_to = 0
        self.signed_at = 0
        self.sealed = False
        self.total = 0

    @property
    def reached(self) -> int:
        """The highest record seen, also one that came too early."""
        return max(self.position, self._held.sequence if self._held is not None else 0, *self._early, 0)

    @property
    def hash(self) -> bytes:
        """Hash of the last record as it is kept."""
        return self._previous[0] if self._previous else GENESIS

    @property
    def findings(self) -> list[Finding]:
        """What is wrong so far, the earliest record first."""
        return sorted((*self._findings, *self._missing), key=lambda finding: finding.at)

    def trust(self, keys: Mapping[bytes, bytes]) -> None:
        """Other keys from here on."""
        self._keys = keys

    def expect(self, witnessed: Head) -> None:
        """An outside witness holds this head: the chain must reach it and agree; tell before the first record."""
        fault = head_fault(witnessed, self._keys)
        if fault is not None:
            self.found(Finding(fault, witnessed.sequence, detail="anchor"))
        self._witness[witnessed.sequence] = witnessed

    def expect_digest(self, digest: bytes) -> None:
        """An outside witness has stamped a head with this digest."""
        self._digests.add(digest)

    def record(self, link: Link) -> None:
        """The next record."""
        self.records += 1
        held, self._held = self._held, None
        if held is not None and self.position < link.sequence < held.sequence:
            # What should have come first follows: the one before stands too early, nothing is missing.
            place = self.position + 1
            self.found(Finding(LedgerFault.RECORD_MOVED, held.sequence, place, held.sequence))
            self._early[held.sequence] = held
        elif held is not None:
            self._skip_to(held)
        if link.sequence <= self.position:
            self._out_of_place(link.sequence)
        elif link.sequence > self.position + 1:
            self._held = link
        else:
            self._accept(link)

    def head(self, head: Head) -> None:
        """The next signature."""
        self.heads += 1
        self._digests.discard(head_digest(head))
        self._check_order(head)
        fault = head_fault(head, self._keys)
        if fault is not None:
            self.found(Finding(fault, head.sequence, self.signed_to + 1, head.sequence, head.key.hex()))
        elif head.sequence == self.position or head.sequence in self._passed:
            self._compare(head)
        elif head.sequence > self.position:
            self._ahead.setdefault(head.sequence, []).append(head)
        elif head.sequence > self.begin:
            self.found(Finding(LedgerFault.HEAD_ORDER, head.sequence))

    def seal(self, seal: Seal) -> None:
        """The end of an export; nothing may be missing before it."""
        self._settle()
        if seal.last > self.position:
            self.found(Finding(LedgerFault.TRUNCATED, self.position + 1, self.position + 1, seal.last))
        if not seal.signature:
            return
        public = self._keys.get(seal.key)
        if public is None:
            self.found(Finding(LedgerFault.WRONG_KEY, seal.last, seal.first, seal.last, seal.key.hex()))
        elif not signed_by(public, seal.signature, seal_bytes(seal)):
            self.found(Finding(LedgerFault.BAD_SIGNATURE, seal.last, seal.first, seal.last))
        elif seal.last == self.position and seal.hash not in self._previous:
            self.found(Finding(LedgerFault.HEAD_DIFFERS, seal.last, self.signed_to + 1, seal.last))
        else:
            self.sealed = True

    def found(self, finding: Finding) -> None:
        """A fault that was seen here or by whoever reads the file."""
        self.total += 1
        if len(self._findings) < MOST_FINDINGS:
            self._findings.append(finding)

    def finish(self) -> list[Finding]:
        """The ledger has ended; everything that is wrong, the earliest record first."""
        self._settle()
        reach = max((*self._ahead, *self._witness, 0))
        if reach > self.position:
            self.found(Finding(LedgerFault.TRUNCATED, self.position + 1, self.position + 1, reach))
        for _ in self._digests:
            since = self.position + 1
            self.found(Finding(LedgerFault.ANCHOR_DIFFERS, since, self.signed_to + 1, since))
        if self.records and not self.heads and not self.sealed:
            self.found(Finding(LedgerFault.NOT_SIGNED, self.position, self.begin + 1, self.position))
        return self.findings

    def _settle(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._skip_to(held)
        for sequence in sorted(self._early):
            self._skip_to(self._early.pop(sequence))

    def _skip_to(self, link: Link) -> None:
        """Accept a record although some before it are missing."""
        for sequence in sorted(n for n in self._early if n < link.sequence):
            self._skip_to(self._early.pop(sequence))
        if link.sequence > self.position + 1:
            first, last = self.position + 1, link.sequence - 1
            self._missing.append(Finding(LedgerFault.RECORD_MISSING, first, first, last))
            self._previous = ()
        self._accept(link)

    def _accept(self, link: Link) -> None:
        self._follow(link)
        self.position = link.sequence
        for head in self._ahead.pop(link.sequence, ()):
            self._compare(head)
        witnessed = self._witness.pop(link.sequence, None)
        if witnessed is not None and witnessed.hash not in self._previous:
            since = self.signed_to + 1
            self.found(Finding(LedgerFault.ANCHOR_DIFFERS, link.sequence, since, link.sequence))
        follower = self._early.pop(link.sequence + 1, None)
        if follower is not None:
            # Its signature may still come.
            self._passed[link.sequence] = self._previous
            self._accept(follower)

    def _follow(self, link: Link) -> None:
        computed = [link_hash(previous, link) for previous in self._previous]
        if not computed or link.hash in computed:
            self._previous = (link.hash,)
            return
        self.found(Finding(LedgerFault.RECORD_CHANGED, link.sequence, link.sequence, link.sequence))
        # Either the record or its hash was changed: what follows may stand on the one or on the other.
        self._previous = (link.hash, computed[0])

    def _out_of_place(self, sequence: int) -> None:
        for index, gap in enumerate(self._missing):
            if gap.since <= sequence <= gap.until:
                left = [
                    Finding(gap.fault, first, first, last)
                    for first, last in ((gap.since, sequence - 1), (sequence + 1, gap.until))
                    if first <= last
                ]
                self._missing[index : index + 1] = left
                self.found(Finding(LedgerFault.RECORD_MOVED, sequence, sequence, sequence))
                return
        self.found(Finding(LedgerFault.RECORD_INSERTED, sequence, sequence, sequence))

    def _check_order(self, head: Head) -> None:
        first_expected = 1 if self._whole else 0
        wanted = self.number + 1 if self.number else first_expected
        if wanted and head.number > wanted:
            self.found(Finding(LedgerFault.HEAD_MISSING, head.sequence, self._head_sequence, head.sequence))
        elif (self.number and head.number < wanted) or head.sequence < self._head_sequence:
            self.found(Finding(LedgerFault.HEAD_ORDER, head.sequence))
        self.number = max(self.number, head.number)
        self._head_sequence = max(self._head_sequence, head.sequence)

    def _compare(self, head: Head) -> None:
        hashes = self._passed.get(head.sequence, self._previous)
        if hashes and head.hash not in hashes:
            since = self.signed_to + 1
            self.found(Finding(LedgerFault.HEAD_DIFFERS, head.sequence, since, head.sequence))
        else:
            self.signed_to, self.signed_at = head.sequence, head.at


def field_fault(link: Link, columns: tuple[str, int, str, str]) -> Finding | None:
    """Whether `columns` (subject, time, kind, who), by which a record is found, are what its bytes say."""
    try:
        record = _decode(link.body)
    except msgspec.MsgspecError as error:
        return Finding(LedgerFault.UNREADABLE, link.sequence, detail=str(error))
    told = (record.subject, record.at, record.kind.value, record.who)
    return None if told == columns else Finding(LedgerFault.FIELDS_DIFFER, link.sequence)
