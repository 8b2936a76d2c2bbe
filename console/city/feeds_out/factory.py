"""Factory machines as their line controllers write them: local time without a zone, nested values, short words.

The format is no standard, which is the point of it: a reader needs a mapping by configuration.
"""

from __future__ import annotations

from console.city.chance import Chance
from console.city.device import Answer, Device, Point, Verdict
from console.city.feeds_out.client import Client
from console.city.feeds_out.schedule import Group
from console.city.feeds_out.server import FeedServer, Tree, as_tree, branch, dumps, seoul_now


def machine_of(device: Device) -> str:
    """Name of a machine."""
    return f"PLC/{device.place.id}"


def local_time() -> str:
    """`2026-11-22 14:03:20,123`."""
    return seoul_now().replace(tzinfo=None).isoformat(" ", "milliseconds").replace(".", ",")


def nested(device: Device, points: tuple[Point, ...]) -> Tree:
    """Values by dotted path as objects inside objects."""
    values = device.values()
    tree: Tree = {}
    for point in points:
        *folders, leaf = point.path.split(".")
        node = tree
        for folder in folders:
            inner = branch(node.get(folder))
            if inner is None:
                inner = {}
                node[folder] = inner
            node = inner
        node[leaf] = values[point.path]
    return tree


class FactoryServer(FeedServer):
    """`/line`."""

    path = "/line"

    def __init__(self, devices: list[Device], chance: Chance, speed: float = 1.0) -> None:
        super().__init__(devices, chance, speed)
        self._by_machine = {machine_of(device): device for device in devices}

    def joined(self, client: Client, path: str) -> None:
        """Everything once, then as it is due."""
        for device in self.devices:
            client.send(self._frame(device, device.points))

    def send_group(self, group: Group) -> None:
        """The same frame to every reader."""
        frame = self._frame(*group)
        for client in self.clients():
            client.send(frame)

    def _frame(self, device: Device, points: tuple[Point, ...]) -> str:
        return dumps({"ts": local_time(), "machine": machine_of(device), "data": nested(device, points)})

    def received(self, client: Client, message: str | bytes) -> None:
        """`{"cmd": "set", "id", "machine", "path", "value"}`, answered with accepted and done, rejected or busy."""
        tree = as_tree(message)
        ack = tree.get("id") if tree is not None else None
        if tree is None or tree.get("cmd") != "set" or not isinstance(ack, str | int):
            return
        machine, path = tree.get("machine"), tree.get("path")
        device = self._by_machine.get(machine) if isinstance(machine, str) else None
        if device is None or not isinstance(path, str):
            client.send(dumps({"ack": ack, "result": "rejected", "why": "no such machine or path"}))
            return
        if tree.get("test") is True:
            self._try(client, ack, device.trial(path, tree.get("value")))
            return
        answer = device.order(path, tree.get("value"))
        if answer.verdict is Verdict.TAKEN:
            client.send(dumps({"ack": ack, "result": "accepted"}))
            self.later(answer.takes_s + 0.5, client, dumps({"ack": ack, "result": "done"}))
        elif answer.verdict is not Verdict.SILENT:
            word = "busy" if answer.verdict is Verdict.BUSY else "rejected"
            client.send(dumps({"ack": ack, "result": word, "why": answer.why}))

    def _try(self, client: Client, ack: str | int, answer: Answer) -> None:
        """What would be answered, at once and marked as a test."""
        if answer.verdict is Verdict.SILENT:
            return
        tree: Tree = {"ack": ack, "result": "done", "test": True}
        if answer.verdict is not Verdict.TAKEN:
            word = "busy" if answer.verdict is Verdict.BUSY else "rejected"
            tree = {"ack": ack, "result": word, "why": answer.why, "test": True}
        client.send(dumps(tree))
