"""An entry of the operator log, and what a seat sends to have one written."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class LinkKind(StrEnum):
    """What an entry can point at; the key says which one."""

    ALARM = "alarm"
    """`asset.alarm`, the key of an alarm point."""
    ASSET = "asset"
    """Asset id."""
    CHART = "chart"
    """`start/end/tag,tag…`: a span in UTC ns and the points that were drawn."""
    COMMAND = "command"
    """Command id."""
    MAP = "map"
    """`lat,lon` in degrees."""


class LogLink(msgspec.Struct, frozen=True):
    """A pointer at something; `label` is what it was called when the entry was written."""

    kind: LinkKind
    key: str
    label: str = ""


class Attachment(msgspec.Struct, frozen=True):
    """A file of an entry; its bytes are kept under their SHA-256 (hex)."""

    name: str
    media: str
    size: int
    sha256: str


class LogDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person wrote at a seat. The id is made there, so that sending it twice writes it once."""

    id: str
    at: int
    """UTC ns at which the thing happened."""
    area: str = ""
    """Empty: the whole site."""
    text: str
    links: tuple[LogLink, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    corrects: str = ""
    """Id of the entry it corrects."""


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it stands in the log; nothing of it ever changes but `locked`."""

    id: str
    at: int
    """UTC ns at which the thing happened."""
    written: int
    """UTC ns at which the hub took it."""
    author: str
    author_name: str
    area: str
    text: str
    links: tuple[LogLink, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    mentions: tuple[str, ...] = ()
    """Accounts that are meant by @name in the text."""
    corrects: str = ""
    locked: bool = False
    """Its shift is closed: it can only be corrected by a further entry."""
    late: bool = False
    """It came when its time had been closed already, or corrects what was closed."""


def same_words(entry: LogEntry, draft: LogDraft) -> bool:
    """Whether an entry is what this draft became: the same id sent again is the same entry."""
    return (
        entry.id == draft.id
        and entry.at == draft.at
        and entry.area == draft.area
        and entry.text == draft.text
        and entry.links == draft.links
        and entry.attachments == draft.attachments
        and entry.corrects == draft.corrects
    )
