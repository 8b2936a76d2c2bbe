"""What may be attached: kinds told by ending and first bytes, names that no file system can misread, sizes."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

import msgspec

from console.core.errors import LogRefused
from console.core.logbook.entry import Attachment
from console.core.logbook.reasons import LogReason
from console.core.plaintext import first_forbidden

FILE_MAX: Final = 10 * 1024 * 1024
"""Bytes of one file."""
ENTRY_MAX: Final = 24 * 1024 * 1024
"""Bytes of all files of one entry."""
FILES_MAX: Final = 8
NAME_MAX: Final = 80
"""Characters of a name with its ending; with three bytes each it still fits every file system."""
CHUNK: Final = 40 * 1024
"""Bytes of one part on its way to the hub: as base64 it fits one message."""
HEAD: Final = 16
"""First bytes by which a kind is told."""

_SHA = re.compile(r"[0-9a-f]{64}")
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))})
_ZIP = (b"PK\x03\x04",)
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)


class FileKind(NamedTuple):
    """A kind of file: its media type and the ways its bytes may begin; none: text without NUL."""

    media: str
    begins: tuple[bytes, ...]


_OOXML = "application/vnd.openxmlformats-officedocument"
KINDS: Final[dict[str, FileKind]] = {
    "png": FileKind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    "webp": FileKind("image/webp", (b"RIFF",)),
    "pdf": FileKind("application/pdf", (b"%PDF-",)),
    "txt": FileKind("text/plain", ()),
    "csv": FileKind("text/csv", ()),
    "xlsx": FileKind(f"{_OOXML}.spreadsheetml.sheet", _ZIP),
    "docx": FileKind(f"{_OOXML}.wordprocessingml.document", _ZIP),
    "hwpx": FileKind("application/hwp+zip", _ZIP),
    "hwp": FileKind("application/x-hwp", _OLE),
}
"""By ending. Nothing that a computer would run is among them; a file is never opened by the program, but pictures."""
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/webp"})


def ending(name: str) -> str:
    """What is behind the last dot, in small letters."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def safe_name(name: str) -> str:
    """A name without folders, control or invisible characters and names of devices; the ending stays the last one."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    base = "".join(" " if sign in '<>:"|?*' else sign for sign in base if not first_forbidden(sign))
    stem, dot, end = base.rpartition(".")
    if not dot:
        stem, end = base, ""
    stem, end = stem.strip(" ."), end.strip(" .")
    if not stem or stem.partition(".")[0].strip().lower() in _DEVICES:
        stem = f"_{stem}"
    end = end[:8]
    room = NAME_MAX - len(end) - 1
    stem = stem[:room].strip(" .") or "_"
    return f"{stem}.{end}" if end else stem


def check_ending(name: str) -> None:
    """Raises LogRefused FILE_KIND for a file that is not taken whatever its bytes are."""
    if ending(name) not in KINDS:
        raise LogRefused(LogReason.FILE_KIND)


def media_of(name: str, head: bytes) -> str:
    """The media type that ending and first bytes agree on; raises LogRefused FILE_KIND."""
    kind = KINDS.get(ending(name))
    if kind is None:
        raise LogRefused(LogReason.FILE_KIND)
    if kind.begins:
        if not head.startswith(kind.begins):
            raise LogRefused(LogReason.FILE_KIND)
    elif b"\0" in head:
        raise LogRefused(LogReason.FILE_KIND)
    if kind.media == "image/webp" and head[8:12] != b"WEBP":
        raise LogRefused(LogReason.FILE_KIND)
    return kind.media


def check_file(size: int, sha256: str) -> None:
    """Raises LogRefused for a size or a digest that no file can have here."""
    if not 0 < size <= FILE_MAX:
        raise LogRefused(LogReason.FILE_SIZE)
    if not _SHA.fullmatch(sha256):
        raise LogRefused(LogReason.FILE_DAMAGED)


def check_attachments(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """The attachments with safe names that differ; raises LogRefused FILE_COUNT, FILE_SIZE, FILE_KIND or FILE_NAME."""
    if len(attachments) > FILES_MAX:
        raise LogRefused(LogReason.FILE_COUNT)
    if sum(item.size for item in attachments) > ENTRY_MAX:
        raise LogRefused(LogReason.FILE_SIZE)
    made: list[Attachment] = []
    for item in attachments:
        check_file(item.size, item.sha256)
        if len(item.name) > 4 * NAME_MAX:
            raise LogRefused(LogReason.FILE_NAME)
        name = _apart(safe_name(item.name), {other.name.casefold() for other in made})
        kind = KINDS.get(ending(name))
        if kind is None or kind.media != item.media:
            raise LogRefused(LogReason.FILE_KIND)
        made.append(msgspec.structs.replace(item, name=name))
    return tuple(made)


def _apart(name: str, taken: set[str]) -> str:
    stem, dot, end = name.rpartition(".")
    found, n = name, 1
    while found.casefold() in taken:
        n += 1
        found = f"{stem[: NAME_MAX - len(end) - 5]}({n}){dot}{end}"
    return found
