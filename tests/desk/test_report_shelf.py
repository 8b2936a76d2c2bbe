"""Files of an output folder as reports."""

from __future__ import annotations

import os
from pathlib import Path

from console.desk.reports.shelf import remove, scan, stem_of_name

ONE = "shift-busan-20261122T060000-20261122T140000-ko"
TWO = "incident-busan-pump-1-20261121T000000-20261122T000000-ko-en"


def fill(folder: Path) -> None:
    for place, name in enumerate((
        f"{TWO}.evidence.zip", f"{TWO}.alarms.csv", f"{TWO}.trends.csv",
        f"{ONE}.evidence.zip", f"{ONE}.pdf", f"{ONE}.xlsx",
    )):  # fmt: skip
        (folder / name).write_bytes(b"x" * (place + 1))
        os.utime(folder / name, (1000 + place, 1000 + place))
    for name in ("notes.txt", f".{ONE}.pdf.77.part", "poem-busan-20261122T060000-20261122T140000-ko.pdf"):
        (folder / name).write_bytes(b"")


def test_files_of_one_report_stand_together_newest_first(tmp_path: Path) -> None:
    fill(tmp_path)
    one, two = scan(tmp_path)
    assert (one.stem, one.kind, one.middle, one.lang) == (ONE, "shift", "busan", "ko")
    assert (one.formats, one.size, one.at) == (("pdf", "xlsx"), 15, 1005.0)
    assert one.name_of("pdf") == f"{ONE}.pdf"
    assert (two.middle, two.lang, two.formats, two.name_of("pdf")) == ("busan-pump-1", "ko-en", ("csv",), "")
    assert two.evidence == f"{TWO}.evidence.zip"


def test_a_plan_takes_away_its_own_files_and_no_others(tmp_path: Path) -> None:
    fill(tmp_path)
    assert remove(tmp_path, [ONE]) == []
    assert {made.stem for made in scan(tmp_path)} == {TWO}
    assert (tmp_path / "notes.txt").exists()
    assert remove(tmp_path, []) == []


def test_a_file_tells_which_report_it_belongs_to() -> None:
    assert stem_of_name(f"{ONE}.alarms.csv") == ONE
    assert stem_of_name("notes.txt") == ""
