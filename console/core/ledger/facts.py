"""What a console knows of the ledger: how long the chain is, who signed its head, and how far it was checked."""

from __future__ import annotations

import msgspec

DISK_WARNING = 0.8
"""Share of the disk from which on it is time to make room (SEC-18)."""


class LedgerFact(msgspec.Struct, frozen=True, kw_only=True):
    """Times are UTC ns, 0 for never; hashes are hex."""

    records: int = 0
    """Sequence of the last record."""
    head: str = ""
    signed_at: int = 0
    signed_to: int = 0
    """Sequence up to which the last signature reaches."""
    key: str = ""
    """Fingerprint of the signing key: SHA-256 of the public key, hex."""
    verified_at: int = 0
    verified_to: int = 0
    fault: str = ""
    """Empty while the chain is whole, else a code of `core.ledger.faults.LedgerFault`."""
    fault_at: int = 0
    """Sequence of the record at fault."""
    disk_used: float = 0.0
    """Share of the disk that holds the ledger, 0 to 1; from DISK_WARNING on people are told."""
    stopped: str = ""
    """Why nothing becomes durable now, as the storage says it; empty while it does. C2 and C3 are refused meanwhile."""
    copy_to: str = ""
    """Where each record is copied to; empty without a copy (SEC-19)."""
    copied_to: int = 0
    """Sequence of the last record that is there."""
