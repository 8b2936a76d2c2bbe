"""Names and kinds of attached files: whatever a name is, it stays in its folder and says what it is."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from console.core.errors import LogRefused
from console.core.logbook.entry import Attachment
from console.core.logbook.files import (
    ENTRY_MAX,
    FILE_MAX,
    FILES_MAX,
    KINDS,
    NAME_MAX,
    check_attachments,
    ending,
    media_of,
    safe_name,
)
from console.core.logbook.reasons import LogReason
from console.core.plaintext import first_forbidden

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
SHA = "0" * 64


@given(st.text(max_size=300))
@example("../../etc/passwd")
@example("..\\..\\windows\\system32\\cmd.exe")
@example("CON.png")
@example("nul")
@example("a\u202egnp.exe")
@example("x.png\x00.exe")
@example("..")
@example(".bashrc")
@example("  . .png ")
@example("C:evil.png")
@example("가" * 500 + ".png")
@example("con .txt")
def test_any_name_becomes_one_that_stays_in_its_folder(name: str) -> None:
    made = safe_name(name)
    assert made not in ("", ".", "..")
    assert len(made) <= NAME_MAX
    assert len(made.encode()) <= 255
    assert PurePosixPath(made).name == made
    assert PureWindowsPath(made).name == made
    assert not first_forbidden(made)
    assert not made.startswith((".", " "))
    assert not made.endswith((".", " "))
    assert made.split(".")[0].lower() not in {"con", "nul", "aux", "prn", "com1", "lpt1"}
    assert safe_name(made) == made


@pytest.mark.parametrize("name", ["photo.png", "현장 사진 1.PNG", "보고서.hwpx"])
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("name", "head", "media"),
    [
        ("a.png", PNG, "image/png"),
        ("a.JPG", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.txt", "수위".encode(), "text/plain"),
        ("a.xlsx", b"PK\x03\x04", KINDS["xlsx"].media),
        ("a.hwp", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-hwp"),
    ],
)
def test_a_kind_is_told_by_ending_and_first_bytes(name: str, head: bytes, media: str) -> None:
    assert media_of(name, head) == media


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.exe", b"MZ"),
        ("a.png.exe", PNG),
        ("a.png", b"MZ\x90\x00"),
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a.html", b"<script>"),
        ("a.sh", b"#!/bin/sh"),
        ("a.txt", b"MZ\x90\x00"),
        ("a.webp", b"RIFF\x00\x00\x00\x00AVI "),
        ("a", PNG),
        ("a.docm", b"PK\x03\x04"),
        ("a.zip", b"PK\x03\x04"),
    ],
)
def test_what_could_be_run_or_is_not_what_it_says_is_refused(name: str, head: bytes) -> None:
    with pytest.raises(LogRefused) as refused:
        media_of(name, head)
    assert refused.value.reason_code == LogReason.FILE_KIND


def picture(name: str = "a.png", size: int = 10, sha: str = SHA) -> Attachment:
    return Attachment(name, "image/png", size, sha)


@pytest.mark.parametrize(
    ("given_files", "code"),
    [
        ((picture(),) * (FILES_MAX + 1), LogReason.FILE_COUNT),
        ((picture(size=FILE_MAX + 1),), LogReason.FILE_SIZE),
        ((picture(size=0),), LogReason.FILE_SIZE),
        ((picture(size=FILE_MAX),) * (ENTRY_MAX // FILE_MAX + 1), LogReason.FILE_SIZE),
        ((picture(sha="G" * 64),), LogReason.FILE_DAMAGED),
        ((picture(name="x" * 1000 + ".png"),), LogReason.FILE_NAME),
        ((picture(name="a.pdf"),), LogReason.FILE_KIND),
        ((picture(name="a.png.exe"),), LogReason.FILE_KIND),
    ],
)
def test_too_many_too_large_or_misnamed_files_are_refused(
    given_files: tuple[Attachment, ...], code: LogReason
) -> None:
    with pytest.raises(LogRefused) as refused:
        check_attachments(given_files)
    assert refused.value.reason_code == code


@given(st.lists(st.text(max_size=90), max_size=FILES_MAX))
def test_names_of_one_entry_differ_so_that_saving_all_overwrites_none(stems: list[str]) -> None:
    made = check_attachments(tuple(picture(name=f"{stem}.png") for stem in stems))
    assert len({item.name.casefold() for item in made}) == len(stems)
    assert all(len(item.name) <= NAME_MAX and ending(item.name) == "png" for item in made)
    assert check_attachments(made) == made
