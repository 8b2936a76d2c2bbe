"""A broker whose topics nobody has described: the decoder, the names in its topics and the places in its JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import cast

from console.core.errors import DecodeError
from console.core.site import FeedDef
from console.feeds.json_guard import load
from console.feeds.json_guess import guess
from console.feeds.mqtt_options import LINK_OPTIONS, link_options, subscriptions
from console.feeds.mqtt_sniff import overhear
from console.feeds.mqtt_wire import Message
from console.feeds.options import COMMON, Options
from console.feeds.prospect import Prospect
from console.feeds.scout import Option, PlainScout

MOST_TOPICS = 20
"""First levels that are subscribed to by name; beyond that everything is."""
_LONGEST_WORD = 200
_OTHERS = ("spBv1.0", "oneM2M", "$SYS")
"""First levels that belong to protocols of their own."""
Tree = dict[str, object]


class MqttScout(PlainScout):
    """Listens to a broker for some seconds."""

    async def prospect(self, feed: FeedDef) -> Prospect:
        """As Prospector; what the options name already is not guessed."""
        given = dict(feed.options)
        topics = str(given.get("topics", "")) or "#"
        own = {name: value for name, value in given.items() if name in LINK_OPTIONS | COMMON}
        link = feed_with(feed, own)
        wanted = subscriptions(feed.id, "topics", tuple(part.strip() for part in topics.split(",")))
        heard = await overhear(link_options(link, Options(link, LINK_OPTIONS)), wanted)
        found = {"topics": topics} | options_for(heard)
        if "decoder" in given or "source" in given or "source_path" in given:
            found = {"topics": topics}
        elif "topics" in given:
            found["topics"] = topics
        return Prospect(found | given)


def feed_with(feed: FeedDef, options: dict[str, Option]) -> FeedDef:
    """The same source with other options."""
    return FeedDef(id=feed.id, adapter=feed.adapter, url=feed.url, label=feed.label, options=options)


def options_for(messages: Sequence[Message]) -> dict[str, Option]:
    """Options that read most of these messages; empty if none of them can be read."""
    kinds = Counter[str]()
    by_kind: dict[str, list[tuple[Message, object]]] = {}
    for message in messages:
        if message.topic.split("/")[0] in _OTHERS or message.topic.startswith("/oneM2M/"):
            continue
        kind, tree = kind_of(message.payload)
        if kind:
            kinds[kind] += 1
            by_kind.setdefault(kind, []).append((message, tree))
    if not kinds:
        return {}
    decoder = kinds.most_common(1)[0][0]
    chosen = by_kind[decoder]
    topics = [message.topic for message, _ in chosen]
    found: dict[str, Option] = {"topics": _filters(topics)}
    if decoder == "json":
        found |= _json(topics, [tree for _, tree in chosen])
    else:
        found["decoder"] = decoder
        if decoder == "plain":
            found |= _named(topics)
    return found


def kind_of(payload: bytes) -> tuple[str, object]:
    """The decoder for a payload and, if it is JSON, its tree; the decoder is empty for what none reads."""
    try:
        tree = load(payload)
    except DecodeError:
        return ("plain", None) if _is_word(payload) else ("", None)
    listed = isinstance(tree, list)
    found = next(iter(cast("list[object]", tree)), None) if listed else tree
    if not isinstance(found, dict):
        return ("" if listed else "plain"), None
    first = cast("Tree", found)
    names = first.keys()
    if listed and names & {"n", "bn"} and names & {"v", "vs", "vb", "bv", "bt", "t"}:
        return "senml", cast("object", tree)
    if {"result", "phenomenonTime"} <= names:
        return "sensorthings", cast("object", tree)
    if {"metadata", "body"} <= names or ({"id", "type"} <= names and str(first["id"]).startswith("urn:ngsi")):
        return "ngsi_ld", cast("object", tree)
    return "json", cast("object", tree)


def _is_word(payload: bytes) -> bool:
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return False
    return 0 < len(text) <= _LONGEST_WORD and text.isprintable() and text.lstrip()[:1] not in ("{", "[", "<")


def _filters(topics: list[str]) -> str:
    firsts = list(dict.fromkeys(topic.split("/")[0] for topic in topics))
    whole = len(firsts) > MOST_TOPICS or any(not first or "," in first for first in firsts)
    return "#" if whole else ", ".join(f"{first}/#" for first in firsts)


def _json(topics: list[str], trees: list[object]) -> dict[str, Option]:
    found = guess(trees)
    paths = {
        "source_path": found.source,
        "each_path": found.each,
        "time_path": found.time,
        "zone": found.zone,
        "values_path": found.values,
    }
    options: dict[str, Option] = {name: path for name, path in paths.items() if path}
    return options if found.source else options | _source_of(topics)


def _source_of(topics: list[str]) -> dict[str, Option]:
    """The levels up to the last that tells one topic from another, where all have as many: `city/p1/telemetry`."""
    levels = [topic.split("/") for topic in topics]
    if len({len(one) for one in levels}) != 1:
        return {}
    last = max((n for n in range(len(levels[0])) if len({one[n] for one in levels}) > 1), default=-1)
    if last < 0 or last == len(levels[0]) - 1:
        return {}
    return {"source": "/".join(f"{{{n}}}" for n in range(last + 1))}


def _named(topics: list[str]) -> dict[str, Option]:
    """A topic for each value: its last level is the point, where most topics have as many levels."""
    depths = Counter(topic.count("/") for topic in dict.fromkeys(topics))
    depth = depths.most_common(1)[0][0]
    if not depth or depths[depth] != depths.total():
        return {}
    return {"source": "/".join(f"{{{n}}}" for n in range(depth)), "point": "{-1}"}


SCOUT = MqttScout()
