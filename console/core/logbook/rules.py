"""What an entry may hold, and who may correct what: checks that raise LogRefused and change nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final, NamedTuple

import msgspec

from console.core.errors import LogRefused
from console.core.logbook.entry import LinkKind, LogDraft, LogEntry, LogLink
from console.core.logbook.files import check_attachments
from console.core.logbook.reasons import LogReason
from console.core.plaintext import first_forbidden

# Not that of `core.batch`: it would bring numpy before the first paint of a console.
NS: Final = 1_000_000_000

TEXT_MAX: Final = 4_000
LINES_MAX: Final = 60
LINKS_MAX: Final = 20
KEY_MAX: Final = 200
LABEL_MAX: Final = 200
AHEAD_NS: Final = 60 * NS
"""A seat's clock may be so far ahead of the hub's."""
OLDEST_NS: Final = 31 * 24 * 3600 * NS
"""How long after the thing an entry is still taken: an outbox of a month."""

_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_NUMBER = r"-?\d{1,3}(?:\.\d{1,8})?"
_KEYS: Final[dict[LinkKind, re.Pattern[str]]] = {
    LinkKind.ALARM: re.compile(r"[^\s/]+\.[^\s/]+"),
    LinkKind.ASSET: re.compile(r"[^\s/]+"),
    LinkKind.CHART: re.compile(r"\d{1,19}/\d{1,19}/[^\s/]*"),
    LinkKind.COMMAND: re.compile(r"[^\s/]+"),
    LinkKind.MAP: re.compile(f"({_NUMBER}),({_NUMBER})"),
}


class Corrector(NamedTuple):
    """Who corrects."""

    who: str
    supervisor: bool = False


def cleaned(text: str) -> str:
    """The text as it is kept: NFC, lines ended by LF, no blanks at the ends of lines, none around it."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def check_draft(draft: LogDraft, now_ns: int, areas: Collection[str]) -> LogDraft:
    """The draft as it is kept; raises LogRefused with the first reason why it is not."""
    if not _ID.fullmatch(draft.id) or (draft.corrects and not _ID.fullmatch(draft.corrects)):
        raise LogRefused(LogReason.LOG_ID)
    text = cleaned(draft.text)
    _check_text(text)
    if draft.at > now_ns + AHEAD_NS:
        raise LogRefused(LogReason.LOG_FUTURE)
    if draft.at < now_ns - OLDEST_NS:
        raise LogRefused(LogReason.LOG_OLD)
    if draft.area and draft.area not in areas:
        raise LogRefused(LogReason.LOG_AREA)
    _check_links(draft.links)
    attachments = check_attachments(draft.attachments)
    return msgspec.structs.replace(draft, text=text, attachments=attachments)


def check_correction(draft: LogDraft, old: LogEntry | None, corrected: bool, by: Corrector) -> None:
    """Whether `draft` may correct `old`; `corrected` says that another entry corrects it already.

    An open entry is corrected by its author or a supervisor. A locked one is not touched: whoever may write in its
    area says in a further entry what is true. An entry has one correction at most, so corrections form a chain.
    """
    if old is None or old.id == draft.id:
        raise LogRefused(LogReason.LOG_UNKNOWN)
    if corrected:
        raise LogRefused(LogReason.LOG_CORRECTED)
    if not old.locked and old.author != by.who and not by.supervisor:
        raise LogRefused(LogReason.LOG_NOT_AUTHOR)
    kept = (draft.text, draft.area, draft.links, draft.attachments)
    if kept == (old.text, old.area, old.links, old.attachments) and (old.locked or draft.at == old.at):
        raise LogRefused(LogReason.LOG_SAME)


def check_time(draft: LogDraft, old: LogEntry | None, locked_until: int) -> bool:
    """Whether an entry is a later addition to what was closed: its time is, or what it corrects.

    Raises LogRefused LOG_CLOSED when a correction would move an open entry into time that is closed.
    """
    if old is None:
        return draft.at <= locked_until
    if not old.locked and draft.at <= locked_until < old.at:
        raise LogRefused(LogReason.LOG_CLOSED)
    return old.locked


def _check_text(text: str) -> None:
    if not text:
        raise LogRefused(LogReason.LOG_EMPTY)
    lines = text.split("\n")
    if len(text) > TEXT_MAX or len(lines) > LINES_MAX:
        raise LogRefused(LogReason.LOG_LONG)
    # A tab is what a table pasted from elsewhere brings; nothing else that cannot be seen is taken.
    if any(first_forbidden(line.replace("\t", " ")) for line in lines):
        raise LogRefused(LogReason.LOG_CHARACTERS)


def _check_links(links: tuple[LogLink, ...]) -> None:
    if len(links) > LINKS_MAX or len({(link.kind, link.key) for link in links}) != len(links):
        raise LogRefused(LogReason.LOG_LINK)
    for link in links:
        if not _good_link(link):
            raise LogRefused(LogReason.LOG_LINK)


def _good_link(link: LogLink) -> bool:
    if len(link.key) > KEY_MAX or len(link.label) > LABEL_MAX:
        return False
    if first_forbidden(link.key) or first_forbidden(link.label):
        return False
    if not _KEYS[link.kind].fullmatch(link.key):
        return False
    if link.kind is LinkKind.CHART:
        start, end, _ = link.key.split("/", 2)
        return 0 < int(start) < int(end) < 2**63
    if link.kind is LinkKind.MAP:
        lat, lon = (float(part) for part in link.key.split(","))
        return abs(lat) <= 90 and abs(lon) <= 180
    return True
