"""Answers of a source as frames of a tap and of a recording, and what a recording of them says; pure."""

from __future__ import annotations

from console.core.errors import DecodeError
from console.feeds.base import FeedSink
from console.feeds.rest.body import read_body
from console.feeds.rest.codec import ItemShape, find_fault, read_items
from console.feeds.rest.line import Answer
from console.feeds.tap import FrameReader, about_of, read_about

_TYPE = "content-type"


def frame_about(url: str, answer: Answer) -> str:
    """The address without its key, the status and the type of the body."""
    return about_of(url, ("status", str(answer.status)), (_TYPE, answer.headers.get(_TYPE, "")))


def charset_of(content_type: str) -> str:
    """The charset that a header tells, empty for none."""
    _, _, charset = content_type.lower().partition("charset=")
    return charset.partition(";")[0].strip(" \"'")


def reader(shape: ItemShape, limit: int, sink: FeedSink) -> FrameReader:
    """Reads recorded answers as the adapter reads live ones; one without a page brings nothing."""

    def take(data: bytes | str, about: str, at: int) -> None:
        del at
        facts = dict(read_about(about)[1])
        body = data if isinstance(data, bytes) else data.encode()
        if facts.get("status", "200") != "200":
            return
        try:
            tree = read_body(body, charset_of(facts.get(_TYPE, "")), limit)
            if find_fault(tree) is not None:
                sink.malformed("answer", "refused", body[:200])
                return
            items = read_items(tree, shape)
        except DecodeError as error:
            sink.malformed(error.where, error.reason, body[:200])
            return
        for where, reason in items.faults:
            sink.malformed(where, reason, body[:200])
        sink.readings(items.readings)

    return take
