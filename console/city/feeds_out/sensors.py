"""City sensors as NGSI-LD entities over an event socket like that of the City Data Hub dashboard.

The reader subscribes with `{"subscriptionId", "entityIds": [...] | null}` and gets one notification per entity, whose
`id` is the entity's (as that dashboard has it). Every fifth notification writes its times with a comma, as its
samples do. Orders are our own extension, described in the README of this room.
"""

from __future__ import annotations

from console.city.chance import Chance
from console.city.device import Device, Point, Verdict
from console.city.feeds_out.client import Client
from console.city.feeds_out.schedule import Group
from console.city.feeds_out.server import FeedServer, Tree, as_tree, branch, dumps, rows, seoul_now

CONTEXT = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"
COMMA_EVERY = 5
MAX_SUBSCRIPTIONS = 16
SLOW_S = 5.0
"""An order that takes longer is first answered with 202, and again when it is done."""
_STATUS = {
    Verdict.UNKNOWN: 404,
    Verdict.RANGE: 400,
    Verdict.CONFLICT: 409,
    Verdict.LOCKED: 423,
    Verdict.BUSY: 503,
}

Subscriptions = dict[str, frozenset[str] | None]


def entity_id(device: Device) -> str:
    """NGSI-LD name of a device."""
    return f"urn:ngsi-ld:{device.place.kind}:{device.place.id}"


def entity(device: Device, points: tuple[Point, ...], at: str, whole: bool) -> Tree:
    """A normalized entity with these attributes; the whole one also tells where it stands."""
    values = device.values()
    tree: Tree = {"id": entity_id(device), "type": device.place.kind}
    for point in points:
        attribute: dict[str, object] = {"type": "Property", "value": values[point.path], "observedAt": at}
        if point.unit:
            attribute["unitCode"] = point.unit
        tree[point.path] = attribute
    if whole:
        where = {"type": "Point", "coordinates": [device.place.lon, device.place.lat]}
        tree["location"] = {"type": "GeoProperty", "value": where}
        tree["@context"] = CONTEXT
    return tree


class SensorServer(FeedServer):
    """`/events`."""

    path = "/events"

    def __init__(self, devices: list[Device], chance: Chance, speed: float = 1.0) -> None:
        super().__init__(devices, chance, speed)
        self._subscriptions: dict[Client, Subscriptions] = {}
        self._by_id = {entity_id(device): device for device in devices}
        self._sent = 0

    def joined(self, client: Client, path: str) -> None:
        """Nothing is sent before a subscription."""
        self._subscriptions[client] = {}

    def left(self, client: Client) -> None:
        """A subscription lives and dies with its socket."""
        self._subscriptions.pop(client, None)

    def received(self, client: Client, message: str | bytes) -> None:
        """A subscription or an attribute patch; anything else is left unanswered, as the real one does."""
        tree = as_tree(message)
        if tree is None:
            return
        if tree.get("type") == "AttributePatch":
            self._patch(client, tree)
        elif isinstance(tree.get("subscriptionId"), str):
            self._subscribe(client, str(tree["subscriptionId"]), tree.get("entityIds"))

    def _subscribe(self, client: Client, name: str, entities: object) -> None:
        mine = self._subscriptions[client]
        if name not in mine and len(mine) >= MAX_SUBSCRIPTIONS:
            return
        listed = rows(entities)
        wanted = None if listed is None else frozenset(str(one) for one in listed)
        mine[name] = wanted
        for device in self.devices:
            if wanted is None or entity_id(device) in wanted:
                client.send(self._frame(device, device.points, name, whole=True))

    def send_group(self, group: Group) -> None:
        """One notification for each subscription that wants the entity."""
        device, points = group
        name = entity_id(device)
        for client, subscriptions in list(self._subscriptions.items()):
            for subscription, wanted in subscriptions.items():
                if wanted is None or name in wanted:
                    client.send(self._frame(device, points, subscription, whole=False))

    def _frame(self, device: Device, points: tuple[Point, ...], subscription: str, whole: bool) -> str:
        self._sent += 1
        at = seoul_now().isoformat(timespec="milliseconds")
        # "2026-11-22T16:00:00,000+09:00": allowed by ISO 8601 and met in the wild.
        written = at.replace(".", ",") if self._sent % COMMA_EVERY == 0 else at
        return dumps(
            {
                "id": entity_id(device),
                "subscriptionId": subscription,
                "notifiedAt": at,
                "data": [entity(device, points, written, whole)],
            }
        )

    def _patch(self, client: Client, tree: Tree) -> None:
        request, name, attribute = tree.get("requestId"), tree.get("entityId"), tree.get("attrName")
        if not isinstance(request, str):
            return
        value = branch(tree.get("value"))
        device = self._by_id.get(name) if isinstance(name, str) else None
        if not isinstance(attribute, str) or value is None or "value" not in value:
            client.send(_result(request, 400, "entityId, attrName and a Property are needed"))
            return
        if device is None:
            client.send(_result(request, 404, "no such entity"))
            return
        test = tree.get("test") is True
        answer = device.asked(attribute, value["value"], test=test)
        if answer.verdict is Verdict.SILENT:
            return
        if answer.verdict is not Verdict.TAKEN:
            client.send(_result(request, _STATUS[answer.verdict], answer.why, test))
        elif answer.takes_s < SLOW_S or test:
            client.send(_result(request, 204, "", test))
        else:
            client.send(_result(request, 202, "accepted, the device is slow"))
            self.later(answer.takes_s + 0.5, client, _result(request, 204, ""))


def _result(request: str, status: int, title: str, test: bool = False) -> str:
    result: Tree = {"type": "AttributePatchResult", "requestId": request, "status": status, "title": title}
    return dumps(result | {"test": True} if test else result)
