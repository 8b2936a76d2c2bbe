"""The head for an outside witness: a time-stamp request of RFC 3161 over its digest, and what such a file says.

Only what is needed of DER: a request is written, and of requests and answers the stamped digest is read.
"""

from __future__ import annotations

from console.core.ledger.heads import Head, head_digest

_SHA256 = bytes.fromhex("0609608648016503040201")
"""OBJECT IDENTIFIER 2.16.840.1.101.3.4.2.1."""
_NULL = b"\x05\x00"
_TRUE = b"\x01\x01\xff"
_SEQUENCE, _INTEGER, _OCTETS = 0x30, 0x02, 0x04
_IMPRINT = (_SHA256 + _NULL, _SHA256)
"""Both forms of the algorithm are in use; RFC 5754 section 2 wants either accepted."""


def request(head: Head, nonce: int) -> bytes:
    """TimeStampReq version 1 with SHA-256 of the signed head, `nonce` (64 bit), and the certificate asked for."""
    imprint = _tlv(_SEQUENCE, _tlv(_SEQUENCE, _SHA256 + _NULL) + _tlv(_OCTETS, head_digest(head)))
    number = nonce.to_bytes(nonce.bit_length() // 8 + 1, "big")
    return _tlv(_SEQUENCE, _tlv(_INTEGER, b"\x01") + imprint + _tlv(_INTEGER, number) + _TRUE)


def stamped_digest(der: bytes) -> bytes | None:
    """The SHA-256 digest that a time-stamp request or answer is about; None where there is none.

    The signature of an answer is not checked here: `openssl ts -verify` does that with the witness's certificate.
    """
    for algorithm in _IMPRINT:
        begin = _tlv(_SEQUENCE, algorithm) + bytes((_OCTETS, 32))
        place = der.find(begin)
        if place >= 0 and len(der) >= place + len(begin) + 32:
            return der[place + len(begin) : place + len(begin) + 32]
    return None


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content
