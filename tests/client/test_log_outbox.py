"""What is not at the hub yet is on the disk of the seat, whatever happens to the console."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from console.client.log_outbox import Letter, Outbox
from console.core.logbook.entry import Attachment, LogDraft

ID = "01JD00000000000000000000{:02d}"


def letter(n: int = 0, *files: str, author: str = "kim") -> Letter:
    items = tuple(Attachment("a.png", "image/png", 3, digest) for digest in files)
    return Letter(draft=LogDraft(id=ID.format(n), at=n + 1, text=f"글 {n}", attachments=items), author=author)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def test_letters_are_there_again_after_the_console_was_killed_oldest_first(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "logbook")
    for n in (2, 0, 1):
        outbox.put(letter(n))
    outbox.drop(ID.format(1))
    again = Outbox(tmp_path / "logbook")
    assert again.letters() == [letter(0), letter(2)]


def test_nothing_is_made_before_the_first_letter(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "logbook")
    assert outbox.letters() == []
    assert outbox.unfinished() is None
    outbox.keep_unfinished(None)
    outbox.drop("x")
    assert not (tmp_path / "logbook").exists()


def test_files_go_with_the_last_letter_that_has_them(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    one, other = outbox.add_file(b"one"), outbox.add_file(b"other")
    assert outbox.add_file(b"one") == one
    outbox.put(letter(0, one, other))
    outbox.put(letter(1, one))
    outbox.drop(ID.format(0))
    assert {one} == {name for name in names(tmp_path) if len(name) == 64}
    assert outbox.read_file(one, 1, 1) == b"n"
    outbox.drop(ID.format(1))
    assert names(tmp_path) == set()


def test_a_file_of_what_is_being_written_stays_while_a_letter_goes(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    kept = outbox.add_file(b"kept")
    outbox.keep_unfinished(letter(5, kept).draft)
    outbox.put(letter(0))
    outbox.drop(ID.format(0))
    assert outbox.read_file(kept) == b"kept"
    assert Outbox(tmp_path).unfinished() == letter(5, kept).draft
    outbox.keep_unfinished(None)
    assert names(tmp_path) == set()


@pytest.mark.expects_log("app")
def test_a_letter_that_cannot_be_read_stays_for_a_person_to_read(tmp_path: Path) -> None:
    Outbox(tmp_path).put(letter(0))
    (tmp_path / f"{ID.format(1)}.letter.json").write_text('{"draft": {"id": "torn')
    assert Outbox(tmp_path).letters() == [letter(0)]
    assert f"{ID.format(1)}.letter.json" in names(tmp_path)


def test_a_disk_that_does_not_take_it_is_an_error_and_not_a_loss(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no folder can be made here")
    outbox = Outbox(tmp_path / "taken" / "logbook")
    with pytest.raises(OSError, match="taken"):
        outbox.put(letter(0))
    assert outbox.letters() == []


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_everything_is_for_the_owner_only(tmp_path: Path) -> None:
    """SEC-37."""
    outbox = Outbox(tmp_path / "logbook")
    outbox.put(letter(0, outbox.add_file(b"x")))
    assert (tmp_path / "logbook").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "logbook").iterdir())
