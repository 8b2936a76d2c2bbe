"""The record as canonical JSON: keys in order, no spaces, numbers as short as they can be."""

from __future__ import annotations

import msgspec

from console.report.facts.record import Report
from console.report.render.stamp import Stamp

_encode = msgspec.json.Encoder(order="deterministic").encode


class Document(msgspec.Struct, frozen=True):
    """What the file holds."""

    stamp: Stamp
    report: Report


def canonical(report: Report) -> bytes:
    """The bytes that the hash of a record covers."""
    return _encode(report)


def document(report: Report, stamp: Stamp) -> bytes:
    """The file."""
    return _encode(Document(stamp, report))
