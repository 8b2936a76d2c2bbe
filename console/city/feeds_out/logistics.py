"""Port and logistics as Signal K deltas: ships as AIS would tell them, terminals as facilities, trucks as vehicles.

Signal K 1.7: hello, subscriptions by context and path with a period, deltas in SI units, PUT with request states.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from console.city.chance import Chance
from console.city.device import Answer, Device, Point, Value, Verdict
from console.city.feeds_out.client import Client
from console.city.feeds_out.schedule import Group
from console.city.feeds_out.server import FeedServer, Tree, as_tree, branch, dumps, utc_text
from console.city.feeds_out.subscription import ALL, Subscription, read_subscriptions
from console.city.physics.trucks import Truck
from console.city.physics.vessels import SHIP_TYPES, Vessel

SELF = "facilities.urn:mrn:gwanje:port-authority"
MAX_SUBSCRIPTIONS = 256
STATIC_EVERY_S = 60.0
_CODES = {
    Verdict.UNKNOWN: 405,
    Verdict.RANGE: 400,
    Verdict.CONFLICT: 409,
    Verdict.LOCKED: 403,
    Verdict.BUSY: 503,
}


def context_of(device: Device) -> str:
    """Signal K context of a device."""
    if isinstance(device, Vessel | Truck):
        return device.place.id
    return f"facilities.urn:mrn:gwanje:asset:{device.place.id}"


def _source(device: Device) -> tuple[str, dict[str, str]]:
    if isinstance(device, Vessel):
        return "ais.AI", {"label": "ais", "type": "NMEA0183", "sentence": "VDM", "talker": "AI"}
    if isinstance(device, Truck):
        return "fleet.gps", {"label": "fleet", "type": "gateway"}
    return "tos.port", {"label": "tos", "type": "gateway"}


def _signal_k(value: Value) -> object:
    """A value as Signal K writes it."""
    return {"latitude": value[0], "longitude": value[1]} if isinstance(value, tuple) else value


def _fixed(device: Device) -> list[Tree]:
    """Static data of a mover; facilities have none."""
    if isinstance(device, Vessel):
        ship = device.ship
        values: list[Tree] = [
            {"path": "", "value": {"mmsi": ship.mmsi, "name": ship.name}},
            {"path": "design.aisShipType", "value": {"id": ship.kind, "name": SHIP_TYPES[ship.kind]}},
            {"path": "design.length", "value": {"overall": ship.length_m}},
        ]
        if ship.callsign:
            values.append({"path": "", "value": {"communication": {"callsignVhf": ship.callsign}}})
        if ship.destination:
            values.append({"path": "navigation.destination.commonName", "value": ship.destination})
        return values
    if isinstance(device, Truck):
        name = f"TRUCK-{device.lorry.number:02d}"
        return [{"path": "", "value": {"name": name}}, {"path": "plate", "value": device.lorry.plate}]
    return []


class LogisticsServer(FeedServer):
    """`/signalk/v1/stream`."""

    path = "/signalk/v1/stream"

    def __init__(self, devices: list[Device], chance: Chance, speed: float = 1.0) -> None:
        super().__init__(devices, chance, speed)
        self._by_context = {context_of(device): device for device in devices}
        self._subscriptions: dict[Client, list[Subscription]] = {}
        self._next_static = STATIC_EVERY_S
        self._now = 0.0

    def joined(self, client: Client, path: str) -> None:
        """Say hello, and begin with what the query asks for: self (nothing here), all or none."""
        client.send(
            dumps({"name": "busan-logistics", "version": "2.23.0", "self": SELF, "roles": ["master", "main"],
                   "timestamp": utc_text()})
        )  # fmt: skip
        wanted = parse_qs(urlsplit(path).query).get("subscribe", ["self"])[0]
        self._subscriptions[client] = [ALL] if wanted == "all" else []
        if wanted == "all":
            self._send_cached(client, [ALL])

    def left(self, client: Client) -> None:
        """Forget its subscriptions."""
        self._subscriptions.pop(client, None)

    def received(self, client: Client, message: str | bytes) -> None:
        """Subscribe, unsubscribe or PUT."""
        tree = as_tree(message)
        if tree is None:
            return
        if "put" in tree:
            self._put(client, tree)
            return
        mine = self._subscriptions[client]
        if "unsubscribe" in tree:
            gone = read_subscriptions(tree, "unsubscribe", SELF)
            mine[:] = [one for one in mine if not any(other.covers(one) for other in gone)]
        new = read_subscriptions(tree, "subscribe", SELF)[: MAX_SUBSCRIPTIONS - len(mine)]
        mine.extend(new)
        if new:
            self._send_cached(client, new)

    def _send_cached(self, client: Client, subscriptions: list[Subscription]) -> None:
        """A new subscription is answered with the values that are known already."""
        for device in self.devices:
            frame = self._delta(
                device, device.points, lambda path, d=device: _wanted(subscriptions, d, path), True
            )
            if frame:
                client.send(frame)

    def publish(self, now: float) -> None:
        """As all servers, and static data now and then, for readers that came in between."""
        self._now = now
        if now >= self._next_static:
            self._next_static = now + STATIC_EVERY_S
            for device in self.devices:
                if isinstance(device, Vessel | Truck):
                    self._send(device, (), fixed=True)
        super().publish(now)

    def send_group(self, group: Group) -> None:
        """One delta to each reader that wants any of it."""
        self._send(*group, fixed=False)

    def _send(self, device: Device, points: tuple[Point, ...], fixed: bool) -> None:
        """Readers that want everything share one text."""
        shared: str | None = None
        for client, subscriptions in list(self._subscriptions.items()):
            if any(one.everything for one in subscriptions):
                if shared is None:
                    shared = self._delta(device, points, lambda _path: True, fixed)
                client.send(shared)
            elif subscriptions:
                now = self._now
                context = context_of(device)
                frame = self._delta(
                    device,
                    points,
                    lambda path, s=subscriptions, c=context, n=now: any(one.takes(c, path, n) for one in s),
                    fixed,
                )
                if frame:
                    client.send(frame)

    def _delta(
        self, device: Device, points: tuple[Point, ...], wants: Callable[[str], bool], fixed: bool
    ) -> str:
        """A delta of the wanted paths, empty if there are none."""
        known = device.values()
        values: list[Tree] = [
            {"path": point.path, "value": _signal_k(known[point.path])}
            for point in points
            if wants(point.path)
        ]
        if fixed:
            values = [one for one in _fixed(device) if wants(str(one["path"]))] + values
        if not values:
            return ""
        label, source = _source(device)
        update = {"source": source, "$source": label, "timestamp": utc_text(), "values": values}
        return dumps({"context": context_of(device), "updates": [update]})

    def _put(self, client: Client, tree: Tree) -> None:
        request, context, put = tree.get("requestId"), tree.get("context"), branch(tree.get("put"))
        if not isinstance(request, str):
            return
        path = None if put is None else put.get("path")
        if put is None or not isinstance(path, str):
            client.send(_state(request, "COMPLETED", 400, "put needs path and value"))
            return
        device = self._by_context.get(context) if isinstance(context, str) else None
        if device is None:
            client.send(_state(request, "COMPLETED", 404, "no such context"))
            return
        if tree.get("test") is True:
            self._try(client, request, device.trial(path, put.get("value")))
            return
        answer = device.order(path, put.get("value"))
        if answer.verdict is Verdict.SILENT:
            return
        if answer.verdict is Verdict.TAKEN:
            client.send(_state(request, "PENDING", 202, ""))
            self.later(answer.takes_s + 0.5, client, _state(request, "COMPLETED", 200, ""))
        else:
            client.send(_state(request, "COMPLETED", _CODES[answer.verdict], answer.why))

    def _try(self, client: Client, request: str, answer: Answer) -> None:
        """What would be answered, at once and marked as a test."""
        if answer.verdict is not Verdict.SILENT:
            code = 200 if answer.verdict is Verdict.TAKEN else _CODES[answer.verdict]
            client.send(_state(request, "COMPLETED", code, answer.why, test=True))


def _wanted(subscriptions: list[Subscription], device: Device, path: str) -> bool:
    context = context_of(device)
    return any(one.matches(context, path) for one in subscriptions)


def _state(request: str, state: str, code: int, message: str, *, test: bool = False) -> str:
    tree: Tree = {
        "requestId": request,
        "state": state,
        "statusCode": code,
        "timestamp": utc_text(),
    }
    if message:
        tree["message"] = message
    if test:
        tree["test"] = True
    return dumps(tree)
