"""Verification computes every number anew, with no hub, and names what differs."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import msgspec
import openpyxl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from report_room import END, T0, shift_data, site

from console.report import evidence as ev
from console.report.errors import ReportError
from console.report.export import Job, export
from console.report.facts.record import Kind, Report
from console.report.key import load_key, public_of
from console.report.render.json import canonical
from console.report.store.collect import collect
from console.report.store.question import Question
from console.report.verify import Verdict, verify

KEY = Ed25519PrivateKey.generate()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = shift_data(tmp_path_factory.mktemp("hub"), 20)
    out = tmp_path_factory.mktemp("out")
    found = collect(data, site(), Question(Kind.SHIFT, T0, END))
    export(found, Job(kind=Kind.SHIFT, made_at=END, station="seat-1"), out, KEY)
    # No hub and no data directory are needed from here on.
    shutil.rmtree(data)
    return out


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def _one(folder: Path, ending: str) -> Path:
    return next(path for path in sorted(folder.iterdir()) if path.name.endswith(ending))


def _keys(verdict: Verdict) -> set[str]:
    return {one.key for one in verdict.differences}


def _rewritten(folder: Path, change: dict[str, bytes], key: Ed25519PrivateKey | None = None) -> Path:
    """The evidence with other members; with a key it is signed anew, as whoever holds one would."""
    path = _one(folder, ev.SUFFIX)
    old = ev.read_evidence(path)
    members = {ev.RECORD: old.record, ev.DATA: old.data, ev.LEDGER: old.ledger} | change
    manifest = old.manifest
    if key is not None:
        report = msgspec.json.decode(members[ev.RECORD], type=Report)
        stamp = ev.stamped(report, members[ev.DATA], key, made_at=END, station="x", stem="x")
        ledger = ev.sha256(members[ev.LEDGER]).hexdigest()
        manifest = msgspec.structs.replace(manifest, stamp=stamp, public=public_of(key).hex(), ledger=ledger)
        manifest = ev.signed(manifest, key)
    ev.write_evidence(path, ev.Evidence(manifest, members[ev.RECORD], members[ev.DATA], members[ev.LEDGER]))
    return path


def test_every_file_of_an_export_is_sound(made: Path) -> None:
    """SEC-32: an exported report can be verified, with its key known from elsewhere."""
    for path in sorted(made.iterdir()):
        verdict = verify(path, [public_of(KEY)])
        assert verdict.differences == [], path.name
        assert verdict.key_known
        assert verdict.records > 60
        assert verdict.signed_to >= verdict.records


def test_a_number_that_was_changed_is_named_even_under_a_new_signature(copy: Path) -> None:
    """SEC-32: the attached data says otherwise, whoever signs."""
    old = ev.read_evidence(_one(copy, ev.SUFFIX))
    report = msgspec.json.decode(old.record, type=Report)
    wrong = msgspec.structs.replace(report.figures[0], value=3.0)
    report = msgspec.structs.replace(report, figures=(wrong, *report.figures[1:]))
    forger = Ed25519PrivateKey.generate()
    verdict = verify(_rewritten(copy, {ev.RECORD: canonical(report)}, forger))
    assert [(one.key, one.fields) for one in verdict.differences] == [
        ("figure", {"name": "alarms", "said": "3.0", "found": "20.0"})
    ]
    assert "key" in _keys(verify(_one(copy, ev.SUFFIX), [public_of(KEY)]))


def test_data_that_was_changed_does_not_fit_its_hash_nor_the_ledger(copy: Path) -> None:
    old = ev.read_evidence(_one(copy, ev.SUFFIX))
    held = ev.decode_holdings(old.data)
    first = msgspec.structs.replace(held.records[5], who="lee")
    held = msgspec.structs.replace(held, records=(*held.records[:5], first, *held.records[6:]))
    data = ev.encode_holdings(held)
    assert {"hash", "records"} <= _keys(verify(_rewritten(copy, {ev.DATA: data})))
    # Also under a signature of its own the record is not the one of the ledger.
    assert "records" in _keys(verify(_rewritten(copy, {ev.DATA: data}, Ed25519PrivateKey.generate())))


def test_a_ledger_that_was_changed_is_named_with_its_record(copy: Path) -> None:
    """SEC-16: the chain of the slice is checked too."""
    old = ev.read_evidence(_one(copy, ev.SUFFIX))
    lines = old.ledger.splitlines(keepends=True)
    gone = b"".join(lines[:4] + lines[5:])
    verdict = verify(_rewritten(copy, {ev.LEDGER: gone}, KEY))
    assert {"ledger", "records"} <= _keys(verdict)
    torn = verify(_rewritten(copy, {ev.LEDGER: b"".join(lines[:6]) + b"{"}, KEY))
    assert "UNREADABLE" in {one.fields.get("fault", "") for one in torn.differences}


def test_a_line_and_a_cell_that_were_changed_are_named(copy: Path) -> None:
    table = _one(copy, ".commands.csv")
    text = table.read_bytes().decode("utf-8-sig")
    table.write_bytes(text.replace("lee", "kim", 1).encode("utf-8-sig"))
    verdict = verify(table)
    assert _keys(verdict) == {"file", "line"}
    assert verdict.differences[1].fields["line"] == "2"
    book_path = _one(copy, ".xlsx")
    book = openpyxl.load_workbook(book_path)
    book["명령"]["B2"] = "park"
    book.save(book_path)
    verdict = verify(book_path)
    cells = {one.fields["cell"]: one.fields for one in verdict.differences if one.key == "cell"}
    assert cells["명령!B2"]["said"] == "park"
    assert cells["명령!B2"]["found"] == "lee"


def test_a_pdf_that_was_changed_is_not_the_one_that_was_made(copy: Path) -> None:
    path = _one(copy, ".pdf")
    path.write_bytes(path.read_bytes() + b"\n")
    assert _keys(verify(path)) == {"file"}


def test_a_report_without_its_evidence_says_what_is_needed(copy: Path, tmp_path: Path) -> None:
    _one(copy, ev.SUFFIX).unlink()
    with pytest.raises(ReportError) as caught:
        verify(_one(copy, ".pdf"))
    assert caught.value.key == "no_evidence"
    wrong = tmp_path / f"x{ev.SUFFIX}"
    wrong.write_bytes(b"no zip")
    with pytest.raises(ReportError) as caught:
        verify(wrong)
    assert caught.value.key == "not_evidence"


def test_a_file_that_only_borrows_the_name_is_not_listed(copy: Path) -> None:
    path = _one(copy, ".json")
    stranger = path.with_name(path.name.replace(".json", ".extra.csv"))
    stranger.write_text("a,b\r\n")
    with pytest.raises(ReportError) as caught:
        verify(stranger)
    assert caught.value.key == "not_listed"


def test_evidence_of_the_wrong_shape_is_refused_by_name(copy: Path) -> None:
    path = _one(copy, ev.SUFFIX)
    for member, data in ((ev.MANIFEST, b"{}"), (ev.DATA, b"\xc1"), (ev.RECORD, b"[]")):
        found = ev.read_evidence(_one(shutil.copytree(copy, copy.parent / member), ev.SUFFIX))
        parts = {
            ev.MANIFEST: msgspec.json.encode(found.manifest),
            ev.RECORD: found.record,
            ev.DATA: found.data,
        }
        parts |= {ev.LEDGER: found.ledger, member: data}
        broken = copy.parent / member / path.name
        with zipfile.ZipFile(broken, "w") as file:
            for name, content in parts.items():
                file.writestr(name, content)
        with pytest.raises(ReportError) as caught:
            verify(broken)
        assert caught.value.key == "not_evidence"


def test_the_key_is_kept_for_its_owner_alone_and_is_the_same_next_time(tmp_path: Path) -> None:
    """SEC-33: without a safe keyring the key is in a file of mode 0600."""
    first = load_key(tmp_path, lambda: None)
    assert public_of(load_key(tmp_path, lambda: None)) == public_of(first)
    assert (tmp_path / "report.key").stat().st_mode & 0o777 == 0o600


class _Ring:
    """A keyring in memory, with the two calls that are made."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))


def test_a_keyring_keeps_the_key_and_no_file_does(tmp_path: Path) -> None:
    """SEC-33: secrets belong in the keyring of the operating system."""
    ring = _Ring()
    first = load_key(tmp_path, lambda: ring)
    assert not (tmp_path / "report.key").exists()
    assert public_of(load_key(tmp_path, lambda: ring)) == public_of(first)
    # A keyring that is gone gives a new key; the public half of the old one stays to check with.
    second = load_key(tmp_path, lambda: None)
    assert public_of(second) != public_of(first)
    assert len(list(tmp_path.glob("report-*.pub"))) == 1
