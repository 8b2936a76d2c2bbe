"""One letter on its way: files in the parts the hub asks for, then the entry; and how it ends."""

from __future__ import annotations

import base64
import hashlib

import pytest

from console.client.log_dispatch import Dispatch, Verdict
from console.client.log_outbox import Letter
from console.core.logbook.entry import Attachment, LogDraft
from console.core.logbook.files import CHUNK
from console.wire.messages import FileReply, OfferFile, PutFile, WriteLog

FILES = {hashlib.sha256(data).hexdigest(): data for data in (b"a" * (CHUNK + 10), b"b" * 5)}


def dispatch(*digests: str) -> Dispatch:
    items = tuple(Attachment(f"{d[:4]}.txt", "text/plain", len(FILES[d]), d) for d in digests)
    draft = LogDraft(id="01JD0000000000000000000000", at=1, text="x", attachments=items)
    return Dispatch(Letter(draft=draft, author="kim"), lambda d, at, n: FILES[d][at : at + n])


class Hub:
    """Takes files as the hub does."""

    def __init__(self) -> None:
        self.have: dict[str, bytes] = {}
        self.sizes: dict[str, int] = {}
        self.written: list[LogDraft] = []

    def serve(self, letter: Dispatch, turns: int = 50) -> None:
        for _ in range(turns):
            if letter.verdict is not Verdict.UNDER_WAY:
                return
            message = letter.next("r")
            if isinstance(message, WriteLog):
                self.written.append(message.draft)
                letter.answered("")
            else:
                letter.file_answered(self.file(message))

    def file(self, message: OfferFile | PutFile) -> FileReply:
        sha256 = message.sha256
        if isinstance(message, OfferFile):
            self.sizes[sha256] = message.size
        elif sha256 not in self.sizes:
            return FileReply(request="r", sha256=sha256, reason="FILE_MISSING")
        else:
            assert message.offset == len(self.have.get(sha256, b""))
            self.have[sha256] = self.have.get(sha256, b"") + base64.b64decode(message.data)
        return FileReply(request="r", sha256=sha256, have=len(self.have.get(sha256, b"")))


def test_files_go_first_and_whole_and_then_the_entry() -> None:
    hub, letter = Hub(), dispatch(*FILES)
    shares: list[float] = []
    for _ in range(20):
        shares.append(letter.share)
        hub.serve(letter, 1)
    assert letter.verdict is Verdict.DONE
    assert hub.have == FILES
    assert hub.written == [letter.letter.draft]
    assert shares == sorted(shares)
    assert (shares[0], letter.share) == (0.0, 1.0)


def test_it_goes_on_where_the_hub_says_and_sends_nothing_that_is_there() -> None:
    one, other = FILES
    hub = Hub()
    hub.have, hub.sizes = {one: FILES[one][:7], other: FILES[other]}, {one: CHUNK + 10, other: 5}
    hub.serve(dispatch(one, other))
    assert hub.have == FILES


def test_a_hub_that_has_lost_the_files_gets_them_again_but_not_for_ever() -> None:
    (one, _) = FILES
    hub, letter = Hub(), dispatch(one)
    letter.next("r")
    letter.file_answered(FileReply(request="r", sha256=one, have=0))
    letter.file_answered(FileReply(request="r", sha256=one, reason="FILE_MISSING"))
    hub.serve(letter)
    assert letter.verdict is Verdict.DONE
    stubborn = dispatch(one)
    for _ in range(10):
        stubborn.answered("FILE_MISSING")
    assert stubborn.verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("", Verdict.DONE),
        ("NO_ANSWER", Verdict.LATER),
        ("LINK_LOST", Verdict.LATER),
        ("NOT_RECORDED", Verdict.LATER),
        ("SESSION_LOCKED", Verdict.LATER),
        ("NOT_SIGNED_IN", Verdict.LATER),
        ("DISK_FULL", Verdict.LATER),
        ("LOG_CORRECTED", Verdict.REFUSED),
        ("NOT_AUTHORIZED", Verdict.REFUSED),
        ("LOG_ID", Verdict.REFUSED),
        ("anything new", Verdict.REFUSED),
    ],
)
def test_what_passes_by_itself_waits_and_what_does_not_is_told(reason: str, verdict: Verdict) -> None:
    letter = dispatch()
    letter.answered(reason)
    assert letter.verdict is verdict


@pytest.mark.parametrize(
    ("reason", "verdict"), [("FILE_BUSY", Verdict.LATER), ("FILE_KIND", Verdict.REFUSED)]
)
def test_a_refused_file_ends_it_with_its_reason(reason: str, verdict: Verdict) -> None:
    (one, _) = FILES
    letter = dispatch(one)
    letter.file_answered(FileReply(request="r", sha256=one, reason=reason))
    assert (letter.verdict, letter.reason) == (verdict, reason)


def test_an_answer_about_another_file_changes_nothing() -> None:
    one, other = FILES
    letter = dispatch(one)
    letter.file_answered(FileReply(request="r", sha256=other, have=5))
    assert isinstance(letter.next("r"), OfferFile)
