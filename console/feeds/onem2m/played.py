"""Primitives of a recording, read without the conversation they were part of; pure.

What a recording says about each frame is the resource it was about: a response names only the number of its request,
and a notification its subscription by an id that no profile knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import FeedSink, Reading
from console.feeds.onem2m.codec import NOTIFY, Response, Tree, read_notices, read_primitive, resource_of
from console.feeds.onem2m.containers import TAKEN, Container, carries_values, containers_of
from console.feeds.onem2m.options import OneM2MOptions
from console.feeds.tap import FrameReader, about_of, read_about

_MORE = "and"
_LATEST = "/la"
Values = Callable[[str, str, Tree], None]


def notices_about(addresses: list[str]) -> str:
    """The containers that the notifications of one request are of, in their order."""
    first, *more = [*addresses, ""][: max(len(addresses), 1)]
    return about_of(first, *((_MORE, address) for address in more))


def _response(
    said: Response, asked: str, containers: dict[str, Container], sink: FeedSink, values: Values
) -> None:
    container = containers.get(asked.removesuffix(_LATEST))
    if container is None:
        return
    if said.ok:
        values(container.address, *resource_of(said.content))
    elif asked == container.address and said.code not in TAKEN:
        sink.readings([Reading(*names, math.nan, 0, Quality.BAD) for names in container.points])


def reader(points: Iterable[tuple[str, str]], options: OneM2MOptions, sink: FeedSink) -> FrameReader:
    """Reads recorded primitives as the adapter reads live ones; those about no container of ours bring nothing."""
    containers = containers_of(points)

    def values(address: str, kind: str, resource: Tree) -> None:
        container = containers.get(address)
        if container is not None and carries_values(kind):
            sink.readings(container.rows(kind, resource, options.zone))

    def take(data: bytes | str, about: str, at: int) -> None:
        del at
        first, facts = read_about(about)
        addresses = [first, *(address for name, address in facts if name == _MORE)]
        try:
            primitive = read_primitive(data, options.frame_limit)
            if isinstance(primitive, Response):
                _response(primitive, first, containers, sink, values)
            elif primitive.op == NOTIFY:
                for notice, address in zip(read_notices(primitive.content), addresses, strict=False):
                    if not (notice.verifies or notice.ended):
                        values(address, notice.kind, notice.resource)
        except DecodeError as error:
            sink.malformed(error.where, error.reason, data[:200])

    return take
