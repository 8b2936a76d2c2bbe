"""A ledger as JSON lines, for an auditor and for a copy elsewhere: one object a line, by its only field.

    {"ledger": …}  first line: what it is and the keys
    {"record": …}  a record: readable, and the bytes that its hash covers
    {"head": …}    a signature over everything up to its record
    {"seal": …}    last line of an export

Bytes are base64 for bodies and hex for hashes, keys and signatures.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from console.core.journal import Record
from console.core.ledger.chain import LAST_SEQUENCE, Link
from console.core.ledger.faults import Finding, LedgerFault
from console.core.ledger.heads import Head, KeyEntry, Seal

FORMAT = "gwanje-ledger-1"
Number = Annotated[int, msgspec.Meta(ge=0, le=LAST_SEQUENCE)]


class KeyLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public key and its hand-over, hex."""

    public: str
    since: Number
    by_old: str = ""
    by_new: str = ""


class TopLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """First line; `previous` is the hash before the first record. An export ends with a seal, a copy goes on."""

    format: str
    kind: Literal["export", "copy"]
    first: Number
    previous: str
    keys: tuple[KeyLine, ...]


class RecordLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One record; `body` is what the hash covers and `record` says the same for people."""

    sequence: Number
    part: str
    key: str
    hash: str
    record: Record
    body: bytes
    state: str = ""


class HeadLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signed head."""

    number: Number
    sequence: Number
    at: Number
    hash: str
    key: str
    signature: str


class SealLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The end of an export; without a signature where the key could not be had."""

    first: Number
    last: Number
    at: Number
    previous: str
    hash: str
    key: str = ""
    signature: str = ""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Exactly one of its fields is there."""

    ledger: TopLine | None = None
    record: RecordLine | None = None
    head: HeadLine | None = None
    seal: SealLine | None = None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode
_body = msgspec.msgpack.Decoder(Record).decode


def read_line(line: bytes) -> Line:
    """One line; raises msgspec.MsgspecError for anything else."""
    found = _decode(line)
    if sum(part is not None for part in (found.ledger, found.record, found.head, found.seal)) != 1:
        raise msgspec.ValidationError("exactly one field of: ledger, record, head, seal")
    return found


def top_line(
    kind: Literal["export", "copy"], keys: tuple[KeyEntry, ...], first: int, previous: bytes
) -> bytes:
    """The first line of a ledger whose first record is `first`."""
    lines = tuple(KeyLine(k.public.hex(), k.since, k.by_old.hex(), k.by_new.hex()) for k in keys)
    return _encode(Line(ledger=TopLine(FORMAT, kind, first, previous.hex(), lines)))


def record_line(link: Link) -> bytes:
    """A record's line; raises msgspec.MsgspecError if its bytes are no record."""
    record = msgspec.structs.replace(_body(link.body), sequence=link.sequence)
    told = RecordLine(
        link.sequence, link.part, link.key, link.hash.hex(), record, link.body, link.state.hex()
    )
    return _encode(Line(record=told))


def head_line(head: Head) -> bytes:
    """A head's line."""
    told = HeadLine(
        head.number, head.sequence, head.at, head.hash.hex(), head.key.hex(), head.signature.hex()
    )
    return _encode(Line(head=told))


def seal_line(seal: Seal) -> bytes:
    """A seal's line."""
    told = SealLine(
        seal.first,
        seal.last,
        seal.at,
        seal.previous.hex(),
        seal.hash.hex(),
        seal.key.hex(),
        seal.signature.hex(),
    )
    return _encode(Line(seal=told))


def link_of(line: RecordLine) -> Link:
    """The record as it is kept; raises ValueError for a hash that is not hex."""
    hashes = bytes.fromhex(line.hash), bytes.fromhex(line.state)
    return Link(line.sequence, line.part, line.key, line.body, *hashes)


def head_of(line: HeadLine) -> Head:
    """The head; raises ValueError where bytes are not hex."""
    return Head(
        line.number,
        line.sequence,
        line.at,
        bytes.fromhex(line.hash),
        bytes.fromhex(line.key),
        bytes.fromhex(line.signature),
    )


def seal_of(line: SealLine) -> Seal:
    """The seal; raises ValueError where bytes are not hex."""
    previous, last = bytes.fromhex(line.previous), bytes.fromhex(line.hash)
    key, signature = bytes.fromhex(line.key), bytes.fromhex(line.signature)
    return Seal(line.first, line.last, line.at, previous, last, key, signature)


def keys_of(line: TopLine) -> tuple[KeyEntry, ...]:
    """The keys of a ledger; raises ValueError where bytes are not hex."""
    return tuple(
        KeyEntry(bytes.fromhex(k.public), k.since, bytes.fromhex(k.by_old), bytes.fromhex(k.by_new))
        for k in line.keys
    )


def shown_fault(line: RecordLine, raw: bytes) -> Finding | None:
    """Whether the line is, byte for byte, what its bytes under the hash are written as."""
    try:
        told = record_line(link_of(line))
    except (msgspec.MsgspecError, ValueError) as error:
        return Finding(LedgerFault.UNREADABLE, line.sequence, detail=str(error))
    return None if told == raw else Finding(LedgerFault.FIELDS_DIFFER, line.sequence)
