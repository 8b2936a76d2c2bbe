"""The slice of the ledger in an evidence file: its chain, and whether the records of the report are its records."""

from __future__ import annotations

import msgspec

from console.core.journal import Record
from console.core.ledger.audit import Verifier
from console.core.ledger.chain import Point
from console.core.ledger.faults import Finding, LedgerFault
from console.core.ledger.heads import trusted_keys
from console.core.ledger.lines import Line, head_of, keys_of, link_of, read_line, seal_of, shown_fault


class SliceCheck:
    """One pass over the lines. `unreadable` says what could not be read, empty when all could."""

    def __init__(self, lines: bytes) -> None:
        self._verifier: Verifier | None = None
        self._records: dict[int, Record] = {}
        self.unreadable = ""
        self.findings: list[Finding] = []
        """Faults of the chain."""
        try:
            for raw in lines.splitlines():
                self._take(read_line(raw), raw)
        except (msgspec.MsgspecError, ValueError) as error:
            self.unreadable = str(error)[:80]
        self._finish()

    def _finish(self) -> None:
        # The end may be newer than the last signature of the hub: that part is under the workstation's own.
        found = self._verifier.finish() if self._verifier is not None else []
        self.findings = [one for one in found if one.fault is not LedgerFault.NOT_SIGNED]

    @property
    def records(self) -> int:
        """How many records the slice has."""
        return len(self._records)

    @property
    def signed_to(self) -> int:
        """Sequence of the last record under a signature of the hub, 0 for none."""
        return self._verifier.signed_to if self._verifier is not None else 0

    def strange(self, records: tuple[Record, ...]) -> list[int]:
        """Sequences of the records that the slice does not have, or has otherwise."""
        return [one.sequence for one in records if self._records.get(one.sequence) != one]

    def _take(self, line: Line, raw: bytes) -> None:
        if line.ledger is not None:
            trusted, _ = trusted_keys(keys_of(line.ledger))
            before = Point(line.ledger.first - 1, bytes.fromhex(line.ledger.previous))
            # What stands before the slice is not in it.
            self._verifier = Verifier(trusted, before, whole=False)
            return
        verifier = self._verifier
        if verifier is None:
            raise ValueError("a ledger begins with its keys")
        if line.record is not None:
            verifier.record(link_of(line.record))
            self._records[line.record.sequence] = line.record.record
            finding = shown_fault(line.record, raw)
            if finding is not None:
                verifier.found(finding)
        elif line.head is not None:
            verifier.head(head_of(line.head))
        elif line.seal is not None:
            verifier.seal(seal_of(line.seal))
