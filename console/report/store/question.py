"""What is asked of a store, and what it answers."""

from __future__ import annotations

import msgspec

from console.report.facts.record import Kind
from console.report.holdings import Holdings


class Collected(msgspec.Struct, frozen=True):
    """Holdings, and the slice of the ledger that holds their records as lines; empty without a ledger."""

    holdings: Holdings
    ledger: bytes = b""


class Question(msgspec.Struct, frozen=True):
    """Which report of [start, end) UTC ns is wanted."""

    kind: Kind
    start: int
    end: int
    about: str = ""
