"""NGSI-LD in every encoding a broker may choose, read into readings; pure.

Normalized, concise and simplified entities, GeoJSON features, JSON-LD with full-URI names, NGSIv2 metadata,
and the envelopes around them: an ETSI notification, a City Data Hub event, an MQTT `{metadata, body}`.
Names follow ETSI GS CIM 009 clauses 4.5 (representations) and 5.3.1 (notification).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.ngsi_ld.names import short_name
from console.feeds.times import read_time

Tree = dict[str, object]

DELETED = "urn:ngsi-ld:null"
"""What a notification carries for an attribute that was deleted."""

_SKIPPED = frozenset({"id", "type", "@id", "@type", "@context", "scope", "createdAt", "modifiedAt", "bbox"})
_TIME_KEYS = ("observedAt", "TimeInstant", "timestamp", "modifiedAt")
_ENTITY_TIMES = ("dateObserved", "observationDateTime", "observedAt", "TimeInstant", "modifiedAt")
_GEOMETRIES = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
_VALUE_KEYS = ("value", "object", "languageMap", "vocab", "valueList", "objectList", "json")
_META = frozenset(
    {
        *_VALUE_KEYS,
        *_TIME_KEYS,
        "type",
        "@type",
        "unitCode",
        "datasetId",
        "createdAt",
        "deletedAt",
        "metadata",
    }
    | {"objectType", "instanceId", "previousValue", "valueType", "lang"}
)
_TYPES = frozenset(
    {"Property", "GeoProperty", "Relationship", "LanguageProperty"}
    | {"VocabProperty", "ListProperty", "ListRelationship", "JsonProperty"}
)
_PLAIN = frozenset({"type", "value", "observedAt", "unitCode"})
_NUMBERS = frozenset({int, float})
_MAX_LEVELS = 8


@dataclass(slots=True)
class Decoded:
    """Readings of one frame and the faults found in it, as (where, reason)."""

    readings: list[Reading] = field(default_factory=list[Reading])
    faults: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    subscription: str = ""
    entities: list[str] = field(default_factory=list[str])
    """Ids of the entities, in their order."""
    deleted: list[str] = field(default_factory=list[str])
    """Ids of those that there are no more (clause 5.2.14, `deletedAt`)."""
    units: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """Units of points as the source writes them (clause 4.5.2, `unitCode`)."""


def read_frame(
    tree: object, zone: tzinfo | None = None, name_of: Callable[[str], str] = short_name
) -> Decoded:
    """Readings of a notification, an entity, a feature or a list of these; raises DecodeError.

    `name_of` gives the names of attributes as the profile knows them.
    """
    out = Decoded()
    reader = _Reader(out, zone, name_of)
    reader.frame(tree)
    return out


class _Reader:
    """Walks one frame; a fault in one attribute costs that attribute only."""

    def __init__(self, out: Decoded, zone: tzinfo | None, name_of: Callable[[str], str]) -> None:
        self._out = out
        self._zone = zone
        self._name_of = name_of

    def frame(self, tree: object) -> None:
        """Open the envelopes, then read each entity."""
        if isinstance(tree, dict):
            node = cast("Tree", tree)
            if "body" in node and "metadata" in node:
                self.frame(node["body"])
                return
            if isinstance(node.get("data"), (list, dict)) and (
                "subscriptionId" in node or "notifiedAt" in node
            ):
                self._notification(node)
                return
        self._entities(cast("object", tree), "frame", 0)

    def _notification(self, node: Tree) -> None:
        subscription = node.get("subscriptionId")
        self._out.subscription = subscription if isinstance(subscription, str) else ""
        at = self._time(node["notifiedAt"], "notifiedAt") if "notifiedAt" in node else 0
        self._entities(node["data"], "data", max(at, 0))

    def _entities(self, tree: object, where: str, at: int) -> None:
        if isinstance(tree, list):
            for index, item in enumerate(cast("list[object]", tree)):
                self._listed(item, f"{where}[{index}]", at)
        elif isinstance(tree, dict):
            node = cast("Tree", tree)
            features = node.get("features")
            if node.get("type") == "FeatureCollection" and isinstance(features, list):
                self._entities(cast("object", features), f"{where}.features", at)
            else:
                self._entity(node, where, at)
        else:
            raise DecodeError(where, "not_an_entity", repr(tree)[:80])

    def _listed(self, item: object, where: str, at: int) -> None:
        """One entity among others: what is wrong with it must not cost the others."""
        try:
            self._entity(_entity_node(item, where), where, at)
        except DecodeError as error:
            self._out.faults.append((error.where, error.reason))

    def _entity(self, node: Tree, where: str, at: int) -> None:
        source = node.get("id", node.get("@id"))
        if not isinstance(source, str) or not source:
            raise DecodeError(f"{where}.id", "missing")
        properties = node.get("properties")
        if node.get("type") == "Feature" and isinstance(properties, dict):
            node = cast("Tree", properties)
        self._out.entities.append(source)
        if node.get("deletedAt"):
            self._out.deleted.append(source)
            return
        at = self._entity_time(node, where) or at
        for name, value in node.items():
            if name in _SKIPPED:
                continue
            path = self._name_of(name)
            if type(value) is dict and self._number(source, path, cast("Tree", value), at, where):
                continue
            self._attribute(source, path, cast("object", value), at, f"{where}.{path}")

    def _number(self, source: str, path: str, node: Tree, at: int, where: str) -> bool:
        """The most frequent attribute, a number with its time and unit; False for any other, which is not touched.

        It says what `_attribute` would, at half its cost.
        """
        value = node.get("value")
        if type(value) not in _NUMBERS or not node.keys() <= _PLAIN:
            return False
        quality = Quality.GOOD
        observed = node.get("observedAt")
        if observed is not None:
            at = self._time(observed, f"{where}.{path}.observedAt")
            if at < 0:
                at, quality = 0, Quality.UNCERTAIN
        unit = node.get("unitCode")
        if isinstance(unit, str):
            self._out.units[source, path] = unit
        self._out.readings.append(Reading(source, path, cast("float", value), at, quality))
        return True

    def _entity_time(self, node: Tree, where: str) -> int:
        """Time of the whole entity, for attributes without one; the end of an interval."""
        for name in _ENTITY_TIMES:
            value = node.get(name)
            if value is None:
                continue
            plain = _plain(value)
            text = plain.rsplit("/", 1)[-1] if isinstance(plain, str) else plain
            return max(self._time(text, f"{where}.{name}"), 0)
        return 0

    def _attribute(self, source: str, path: str, node: object, at: int, where: str) -> None:
        """One attribute, or several instances of it told apart by datasetId (clause 4.5.5)."""
        if isinstance(node, list) and _instances(cast("list[object]", node)):
            for index, item in enumerate(cast("list[Tree]", node)):
                dataset = item.get("datasetId")
                name = f"{path}@{dataset.rsplit(':', 1)[-1]}" if isinstance(dataset, str) else path
                self._attribute(source, name, item, at, f"{where}[{index}]")
        elif isinstance(node, dict) and node.keys() == {"dataset"} and isinstance(node["dataset"], dict):
            self._datasets(source, path, cast("Tree", node["dataset"]), at, where)
        elif isinstance(node, dict) and _is_attribute(cast("Tree", node)):
            self._full(source, path, cast("Tree", node), at, where)
        else:
            self._value(source, path, cast("object", node), (at, Quality.GOOD), where)

    def _datasets(self, source: str, path: str, node: Tree, at: int, where: str) -> None:
        """The simplified form of several instances: values by datasetId, `@none` for the one without."""
        for dataset, value in node.items():
            name = path if dataset == "@none" else f"{path}@{dataset.rsplit(':', 1)[-1]}"
            self._value(source, name, value, (at, Quality.GOOD), f"{where}.dataset")

    def _full(self, source: str, path: str, node: Tree, at: int, where: str) -> None:
        """A normalized or concise attribute, then its properties of properties, parted from it by a slash."""
        quality = Quality.GOOD
        told = _time_of(node)
        if told is not None:
            at = self._time(told, f"{where}.observedAt")
            if at < 0:
                at, quality = 0, Quality.UNCERTAIN
        unit = node.get("unitCode")
        if isinstance(unit, str):
            self._out.units[source, path] = unit
        key = next((name for name in _VALUE_KEYS if name in node), "")
        if key:
            self._value(source, path, node[key], (at, quality), where)
        elif _kind(node) in _TYPES:
            self._out.faults.append((f"{where}.value", "missing"))
        for name, value in node.items():
            if name not in _META and isinstance(value, (dict, list)) and where.count(".") < _MAX_LEVELS:
                short = short_name(name)
                self._attribute(source, f"{path}/{short}", cast("object", value), at, f"{where}.{short}")

    def _value(self, source: str, path: str, node: object, stamp: tuple[int, Quality], where: str) -> None:
        """A plain value is one reading, a structure several of dotted paths, a geometry none."""
        at, quality = stamp
        if isinstance(node, (bool, int, float)) or (isinstance(node, str) and node != DELETED):
            self._out.readings.append(Reading(source, path, node, at, quality))
        elif node is None or node == DELETED:
            self._out.readings.append(Reading(source, path, float("nan"), at, Quality.BAD))
        elif isinstance(node, dict):
            self._structure(source, path, cast("Tree", node), stamp, where)
        elif isinstance(node, list) and where.count(".") < _MAX_LEVELS:
            for index, item in enumerate(cast("list[object]", node)):
                self._value(source, f"{path}.{index}", item, stamp, f"{where}[{index}]")

    def _structure(self, source: str, path: str, node: Tree, stamp: tuple[int, Quality], where: str) -> None:
        if "@value" in node:
            self._value(source, path, node["@value"], stamp, where)
        elif not _is_geometry(node) and where.count(".") < _MAX_LEVELS:
            for name, value in node.items():
                if name not in ("type", "@type"):
                    short = short_name(name)
                    self._value(source, f"{path}.{short}", value, stamp, f"{where}.{short}")

    def _time(self, value: object, where: str) -> int:
        """UTC ns, or -1 after noting the fault."""
        try:
            return read_time(_plain(value), self._zone, where)
        except DecodeError as error:
            self._out.faults.append((error.where, error.reason))
            return -1


def _entity_node(item: object, where: str) -> Tree:
    if not isinstance(item, dict):
        raise DecodeError(where, "not_an_entity", repr(item)[:80])
    return cast("Tree", item)


def _plain(node: object) -> object:
    """Innermost value of a typed or normalized value."""
    for _ in range(3):
        if not isinstance(node, dict):
            break
        tree = cast("Tree", node)
        node = tree.get("@value", tree.get("value"))
    return node


def _time_of(node: Tree) -> object:
    """When an attribute was observed, by itself or in NGSIv2 metadata."""
    for holder in _holders(node):
        for name in _TIME_KEYS:
            if name in holder:
                return holder[name]
    return None


def _holders(node: Tree) -> Iterator[Tree]:
    yield node
    metadata = node.get("metadata")
    if isinstance(metadata, dict):
        yield cast("Tree", metadata)


def _is_attribute(node: Tree) -> bool:
    """Whether an object is an attribute with its value, not a structured value itself."""
    if _kind(node) in _TYPES:
        return True
    if not any(key in node for key in _VALUE_KEYS):
        return False
    return all(name in _META or isinstance(value, (dict, list)) for name, value in node.items())


def _instances(node: list[object]) -> bool:
    """Whether a list holds several instances of one attribute."""
    return bool(node) and all(isinstance(item, dict) and _is_attribute(cast("Tree", item)) for item in node)


def _is_geometry(node: Tree) -> bool:
    return _kind(node) in _GEOMETRIES and "coordinates" in node


def _kind(node: Tree) -> str:
    """What a node says it is; empty for one that says nothing, or no text."""
    kind = node.get("type")
    return kind if isinstance(kind, str) else ""
