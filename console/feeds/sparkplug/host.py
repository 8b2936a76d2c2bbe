"""A Sparkplug host application: births, data and deaths become readings; pure.

`now` is monotonic seconds, `at` UTC ns. Liberal in what it accepts: name and alias together, a number that is
missing or behind, bdSeq twice. Strict where a value could look live and is not: a death makes points stale at
once, and without a birth nothing is believed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from console.core.discovery import Offer
from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.sparkplug.births import offer_of
from console.feeds.sparkplug.namespace import Address, read_topic
from console.feeds.sparkplug.nodes import SEQUENCE, Device, Node, Point
from console.feeds.sparkplug.payload import Metric, Payload, read_payload, typed

MS = 1_000_000
LAST_AT = 2**63 - 1
MOST_NODES = 10_000
MOST_DEVICES = 10_000
MOST_POINTS = 500_000
BDSEQ = "bdSeq"
_QUALITIES = {0: Quality.BAD, 192: Quality.GOOD, 500: Quality.STALE}


@dataclass(slots=True)
class Outcome:
    """What a message, or time alone, has brought."""

    readings: list[Reading] = field(default_factory=list[Reading])
    news: list[Reading] = field(default_factory=list[Reading])
    """Those that a node has said of its present state, which may confirm a command."""
    faults: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    rebirths: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Group and edge of nodes to be asked to be born again."""
    died: list[str] = field(default_factory=list[str])
    """Sources that have just gone offline."""
    lost: int = 0
    """Messages given up."""
    offers: list[Offer] = field(default_factory=list[Offer])
    """Points that births have declared."""
    whole: list[str] = field(default_factory=list[str])
    """Sources of which these are all points."""


class SparkplugHost:
    """All nodes of one feed."""

    def __init__(self, reorder_s: float, rebirth_again_s: float, rebirths: bool = True) -> None:
        self._reorder_s = reorder_s
        self._again_s = rebirth_again_s
        self._rebirths = rebirths
        self._nodes: dict[tuple[str, str], Node] = {}
        self._points = 0

    def message(self, topic: str, data: bytes, now: float, at: int) -> Outcome:
        """Contents of one message; raises DecodeError for one that cannot be read."""
        out = Outcome()
        address = read_topic(topic)
        if address is None or address.kind in ("NCMD", "DCMD"):
            return out
        payload = read_payload(data)
        out.faults += payload.faults
        if address.kind == "NBIRTH":
            self._node_birth(address, payload, now, at, out)
            return out
        node = self._nodes.get((address.group, address.edge))
        if address.kind == "NDEATH":
            if node is not None and self._is_of_session(node, payload):
                self._node_death(node, at, out)
            return out
        if node is None or not node.online:
            self._unborn(address, now, out)
            return out
        self._in_turn(node, address, payload, (now, at), out)
        return out

    def expire(self, now: float, at: int) -> Outcome:
        """What time alone brings: missing messages are given up, devices that were not born again are stale."""
        out = Outcome()
        for node in self._nodes.values():
            if node.gap_due is not None and node.gap_due <= now:
                missing, held = node.give_up()
                out.lost += missing
                for address, payload in held:
                    self._apply(node, address, payload, (now, at), out)
                self._ask(node, now, out)
            if node.devices_due is not None and node.devices_due <= now:
                node.devices_due = None
                for device in node.devices.values():
                    if device.online and device.born != node.births:
                        self._device_death(device, at, out)
        return out

    def next_deadline(self) -> float | None:
        """When to call `expire`."""
        return min((due for node in self._nodes.values() for due in node.deadlines()), default=None)

    def lost(self) -> list[tuple[str, str]]:
        """The connection is new: what nodes said meanwhile is unknown, so all of them are to be born again.

        One that comes back only after the request is asked when it speaks.
        """
        for node in self._nodes.values():
            node.online = False
            node.held.clear()
            node.gap_due = node.devices_due = node.asked_at = None
        return list(self._nodes) if self._rebirths else []

    def find(self, source: str, path: str) -> tuple[Node, str, Point] | None:
        """Node, device and point of a name that a birth has declared; None while it is offline."""
        group, _, rest = source.partition("/")
        edge, _, device = rest.partition("/")
        node = self._nodes.get((group, edge))
        found = node.devices.get(device) if node is not None and node.online else None
        point = found.points.get(path) if found is not None and found.online else None
        return None if node is None or point is None else (node, device, point)

    def declared(self, topic: str, alias: int) -> tuple[str, int]:
        """Name and type that a birth has given to an alias of the node of a topic; empty and 0 if none has."""
        try:
            address = read_topic(topic)
        except DecodeError:
            return "", 0
        node = self._nodes.get((address.group, address.edge)) if address is not None else None
        device, name = node.aliases.get(alias, ("", "")) if node is not None else ("", "")
        found = node.devices.get(device) if node is not None else None
        point = found.points.get(name) if found is not None and name else None
        return (name, point.datatype) if point is not None else ("", 0)

    def discovered(self) -> list[tuple[str, str, str, str]]:
        """Points that births have declared, as (source, path, unit, type)."""
        return [
            (device.source, name, point.unit, point.kind)
            for node in self._nodes.values()
            for device in node.devices.values()
            for name, point in device.points.items()
        ]

    def sources(self) -> list[tuple[str, bool]]:
        """Nodes and devices known, and whether they are online."""
        return [(one.source, one.online) for node in self._nodes.values() for one in node.devices.values()]

    def _node_birth(self, address: Address, payload: Payload, now: float, at: int, out: Outcome) -> None:
        key = (address.group, address.edge)
        if key not in self._nodes and len(self._nodes) >= MOST_NODES:
            raise DecodeError(address.source[:80], "too_many")
        node = self._nodes.setdefault(key, Node(*key))
        node.births += 1
        node.online = True
        node.asked_at = node.gap_due = None
        node.held.clear()
        node.aliases.clear()
        node.sessions = sessions_of(payload)
        node.took((payload.seq or 0) % SEQUENCE)
        node.devices_due = now + self._reorder_s if len(node.devices) > 1 else None
        self._birth(node, "", payload, at, out)

    def _in_turn(
        self, node: Node, address: Address, payload: Payload, times: tuple[float, int], out: Outcome
    ) -> None:
        """Apply a message if it is its turn, with those held for it; else hold it for a while."""
        if payload.seq is None or payload.seq >= SEQUENCE:
            out.faults.append((f"{address.source} seq", "missing"))
            self._apply(node, address, payload, times, out)
            return
        ahead = node.ahead(payload.seq)
        if ahead > 0:
            node.held[payload.seq] = (address, payload)
            node.gap_due = node.gap_due or times[0] + self._reorder_s
            return
        if ahead < 0:
            # Late, twice, or a node that does not count: its values have their own times, so they are taken.
            out.faults.append((f"{address.source} seq", "out_of_order"))
            self._apply(node, address, payload, times, out)
            return
        node.took(payload.seq)
        self._apply(node, address, payload, times, out)
        while (held := node.in_turn()) is not None:
            self._apply(node, *held, times, out)
        if not node.held:
            node.gap_due = None

    def _apply(
        self, node: Node, address: Address, payload: Payload, times: tuple[float, int], out: Outcome
    ) -> None:
        now, at = times
        if address.kind == "DBIRTH":
            self._birth(node, address.device, payload, at, out)
            return
        device = node.devices.get(address.device)
        if address.kind == "DDEATH":
            if device is not None and device.online:
                self._device_death(device, at, out)
        elif device is None or not device.online:
            self._unborn(address, now, out)
        else:
            self._data(node, address, device, payload, now, out)

    def _birth(self, node: Node, name: str, payload: Payload, at: int, out: Outcome) -> None:
        """A birth declares all points of a device anew and says all their values (clause 6.4.19)."""
        if name not in node.devices and len(node.devices) >= MOST_DEVICES:
            raise DecodeError(node.device("").source[:80], "too_many")
        device = node.device(name)
        before, device.points = device.points, {}
        self._points -= len(before)
        device.born, device.online = node.births, True
        for metric in _flat(payload.metrics):
            if not metric.name or metric.name == BDSEQ:
                continue
            if self._points >= MOST_POINTS:
                out.faults.append((device.source, "too_many"))
                break
            old = before.get(metric.name)
            point = Point(metric.datatype, metric.unit, metric.alias, at=old.at if old else 0)
            if metric.name not in device.points:
                self._points += 1
            device.points[metric.name] = point
            if metric.alias is not None:
                node.aliases[metric.alias] = (name, metric.name)
            self._read((device, metric.name, point), metric, payload, out, reborn=True)
            offer = offer_of(device.source, node.device("").source, metric)
            if offer is not None:
                out.offers.append(offer)
        out.whole.append(device.source)
        gone = {path: point for path, point in before.items() if path not in device.points}
        out.readings += [_stale(device.source, path, point, at) for path, point in gone.items()]

    def _data(
        self, node: Node, address: Address, device: Device, payload: Payload, now: float, out: Outcome
    ) -> None:
        for metric in _flat(payload.metrics):
            if metric.name == BDSEQ:
                continue
            owner, name = device, metric.name
            if not name and metric.alias is not None:
                named = node.aliases.get(metric.alias, (address.device, ""))
                owner, name = node.device(named[0]), named[1]
            point = owner.points.get(name)
            if point is None:
                out.faults.append((f"{device.source} {name or metric.alias}"[:120], "not_declared"))
                self._ask(node, now, out)
            else:
                self._read((owner, name, point), metric, payload, out)

    @staticmethod
    def _read(
        named: tuple[Device, str, Point],
        metric: Metric,
        payload: Payload,
        out: Outcome,
        *,
        reborn: bool = False,
    ) -> None:
        device, name, point = named
        try:
            value = typed(metric, metric.datatype or point.datatype)
        except DecodeError as error:
            out.faults.append((f"{device.source} {error.where}"[:120], error.reason))
            return
        if value is None and not metric.null:
            return
        at = min((metric.at or payload.at) * MS, LAST_AT - 1)
        if reborn and at and at <= point.at:
            # The value may be as old as it says; that it holds is as new as the birth.
            at = point.at + 1
        quality = Quality.GOOD if metric.quality is None else _quality(metric.quality)
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            value, quality = math.nan, Quality.BAD
        row = Reading(device.source, name, value, at, quality)
        out.readings.append(row)
        if not metric.historical:
            point.value, point.at = (None if quality is Quality.BAD else value), max(at, point.at)
            out.news.append(row)

    def _node_death(self, node: Node, at: int, out: Outcome) -> None:
        node.online = False
        node.held.clear()
        node.aliases.clear()
        node.gap_due = node.devices_due = None
        for device in node.devices.values():
            if device.online:
                self._device_death(device, at, out)

    @staticmethod
    def _device_death(device: Device, at: int, out: Outcome) -> None:
        device.online = False
        out.died.append(device.source)
        out.readings += [_stale(device.source, name, point, at) for name, point in device.points.items()]

    @staticmethod
    def _is_of_session(node: Node, payload: Payload) -> bool:
        """Whether a death is of the present session: an old will may come after a new birth (clause 6.4.20)."""
        told = sessions_of(payload)
        return not told or not node.sessions or bool(told & node.sessions)

    def _unborn(self, address: Address, now: float, out: Outcome) -> None:
        key = (address.group, address.edge)
        if key not in self._nodes and len(self._nodes) >= MOST_NODES:
            raise DecodeError(address.source[:80], "too_many")
        self._ask(self._nodes.setdefault(key, Node(*key)), now, out)

    def _ask(self, node: Node, now: float, out: Outcome) -> None:
        """Ask for a rebirth, but not again before the last one had its time."""
        if self._rebirths and (node.asked_at is None or now - node.asked_at >= self._again_s):
            node.asked_at = now
            out.rebirths.append((node.group, node.edge))


def sessions_of(payload: Payload) -> frozenset[int]:
    """Every bdSeq in a payload."""
    return frozenset(
        metric.value for metric in payload.metrics if metric.name == BDSEQ and type(metric.value) is int
    )


def _flat(metrics: list[Metric], prefix: str = "") -> list[Metric]:
    """Metrics, those of templates under the name of their template."""
    found: list[Metric] = []
    for metric in metrics:
        name = f"{prefix}{metric.name}" if metric.name else ""
        if metric.members:
            found += _flat(list(metric.members), f"{name}/" if name else prefix)
        else:
            found.append(metric if name == metric.name else _renamed(metric, name))
    return found


def _renamed(metric: Metric, name: str) -> Metric:
    return Metric(
        name=name,
        alias=metric.alias,
        at=metric.at,
        datatype=metric.datatype,
        historical=metric.historical,
        null=metric.null,
        value=metric.value,
        unit=metric.unit,
        label=metric.label,
        low=metric.low,
        high=metric.high,
        quality=metric.quality,
    )


def _quality(code: int) -> Quality:
    known = _QUALITIES.get(code)
    if known is not None:
        return known
    return Quality.GOOD if code >= 192 else Quality.UNCERTAIN if code >= 64 else Quality.BAD


def _stale(source: str, name: str, point: Point, at: int) -> Reading:
    """The last value, said to be no longer true; its time is a moment after the value's, by the node's clock."""
    when = point.at = min(point.at + 1, LAST_AT) if point.at else at
    if point.value is None:
        return Reading(source, name, math.nan, when, Quality.BAD)
    return Reading(source, name, point.value, when, Quality.STALE)
