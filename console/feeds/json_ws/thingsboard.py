"""ThingsBoard's WebSocket (`/api/ws`): one message signs in and subscribes, updates bring series; pure.

Numbers arrive as texts, and the newest value of a series comes first.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import DeviceCommand, FeedDown, Reading
from console.feeds.json_guard import load_object
from console.feeds.json_ws.codec import Decoded, number_in
from console.feeds.times import read_time

Tree = dict[str, object]
UNAUTHORISED = 3
"""ThingsBoard's code for a token that is wrong, has run out, or may not see the device."""


class ThingsBoard:
    """Latest telemetry of devices; `devices` are names by ThingsBoard's id."""

    subprotocols: tuple[str, ...] = ()

    def __init__(self, devices: Mapping[str, str]) -> None:
        self._devices = tuple(devices.items())

    def opening(self, token: str) -> list[str]:
        """As Dialect."""
        commands = [
            {
                "cmdId": index,
                "type": "TIMESERIES",
                "entityType": "DEVICE",
                "entityId": device,
                "scope": "LATEST_TELEMETRY",
            }
            for index, (device, _) in enumerate(self._devices, 1)
        ]
        return [json.dumps({"authCmd": {"cmdId": 0, "token": token}, "cmds": commands})]

    def read(self, frame: bytes | str, limit: int) -> Decoded:
        """As Dialect."""
        tree, out = load_object(frame, limit), Decoded()
        number = tree.get("subscriptionId", tree.get("cmdId"))
        code = tree.get("errorCode", 0)
        if code:
            message = str(tree.get("errorMsg"))[:120]
            if code == UNAUTHORISED or number == 0:
                out.refused = f"{code} {message}"
                return out
            raise DecodeError(f"subscription {number}", "subscription", message)
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= len(self._devices):
            raise DecodeError("subscriptionId", "missing")
        data = tree.get("data")
        if not isinstance(data, dict):
            raise DecodeError("data", "wrong_type")
        out.data = True
        source = self._devices[number - 1][1]
        for key, series in cast("Tree", data).items():
            _series(source, key, series, out)
        return out

    def write(self, command: DeviceCommand) -> str:
        """As Dialect: this socket only reports."""
        raise FeedDown("no_commands", command.path)


def _series(source: str, key: str, series: object, out: Decoded) -> None:
    """Values of one key, oldest first."""
    rows = cast("list[object]", series) if isinstance(series, list) else [None]
    for row in reversed(rows):
        pair = cast("list[object]", row) if isinstance(row, list) else []
        if len(pair) < 2:
            out.faults.append((f"data.{key}", "wrong_type"))
            continue
        try:
            at = read_time(pair[0], None, f"data.{key}")
        except DecodeError as error:
            out.faults.append((error.where, error.reason))
            continue
        if pair[1] is None or pair[1] == "":
            out.readings.append(Reading(source, key, math.nan, at, Quality.BAD))
        else:
            out.readings.append(Reading(source, key, number_in(pair[1]), at))
