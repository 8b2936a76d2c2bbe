"""Verification of an export with no hub: signatures, hashes, and every number computed anew from the attached data."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, cast

import msgspec

from console.core.errors import GwanjeError
from console.core.ledger.faults import LedgerFault
from console.core.ledger.heads import fingerprint, signed_by
from console.core.words import Lang
from console.report.errors import ReportError
from console.report.evidence import (
    SUFFIX,
    Evidence,
    decode_holdings,
    manifest_bytes,
    read_evidence,
    seal_bytes,
)
from console.report.export import Rendering, Style
from console.report.facts.build import build
from console.report.facts.record import Report
from console.report.holdings import Holdings
from console.report.ledger_check import SliceCheck
from console.report.outbox import Outbox
from console.report.render.json import canonical
from console.report.render.speech import Speech, read_words
from console.report.sheets import cells_of

MOST = 50
"""Differences that are named of one thing; the rest is counted."""


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not as it was made; `key` is of the words `reports.differ`."""

    key: str
    fields: dict[str, str]


class Verdict(msgspec.Struct, frozen=True):
    """What was found; without differences the export is what it was made as."""

    evidence: Evidence
    report: Report
    differences: list[Difference]
    records: int
    signed_to: int
    key_known: bool


def verify(path: Path, keys: Iterable[bytes] = ()) -> Verdict:
    """Check an evidence file, or a rendering with the evidence beside it. Raises ReportError."""
    evidence = read_evidence(_evidence_of(path))
    held = tuple(keys)
    found = [*_signatures(evidence, held), *_hashes(evidence)]
    try:
        said = msgspec.json.decode(evidence.record, type=Report)
        holdings = decode_holdings(evidence.data)
        computed = build(said.kind, holdings, said.about)
    except (msgspec.MsgspecError, ValueError, KeyError) as error:
        raise ReportError("not_evidence", name=str(path), detail=str(error)[:200]) from error
    found += _numbers(evidence.record, said, computed)
    ledger = SliceCheck(evidence.ledger)
    found += _ledger(ledger, holdings)
    if not path.name.endswith(SUFFIX):
        found += _rendering(path, evidence, computed, holdings)
    return Verdict(
        evidence=evidence,
        report=said,
        differences=found,
        records=ledger.records,
        signed_to=ledger.signed_to,
        key_known=bool(held),
    )


def _evidence_of(path: Path) -> Path:
    """The evidence that belongs to a file: its own, or the one that names it in the same folder."""
    if path.name.endswith(SUFFIX):
        return path
    # A table of several has its own name between that of the report and the suffix.
    stem = path.name
    while "." in stem:
        stem = stem.rpartition(".")[0]
        candidate = path.with_name(stem + SUFFIX)
        if candidate.is_file():
            return candidate
    raise ReportError("no_evidence", name=str(path), evidence=stem + SUFFIX)


def _signatures(evidence: Evidence, held: tuple[bytes, ...]) -> Iterator[Difference]:
    manifest = evidence.manifest
    try:
        public, signature = bytes.fromhex(manifest.public), bytes.fromhex(manifest.signature)
        seal = bytes.fromhex(manifest.stamp.signature)
        sealed = seal_bytes(manifest.stamp.record, manifest.stamp.data)
    except ValueError:
        yield Difference("signature", {})
        return
    good = signed_by(public, signature, manifest_bytes(manifest)) and signed_by(public, seal, sealed)
    if not good or fingerprint(public).hex() != manifest.stamp.key:
        yield Difference("signature", {})
    if held and public not in held:
        yield Difference("key", {"fingerprint": fingerprint(public).hex()})


def _hashes(evidence: Evidence) -> Iterator[Difference]:
    manifest = evidence.manifest
    parts = (
        ("record.json", evidence.record, manifest.stamp.record),
        ("data.msgpack", evidence.data, manifest.stamp.data),
        ("ledger.jsonl", evidence.ledger, manifest.ledger),
    )
    for name, data, digest in parts:
        if sha256(data).hexdigest() != digest:
            yield Difference("hash", {"name": name})


def _numbers(record: bytes, said: Report, computed: Report) -> Iterator[Difference]:
    """Every place of the record where the attached data says something else, by its path."""
    left, right = msgspec.json.decode(record), msgspec.json.decode(canonical(computed))
    for path, one, other in islice(_places("", left, right), MOST):
        figure = _figure_name(path, said)
        key = "figure" if figure else "place"
        yield Difference(key, {"name": figure or path, "said": _short(one), "found": _short(other)})


def _figure_name(path: str, said: Report) -> str:
    """The name of the figure whose value is at a path."""
    start, _, rest = path.partition("]")
    if not start.startswith("figures[") or rest != ".value":
        return ""
    index = int(start.removeprefix("figures["))
    return said.figures[index].name if index < len(said.figures) else ""


def _places(path: str, one: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict):
        left, right = cast("dict[str, Any]", one), cast("dict[str, Any]", other)
        for name in dict.fromkeys((*left, *right)):
            yield from _places(f"{path}.{name}".lstrip("."), left.get(name), right.get(name))
    elif isinstance(one, list) and isinstance(other, list):
        pairs = zip_longest(cast("list[Any]", one), cast("list[Any]", other))
        for index, (a, b) in enumerate(pairs):
            yield from _places(f"{path}[{index}]", a, b)
    elif one != other:
        yield path, one, other


def _short(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}…"


def _ledger(check: SliceCheck, holdings: Holdings) -> Iterator[Difference]:
    """What is wrong with the slice of the ledger, and records that are not as they stand in it."""
    if check.unreadable:
        yield Difference("ledger", {"at": str(check.records + 1), "fault": LedgerFault.UNREADABLE})
    for finding in check.findings[:MOST]:
        yield Difference("ledger", {"at": str(finding.at), "fault": finding.fault})
    for sequence in check.strange(holdings.records)[:MOST]:
        yield Difference("records", {"name": str(sequence)})


def _rendering(path: Path, evidence: Evidence, report: Report, holdings: Holdings) -> Iterator[Difference]:
    """A rendering that is not the one that was made: the places where it differs from a fresh one."""
    digest = evidence.manifest.files.get(path.name)
    if digest is None:
        raise ReportError("not_listed", name=path.name)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReportError("unreadable", name=str(path), detail=error.strerror or str(error)) from error
    if sha256(data).hexdigest() == digest:
        return
    yield Difference("file", {"name": path.name})
    form = path.suffix.removeprefix(".")
    if form == "pdf":
        return
    with tempfile.TemporaryDirectory(prefix="gwanje-verify-") as folder:
        try:
            again = _again(Path(folder), form, evidence, report, holdings) / path.name
            compare = _cells if form == "xlsx" else _lines
            yield from islice(compare(path, again), MOST)
        except (OSError, GwanjeError, ValueError):
            # It cannot even be read as what it was: that it differs is said already.
            return


def _again(folder: Path, form: str, evidence: Evidence, report: Report, holdings: Holdings) -> Path:
    """Render once more, from the data and with the stamp of the first time."""
    manifest = evidence.manifest
    langs = tuple(Lang(lang) for lang in manifest.lang.split("+"))
    speech = Speech(read_words(), langs, report.time_zone)
    with Outbox(folder) as box:
        rendering = Rendering(report, manifest.stamp, speech, holdings, Style(None, manifest.layout))
        rendering.write(box, form, manifest.stamp.evidence.removesuffix(SUFFIX))
        box.deliver()
    return folder


def _lines(path: Path, again: Path) -> Iterator[Difference]:
    said, found = (p.read_text(encoding="utf-8-sig", errors="replace").splitlines() for p in (path, again))
    for number, (one, other) in enumerate(zip_longest(said, found, fillvalue=""), start=1):
        if one != other:
            fields = {"name": path.name, "line": str(number), "said": _near(one, other)}
            yield Difference("line", {**fields, "found": _near(other, one)})


def _near(text: str, other: str) -> str:
    """The part of a long line where it begins to differ."""
    place = next((i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), len(other))
    return _short(text[max(0, place - 20) : place + 60])


def _cells(path: Path, again: Path) -> Iterator[Difference]:
    said, found = cells_of(path), cells_of(again)
    for place in sorted({*said, *found}):
        one, other = said.get(place, ""), found.get(place, "")
        if one != other:
            fields = {"name": path.name, "cell": "!".join(place), "said": _short(one), "found": _short(other)}
            yield Difference("cell", fields)
