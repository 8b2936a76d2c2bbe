"""Verification behind the hub's work: the whole chain once, then each record that comes, at a bounded pace."""

from __future__ import annotations

import threading
from pathlib import Path

from console.core.ledger.audit import Verifier
from console.core.ledger.faults import Finding, LedgerFault
from console.core.ledger.heads import fingerprint
from console.hub.ledger.base_check import check, check_states, point_at
from console.hub.ledger.schema import head_point, known_keys, last_head, reading

STEP = 400
"""Records verified at a time, some milliseconds."""


class ChainWalk:
    """One pass over the ledger from its first record on; `step` is called from one thread at a time.

    Raises sqlite3.Error where the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._base = reading(path)
        self._verifier: Verifier | None = None
        self._working = threading.Lock()
        self._closed = False
        self._stated = False

    @property
    def verified_to(self) -> int:
        """The last record seen."""
        return self._verifier.position if self._verifier is not None else 0

    def step(self, until: int) -> Finding | None:
        """Go on by some records, not beyond `until`; the earliest fault so far."""
        with self._working:
            if self._closed:
                return None
            verifier = self._prepared()
            wanted = min(verifier.position + STEP, until)
            self._base.execute("BEGIN")
            try:
                check(self._base, verifier, verifier.position, wanted)
                if verifier.position == until and not self._stated:
                    self._stated = True
                    for finding in check_states(self._base):
                        verifier.found(finding)
            finally:
                self._base.execute("ROLLBACK")
            findings = verifier.findings
        if findings or verifier.position >= wanted:
            return findings[0] if findings else None
        # What the hub has written is not there any more.
        return Finding(LedgerFault.TRUNCATED, verifier.position + 1, verifier.position + 1, until)

    def close(self) -> None:
        """Close the file, after the step under way."""
        with self._working:
            self._closed = True
            self._base.close()

    def _prepared(self) -> Verifier:
        # All keys the ledger names: that one was lost was recorded when it happened, and is for the auditor to judge.
        keys = {fingerprint(entry.public): entry.public for entry in known_keys(self._base)}
        if self._verifier is None:
            self._verifier = Verifier(keys)
        self._verifier.trust(keys)
        return self._verifier


def check_tail(path: Path) -> Finding | None:
    """What is wrong with the records after the last signature; the hub looks before it signs them."""
    base = reading(path)
    try:
        head = last_head(base)
        after = head.sequence if head is not None else 0
        last = head_point(base).sequence
        if after > last:
            return Finding(LedgerFault.TRUNCATED, last + 1, last + 1, after)
        try:
            begin = point_at(base, after)
        except LookupError:
            return Finding(LedgerFault.RECORD_MISSING, after)
        if head is not None and begin.hash != head.hash:
            return Finding(LedgerFault.HEAD_DIFFERS, after)
        # The signature itself is not asked for here: the walk does that.
        verifier = Verifier({}, begin, whole=False)
        verifier.number = head.number if head is not None else 0
        check(base, verifier, after)
        findings = [f for f in verifier.finish() if f.fault is not LedgerFault.NOT_SIGNED]
        # What the hub is about to take up.
        findings += check_states(base, thorough=False)
        return findings[0] if findings else None
    finally:
        base.close()
