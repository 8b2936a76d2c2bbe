"""A ledger made for a test: records, and a signature after every tenth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.core.journal import Record, RecordKind
from console.core.ledger.audit import Verifier
from console.core.ledger.chain import Link, Point, link_hash
from console.core.ledger.faults import Finding
from console.core.ledger.heads import Head, fingerprint, head_bytes

Item = Link | Head


@dataclass(frozen=True)
class Key:
    """A key pair."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    def head(self, number: int, link: Link) -> Head:
        """A signature over the chain up to `link`."""
        head = Head(number, link.sequence, 1000 + number, link.hash, fingerprint(self.public))
        return msgspec.structs.replace(head, signature=self.private.sign(head_bytes(head)))


HUB = Key(Ed25519PrivateKey.from_private_bytes(b"h" * 32))
STRANGER = Key(Ed25519PrivateKey.from_private_bytes(b"s" * 32))
TRUSTED = {fingerprint(HUB.public): HUB.public}


def body(n: int, what: str = "ACK") -> bytes:
    """The bytes of the n-th record."""
    record = Record(
        sequence=0,
        at=n,
        kind=RecordKind.ACT,
        who="kim",
        subject=f"pump-{n}.high",
        what=what,
        fields={"n": str(n)},
    )
    return msgspec.msgpack.encode(record)


def left(n: int) -> bytes:
    """What every third record leaves."""
    return bytes([n % 256]) * 32 if n % 3 == 0 else b""


def chain(count: int, begin: Point | None = None, make: Callable[[int], bytes] = body) -> list[Link]:
    """`count` records after `begin`."""
    point = begin or Point()
    links: list[Link] = []
    for n in range(point.sequence + 1, point.sequence + 1 + count):
        fields = ("alarms", f"key-{n}", make(n))
        point = Point(n, link_hash(point.hash, Link(n, *fields, b"", left(n))))
        links.append(Link(n, *fields, point.hash, left(n)))
    return links


def ledger(count: int, every: int = 10, key: Key = HUB) -> list[Item]:
    """Records with a signature after every `every`th, in the order they are kept."""
    items: list[Item] = []
    number = 0
    for link in chain(count):
        items.append(link)
        if link.sequence % every == 0:
            number += 1
            items.append(key.head(number, link))
    return items


def checked(items: list[Item], verifier: Verifier | None = None) -> list[Finding]:
    """What a verifier finds."""
    verifier = verifier or Verifier(TRUSTED)
    for item in items:
        if isinstance(item, Link):
            verifier.record(item)
        else:
            verifier.head(item)
    return verifier.finish()
