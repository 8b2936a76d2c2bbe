"""Scouts of our own rooms, by adapter; in the order in which first frames are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from console.feeds.ais.scout import SCOUT as AIS
from console.feeds.columns.scout import SCOUT as COLUMNS
from console.feeds.json_ws.scout import SCOUT as JSON_WS
from console.feeds.mqtt.scout import SCOUT as MQTT
from console.feeds.ngsi_ld.scout import SCOUT as NGSI_LD
from console.feeds.onem2m.scout import SCOUT as ONEM2M
from console.feeds.opcua.scout import SCOUT as OPCUA
from console.feeds.rest.scout import SCOUT as REST
from console.feeds.scout import PlainScout, Scout
from console.feeds.signal_k.scout import SCOUT as SIGNAL_K

SCOUTS: Mapping[str, Scout] = {
    "columns": COLUMNS,
    "signal_k": SIGNAL_K,
    "ngsi_ld": NGSI_LD,
    "ais": AIS,
    "json_ws": JSON_WS,
    "mqtt": MQTT,
    "rest": REST,
    "opcua": OPCUA,
    "onem2m": ONEM2M,
}
_PLAIN = PlainScout()


def scout_of(adapter: str) -> Scout:
    """The scout of an adapter; a plain one for who offers none."""
    return SCOUTS.get(adapter, _PLAIN)


def adapter_of(frames: Sequence[bytes | str]) -> str:
    """The adapter whose frames these are; empty if none claims them."""
    return next((name for name, scout in SCOUTS.items() if scout.claims(frames)), "")
