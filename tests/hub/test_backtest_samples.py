"""Samples from CSV: read by the column what is plain, line by line what is not, and every bad line is named."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import numpy as np
import pytest
from backtest_site import HEADER, write_site
from hypothesis import example, given, settings
from hypothesis import strategies as st

from console.core.batch import Batch, joined
from console.core.catalogue import Catalogue
from console.core.errors import DecodeError
from console.core.quality import Quality
from console.hub.backtest import samples
from console.hub.backtest.samples import LINE_MAX, STDIN, LineFault, SampleFile
from console.hub.backtest.stamps import Stamps, read_at, write_at
from console.hub.profile import load_site

AT = 1_793_491_200_000_000_000
PLAIN = "2026-11-01T00:00:00Z,p1.level,1.5,good"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return Catalogue(load_site(write_site(tmp_path_factory.mktemp("profile") / "site")))


def _read(path: Path, catalogue: Catalogue, data: bytes) -> tuple[SampleFile, Batch]:
    path.write_bytes(data)
    file = SampleFile(path, catalogue)
    return file, joined(list(file.batches()))


def test_a_plain_file_is_read_as_written(tmp_path: Path, catalogue: Catalogue) -> None:
    lines = [
        HEADER,
        PLAIN,
        f"{AT + 5},p2.flow,-2e3,Uncertain",
        "2026-11-01T09:00:01.25+09:00,p1.flow,7,5",
        "",
    ]
    file, rows = _read(tmp_path / "s.csv", catalogue, "\n".join(lines).encode())
    assert [catalogue.tags[int(tag)].key for tag in rows.tag] == ["p1.level", "p2.flow", "p1.flow"]
    assert rows.at.tolist() == [AT, AT + 5, AT + 1_250_000_000]
    assert rows.value.tolist() == [1.5, -2000.0, 7.0]
    assert rows.quality.tolist() == [Quality.GOOD, Quality.UNCERTAIN, Quality.MANUAL]
    assert (file.bad, file.rows, file.name) == ([], 3, str(tmp_path / "s.csv"))


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("head", [True, False])
def test_header_byte_order_mark_and_line_ends_make_no_difference(
    tmp_path: Path, catalogue: Catalogue, ending: str, start: bytes, head: bool
) -> None:
    text = ending.join([*([HEADER] if head else []), PLAIN, PLAIN])
    file, rows = _read(tmp_path / "s.csv", catalogue, start + text.encode())
    assert (len(rows), file.bad) == (2, [])


def test_a_packed_file_is_read_like_a_plain_one(tmp_path: Path, catalogue: Catalogue) -> None:
    file, rows = _read(tmp_path / "s.csv.gz", catalogue, gzip.compress(f"{HEADER}\n{PLAIN}\n".encode()))
    assert (len(rows), file.rows) == (1, 1)


def test_a_packed_file_that_ends_too_early_is_an_error(tmp_path: Path, catalogue: Catalogue) -> None:
    packed = gzip.compress(f"{HEADER}\n{PLAIN}\n".encode() * 100)
    with pytest.raises(EOFError):
        _read(tmp_path / "s.csv.gz", catalogue, packed[: len(packed) // 2])


def test_standard_input_is_a_file(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{PLAIN}\n".encode())))
    file = SampleFile(STDIN, catalogue)
    assert (len(joined(list(file.batches()))), file.name) == (1, "stdin")


@pytest.mark.parametrize(
    ("line", "fault", "found"),
    [
        ("rubbish", LineFault.COLUMNS, "1"),
        (PLAIN + ",5", LineFault.COLUMNS, "5"),
        ("yesterday,p1.level,1,good", LineFault.TIME, "yesterday"),
        (f"{2**63},p1.level,1,good", LineFault.TIME, str(2**63)),
        ("2026-02-30T00:00:00Z,p1.level,1,good", LineFault.TIME, "2026-02-30T00:00:00Z"),
        ("2026-11-01T00:00:00,p1.level,1,good", LineFault.NO_ZONE, "2026-11-01T00:00:00"),
        (f"{AT},p9.level,1,good", LineFault.TAG, "p9.level"),
        (f"{AT},p1.level,high,good", LineFault.VALUE, "high"),
        (f"{AT},p1.level,1_0,good", LineFault.VALUE, "1_0"),
        (f"{AT},p1.level,inf,good", LineFault.VALUE, "inf"),
        (f"{AT},p1.level,nan,good", LineFault.VALUE, "nan"),
        (f"{AT},p1.level,,good", LineFault.VALUE, ""),
        (f"{AT},p1.level,1,fine", LineFault.QUALITY, "fine"),
        (f"{AT},p1.level,1,9", LineFault.QUALITY, "9"),
        ("x" * (LINE_MAX + 1), LineFault.TOO_LONG, str(LINE_MAX)),
        ('"' + "\0" + ",1,2,3", LineFault.COLUMNS, "1"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(
    tmp_path: Path, catalogue: Catalogue, line: str, fault: LineFault, found: str
) -> None:
    file, rows = _read(tmp_path / "s.csv", catalogue, f"{HEADER}\n{PLAIN}\n{line}\n{PLAIN}\n".encode())
    assert len(rows) == 2
    assert [(bad.line, bad.fault) for bad in file.bad] == [(3, fault)]
    assert file.bad[0].found == found[:60] or fault is LineFault.COLUMNS


def test_bytes_that_are_no_text_are_named(tmp_path: Path, catalogue: Catalogue) -> None:
    file, rows = _read(tmp_path / "s.csv", catalogue, b"\xff\xfe\n" + PLAIN.encode())
    assert (len(rows), [bad.fault for bad in file.bad]) == (1, [LineFault.NOT_UTF8])


def test_unusable_data_may_be_without_a_value(tmp_path: Path, catalogue: Catalogue) -> None:
    lines = [f"{AT},p1.level,,bad", f"{AT},p1.level,NaN,disconnected", f"{AT},p1.level,3,stale"]
    file, rows = _read(tmp_path / "s.csv", catalogue, "\n".join([HEADER, *lines]).encode())
    assert file.bad == []
    assert np.isnan(rows.value).tolist() == [True, True, False]


def test_many_bad_lines_are_counted_and_only_some_are_named(tmp_path: Path, catalogue: Catalogue) -> None:
    file, rows = _read(tmp_path / "s.csv", catalogue, b"rubbish\n" * 1000 + PLAIN.encode() + b"\n")
    assert (len(file.bad), file.faults[LineFault.COLUMNS], len(rows)) == (samples.NAMED_LINES, 1000, 1)


def test_a_line_without_end_does_not_fill_the_memory(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "CHUNK", 1000)
    data = f"{HEADER}\n".encode() + b"9" * 100_000 + f"\n{PLAIN}\n".encode()
    file, rows = _read(tmp_path / "s.csv", catalogue, data)
    assert [bad.line for bad in file.bad] == [2]
    assert file.bad[0].fault is LineFault.TOO_LONG
    assert len(rows) == 1


def _never(_self: SampleFile, _chunk: bytes) -> None:
    """Instead of reading by the column."""


_CELLS = (
    st.sampled_from(["2026-11-01T00:00:00Z", "2026-11-01T00:00:00.5Z", str(AT), "2026-11-01T09:00:00+09:00"]),
    st.sampled_from(["p1.level", "p2.level", "p1.flow"]),
    st.floats(-1e9, 1e9).map(repr),
    st.sampled_from(["good", "BAD", "Manual", "0", "", " good "]),
)
_GOOD = st.tuples(*_CELLS).map(",".join)
_LINE = st.one_of(
    _GOOD, _GOOD, _GOOD, st.sampled_from(["", "x", "a,b,c,d", '"2026-11-01T00:00:00Z",p1.level,1,good'])
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_LINE, max_size=12), st.integers(20, 400))
@example([f"{AT},p1.level,1,good"] * 3, 20)
def test_rows_are_the_same_by_the_column_and_line_by_line(
    catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory, lines: list[str], chunk: int
) -> None:
    path = tmp_path_factory.mktemp("s") / "s.csv"
    data = "\n".join([HEADER, *lines]).encode()
    whole, rows = _read(path, catalogue, data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(samples, "CHUNK", chunk)
        patch.setattr(SampleFile, "_columns", _never)
        slow, slow_rows = _read(path, catalogue, data)
    assert whole.bad == slow.bad
    for column in ("tag", "at", "value", "quality"):
        assert getattr(rows, column).tolist() == getattr(slow_rows, column).tolist()


def test_a_plain_chunk_is_read_by_the_column(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    def lines(_self: SampleFile, chunk: bytes) -> Batch:
        seen.append(chunk)
        return joined([])

    monkeypatch.setattr(SampleFile, "_lines", lines)
    _, rows = _read(tmp_path / "s.csv", catalogue, f"{HEADER}\n{PLAIN}\n{PLAIN}\n".encode())
    assert (seen, len(rows)) == ([f"{HEADER}\n".encode()], 2)


_NS = st.integers(0, 2**62)


@given(st.lists(_NS, min_size=1, max_size=20))
def test_times_are_read_back_as_they_were_written(times: list[int]) -> None:
    cells = [write_at(at).encode() for at in times]
    assert Stamps().column(cells).tolist() == times
    assert [read_at(cell.decode()) for cell in cells] == times
    assert Stamps().column([str(at).encode() for at in times]).tolist() == times


@pytest.mark.parametrize(
    "tail", [".Z", ".5", "", ".5Z7", "Z5", ".a5Z", ".5ZZ", "5Z", ".1234567890123456789Z"]
)
def test_a_column_with_an_odd_time_is_no_column(tail: str) -> None:
    cells = [b"2026-11-01T00:00:00.5Z", f"2026-11-01T00:00:01{tail}".encode(), b"2026-11-01T00:00:02.25Z"]
    with pytest.raises((DecodeError, ValueError)):
        Stamps().column(cells)


def test_the_cache_of_times_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.hub.backtest.stamps.CACHED", 3)
    cells = [str(at).encode() for at in range(10) for _ in range(2)]
    stamps = Stamps()
    assert stamps.column(cells).tolist() == [at for at in range(10) for _ in range(2)]
    assert len(stamps._cells) <= 3
