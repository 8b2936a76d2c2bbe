"""What a rendering says beside the facts: when and where it was made, and the seal that binds it to its data."""

from __future__ import annotations

import msgspec


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """`made_at` is UTC ns; the rest is hex. The same report with the same stamp has the same bytes."""

    made_at: int
    station: str
    record: str
    """SHA-256 of the canonical record."""
    data: str
    """SHA-256 of the holdings."""
    key: str
    """Fingerprint of the workstation's key."""
    signature: str
    """Over record and data."""
    evidence: str
    """Name of the file with data and ledger."""
