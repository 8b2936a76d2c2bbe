"""What a device says of a command in JSON, read by where it stands and what its words mean; pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.core.command.answers import CAUSES
from console.core.errors import DecodeError
from console.core.site import FeedDef
from console.feeds.base import ANSWER_KINDS, DeviceAnswer
from console.feeds.json_paths import MISSING, find
from console.feeds.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShape:
    """Where things stand in an answer; every path is one of `json_paths`."""

    path: str = ""
    """Where the word stands; empty if the answer is the word."""
    detail_path: str = ""
    progress_path: str = ""
    words: dict[str, str] = field(default_factory=dict[str, str])
    """What the source's words mean as kinds of `DeviceAnswer`."""
    causes: dict[str, str] = field(default_factory=dict[str, str])
    """Causes that the source's words name, as codes of `core.command.reasons`."""
    test_path: str = ""
    """Where an answer says true if it was a test."""


def read_answer(tree: object, shape: AnswerShape) -> DeviceAnswer:
    """Raises DecodeError for a word that stands for no kind of answer."""
    word = find(shape.path, tree, tree)
    text = str(word).lower() if isinstance(word, bool) else str(word)
    kind = shape.words.get(text, text)
    if kind not in ANSWER_KINDS:
        raise DecodeError(shape.path or "answer", "unknown_word", text[:80])
    detail = find(shape.detail_path, tree, tree) if shape.detail_path else MISSING
    progress = find(shape.progress_path, tree, tree) if shape.progress_path else MISSING
    # A whole number of JSON may be greater than any float.
    part = min(max(progress, 0), 1) if isinstance(progress, (int, float)) and progress == progress else 0  # noqa: PLR0124
    return DeviceAnswer(
        kind,
        progress=float(part),
        detail=str(detail)[:200] if isinstance(detail, (str, int, float)) else "",
        cause=shape.causes.get(text, ""),
        test=bool(shape.test_path) and find(shape.test_path, tree, tree) is True,
    )


def answer_words(feed: FeedDef, options: Options) -> tuple[dict[str, str], dict[str, str]]:
    """Kinds and causes by word, written as `ok = accepted_final, local = rejected:BLOCKED_BY_MODE`."""
    kinds: dict[str, str] = {}
    causes: dict[str, str] = {}
    for part in options.words("answer_words"):
        word, _, meaning = (side.strip() for side in part.partition("="))
        kind, _, cause = (side.strip() for side in meaning.partition(":"))
        if kind not in ANSWER_KINDS:
            raise ValueError(f"{feed.id}: option answer_words: {kind} is not a kind of answer")
        if cause and cause not in CAUSES:
            raise ValueError(f"{feed.id}: option answer_words: {cause} is not a cause")
        kinds[word] = kind
        if cause:
            causes[word] = cause
    return kinds, causes
