"""Lines of an AIS receiver put together to whole messages; pure (IEC 61162-1, NMEA 0183 4.10 tag blocks).

A message of several sentences is kept until its last part is there, but not for long and not many: a receiver that
loses parts must not make the hub remember them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pyais.exceptions import AISBaseException
from pyais.messages import AISSentence, NMEASentenceFactory

from console.core.errors import DecodeError
from console.feeds.times import read_time

MAX_LINE = 1024
PART_S = 10.0
"""A message whose parts have not all come after this time is given up."""
MAX_OPEN = 64
_OURS = (b"VDM", b"VDO")

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Whole:
    """One message, with the UTC ns that its tag block gave (0 for none) and whether it is the receiver's own."""

    sentence: AISSentence
    at: int
    own: bool


@dataclass(slots=True)
class _Parts:
    count: int
    began: float
    at: int = 0
    found: dict[int, AISSentence] = field(default_factory=dict[int, AISSentence])


@dataclass(frozen=True, slots=True)
class _Tag:
    """What a tag block said."""

    at: int = 0
    source: str = ""
    group: str = ""


class LineCutter:
    """Bytes as they come, cut into lines; a line longer than `MAX_LINE` is left out and counted."""

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False
        self.oversized = 0

    def cut(self, data: bytes) -> list[bytes]:
        """Lines that are complete now."""
        *lines, rest = (self._rest + data).split(b"\n")
        if lines and self._skipping:
            self._skipping = False
            lines = lines[1:]
        kept = [line for line in lines if len(line) <= MAX_LINE]
        self.oversized += len(lines) - len(kept)
        if len(rest) > MAX_LINE and not self._skipping:
            self._skipping = True
            self.oversized += 1
        self._rest = b"" if self._skipping else rest
        return kept


class SentenceReader:
    """Sentences of one connection; `now` is monotonic seconds."""

    def __init__(self) -> None:
        self._open: dict[Key, _Parts] = {}
        self._given_up = 0

    def take(self, line: bytes, now: float) -> Whole | None:
        """The message that this line completes; None for a part, a comment or a sentence of another kind.

        Raises DecodeError: checksum, not_ais or encoding.
        """
        line = line.strip()
        if not line or line.startswith(b"#"):
            return None
        tag, text = _untagged(line)
        start = text.find(b"!")
        if start < 0:
            if text.startswith(b"$"):
                return None
            raise DecodeError("sentence", "not_ais")
        text = text[start:]
        kind = text[3:6].upper()
        if kind not in _OURS:
            return None
        _check_sum(text[1:], "sentence")
        sentence = _sentence(text)
        own = kind == b"VDO"
        if sentence.frag_cnt == 1:
            return Whole(sentence, tag.at, own)
        return self._join(sentence, tag, own, now)

    def given_up(self, now: float) -> int:
        """How many messages have lost a part since the last call."""
        late = [key for key, parts in self._open.items() if parts.began < now - PART_S]
        for key in late:
            del self._open[key]
        lost, self._given_up = self._given_up + len(late), 0
        return lost

    def _join(self, sentence: AISSentence, tag: _Tag, own: bool, now: float) -> Whole | None:
        if tag.group:
            key: Key = ("group", tag.group, 0)
        else:
            key = (tag.source, sentence.channel, -1 if sentence.seq_id is None else sentence.seq_id)
        parts = self._open.get(key)
        if parts is None or parts.count != sentence.frag_cnt or sentence.frag_num in parts.found:
            self._given_up += parts is not None
            self._open.pop(key, None)
            parts = self._open[key] = _Parts(sentence.frag_cnt, now)
        parts.found[sentence.frag_num] = sentence
        parts.at = parts.at or tag.at
        if len(parts.found) == parts.count:
            del self._open[key]
            whole = AISSentence.assemble_from_iterable([parts.found[i + 1] for i in range(parts.count)])
            whole.ais_id = whole.bv.get(0, 6)
            return Whole(whole, parts.at, own)
        if len(self._open) > MAX_OPEN:
            self._open.pop(next(iter(self._open)))
            self._given_up += 1
        return None


def _sentence(text: bytes) -> AISSentence:
    try:
        sentence = NMEASentenceFactory.produce(text)
    except (AISBaseException, ValueError, IndexError) as error:
        raise DecodeError("sentence", "not_ais", type(error).__name__) from None
    if not isinstance(sentence, AISSentence) or not sentence.payload:
        raise DecodeError("sentence", "not_ais")
    return sentence


def _check_sum(text: bytes, where: str) -> None:
    """The two hexadecimal digits after the star are the XOR of all before it."""
    body, star, told = text.rpartition(b"*")
    total = 0
    for byte in body:
        total ^= byte
    if not star or told[:2].upper() != b"%02X" % total:
        raise DecodeError(where, "checksum")


def _untagged(line: bytes) -> tuple[_Tag, bytes]:
    """What the tag block says, and the sentence behind it."""
    if not line.startswith(b"\\"):
        return _Tag(), line
    block, end, text = line[1:].partition(b"\\")
    if not end:
        raise DecodeError("tag block", "not_ais")
    _check_sum(block, "tag block")
    try:
        fields = block.rpartition(b"*")[0].decode("ascii")
    except UnicodeDecodeError:
        raise DecodeError("tag block", "encoding") from None
    told = dict(part.split(":", 1) for part in fields.split(",") if ":" in part)
    group = told.get("g", "").split("-")
    return _Tag(_time(told.get("c", "")), told.get("s", ""), group[2] if len(group) == 3 else ""), text


def _time(text: str) -> int:
    """A tag block's time is the receiver's convenience: one that cannot be read leaves the hub's own."""
    try:
        return read_time(text, None, "tag block") if text else 0
    except DecodeError:
        return 0
