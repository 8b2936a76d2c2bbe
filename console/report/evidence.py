"""The evidence of an export: one zip file with the record, the data, the slice of the ledger and a signed manifest.

PDF/A-2b takes no attachments, so the data lies beside the renderings; each of them carries the hash of its record and
of its data and the signature over both, and the manifest names each of them by its SHA-256.
"""

from __future__ import annotations

import zipfile
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.core.ledger.heads import fingerprint
from console.report.errors import ReportError
from console.report.facts.record import Report
from console.report.holdings import Holdings
from console.report.key import public_of
from console.report.render.json import canonical
from console.report.render.layout import PLAIN, Layout
from console.report.render.stamp import Stamp

FORMAT = "gwanje-evidence-1"
SUFFIX = ".evidence.zip"
MANIFEST, RECORD, DATA, LEDGER = "manifest.json", "record.json", "data.msgpack", "ledger.jsonl"
_MEMBERS = (MANIFEST, RECORD, DATA, LEDGER)
_MOST_BYTES = 2 * 1024**3
"""Of a member; more is not unpacked."""
_SEAL = b"gwanje-report-1\0"
_MANIFEST_SEAL = b"gwanje-report-manifest-1\0"
_encode = msgspec.json.Encoder(order="deterministic").encode


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was made, when, where and by which key; hashes are SHA-256, everything binary is hex."""

    format: str = FORMAT
    stamp: Stamp
    lang: str
    public: str
    ledger: str
    files: dict[str, str]
    """Name to hash."""
    layout: Layout = PLAIN
    """How the site wanted its pages."""
    signature: str = ""
    """Over all of the above."""


class Evidence(msgspec.Struct, frozen=True):
    """An evidence file as it was read."""

    manifest: Manifest
    record: bytes
    data: bytes
    ledger: bytes


def encode_holdings(holdings: Holdings) -> bytes:
    """The data as it is attached and hashed."""
    return msgspec.msgpack.encode(holdings)


def decode_holdings(data: bytes) -> Holdings:
    """Raises msgspec.MsgspecError."""
    return msgspec.msgpack.decode(data, type=Holdings)


def seal_bytes(record: str, data: str) -> bytes:
    """What the signature in each rendering covers."""
    return _SEAL + bytes.fromhex(record) + bytes.fromhex(data)


def manifest_bytes(manifest: Manifest) -> bytes:
    """What the manifest's signature covers."""
    return _MANIFEST_SEAL + _encode(msgspec.structs.replace(manifest, signature=""))


def stamped(
    report: Report, data: bytes, key: Ed25519PrivateKey, *, made_at: int, station: str, stem: str
) -> Stamp:
    """The stamp of the renderings of a report."""
    record, digest = sha256(canonical(report)).hexdigest(), sha256(data).hexdigest()
    return Stamp(
        made_at=made_at,
        station=station,
        record=record,
        data=digest,
        key=fingerprint(public_of(key)).hex(),
        signature=key.sign(seal_bytes(record, digest)).hex(),
        evidence=stem + SUFFIX,
    )


def signed(manifest: Manifest, key: Ed25519PrivateKey) -> Manifest:
    """The manifest with the key's signature."""
    return msgspec.structs.replace(manifest, signature=key.sign(manifest_bytes(manifest)).hex())


def write_evidence(path: Path, evidence: Evidence) -> None:
    """The zip; the same evidence has the same bytes. Raises OSError."""
    parts = (_encode(evidence.manifest), evidence.record, evidence.data, evidence.ledger)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        for name, data in zip(_MEMBERS, parts, strict=True):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            file.writestr(info, data)


def read_evidence(path: Path) -> Evidence:
    """Raises ReportError `not_evidence`."""
    try:
        with zipfile.ZipFile(path) as file:
            found: list[bytes] = []
            for name in _MEMBERS:
                if file.getinfo(name).file_size > _MOST_BYTES:
                    raise ReportError("not_evidence", name=str(path), detail=f"{name}: > {_MOST_BYTES} B")
                found.append(file.read(name))
        manifest = msgspec.json.decode(found[0], type=Manifest)
    except (OSError, KeyError, zipfile.BadZipFile, msgspec.MsgspecError, ValueError, EOFError) as error:
        raise ReportError("not_evidence", name=str(path), detail=str(error)) from error
    if manifest.format != FORMAT:
        raise ReportError("not_evidence", name=str(path), detail=manifest.format[:60])
    return Evidence(manifest, found[1], found[2], found[3])
