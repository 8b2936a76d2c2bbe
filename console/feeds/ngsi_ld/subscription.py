"""A subscription as it is asked for, and as a broker says that it stands; pure (clauses 5.2.12 and 5.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from console.core.errors import DecodeError
from console.feeds.ngsi_ld.selection import Selection
from console.feeds.times import NS, read_time

Tree = dict[str, object]
GEOJSON = "geojson"
FORMATS = ("normalized", "concise", "simplified", "keyValues", GEOJSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a broker delivers, and what it is told beside the address; pairs of key and value."""

    uri: str
    receiver: tuple[tuple[str, str], ...] = ()
    notifier: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a subscription is to be."""

    id: str
    name: str
    watched: tuple[str, ...] = ()
    """Only changes of these attributes are told; empty: of any."""
    attributes: tuple[str, ...] = ()
    """Attributes in a notification; empty: all."""
    q: str = ""
    format: str = "normalized"
    throttling_s: float = 0.0
    lease_s: float = 0.0
    """It ends by itself if it is not renewed in this time; 0: it never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a broker says of a subscription."""

    why: str = ""
    """Why it does not deliver: a key of the words `feeds.why`; empty if it does."""
    detail: str = ""
    failed: int = -1
    """Notifications that the broker could not deliver, -1 if it does not count them."""
    expires_at: int = 0
    """UTC ns, 0 for never."""


def body(wanted: Wanted, selection: Selection, endpoint: Endpoint, at: int) -> Tree:
    """The subscription at UTC ns `at`."""
    told: Tree = {"uri": endpoint.uri, "accept": "application/json"}
    if wanted.format == GEOJSON:
        told["accept"] = "application/geo+json"
    for name, pairs in (("receiverInfo", endpoint.receiver), ("notifierInfo", endpoint.notifier)):
        if pairs:
            told[name] = [{"key": key, "value": value} for key, value in pairs]
    notification: Tree = {
        "format": "normalized" if wanted.format == GEOJSON else wanted.format,
        "endpoint": told,
    }
    if wanted.attributes:
        notification["attributes"] = list(wanted.attributes)
    made: Tree = {
        "id": wanted.id,
        "type": "Subscription",
        "subscriptionName": wanted.name,
        "entities": selection.entities(),
        "isActive": True,
        "notification": notification,
    }
    if wanted.watched:
        made["watchedAttributes"] = list(wanted.watched)
    if wanted.q:
        made["q"] = wanted.q
    if wanted.throttling_s:
        made["throttling"] = _whole(wanted.throttling_s)
    return made | lease(wanted, at)


def changes(whole: Tree) -> Tree:
    """The part of a subscription that may be changed (clause 5.8.2)."""
    return {name: value for name, value in whole.items() if name not in ("id", "type")}


def lease(wanted: Wanted, at: int) -> Tree:
    """When it ends if it is not renewed."""
    return {"expiresAt": written(at + round(wanted.lease_s * NS))} if wanted.lease_s else {}


def written(at: int) -> str:
    """UTC ns as brokers read it, in milliseconds."""
    moment = datetime.fromtimestamp(at // NS, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % NS // 1_000_000:03d}Z"


def read_standing(tree: object, uri: str, at: int) -> Standing:
    """How a subscription stands at UTC ns `at`, if it is to deliver to `uri`. Raises DecodeError."""
    if not isinstance(tree, dict):
        raise DecodeError("subscription", "not_an_object")
    node = cast("Tree", tree)
    notification = _object(node.get("notification"))
    failed = notification.get("timesFailed")
    expires_at = _time(node.get("expiresAt", node.get("expires")))
    found = Standing(
        failed=failed if isinstance(failed, int) and not isinstance(failed, bool) else -1,
        expires_at=expires_at,
    )
    why, detail = _fault(node, notification, uri)
    if not why and 0 < expires_at <= at:
        why, detail = "subscription_expired", written(expires_at)
    return Standing(why=why, detail=detail, failed=found.failed, expires_at=found.expires_at)


def _fault(node: Tree, notification: Tree, uri: str) -> tuple[str, str]:
    status = str(node.get("status", "")).lower()
    if status == "expired":
        return "subscription_expired", str(node.get("expiresAt", ""))[:40]
    if status in ("paused", "inactive", "failed") or node.get("isActive") is False:
        return "subscription_paused", status
    delivers_to = _object(notification.get("endpoint")).get("uri", uri)
    if delivers_to != uri:
        return "subscription_changed", ""
    if str(notification.get("status", "")).lower() == "failed":
        return "notify_failed", str(notification.get("lastFailure", ""))[:40]
    return "", ""


def read_location(location: str) -> str:
    """Id of a subscription from the header that says where it was made; empty if it says none."""
    path = location.partition("?")[0].rstrip("/")
    return path.rpartition("/")[2].replace("%3A", ":").replace("%3a", ":")


def _object(node: object) -> Tree:
    return cast("Tree", node) if isinstance(node, dict) else {}


def _time(value: object) -> int:
    """UTC ns; 0 for none, and for what cannot be read: a lease that is not understood is renewed by ours."""
    try:
        return read_time(value) if value is not None else 0
    except DecodeError:
        return 0


def _whole(seconds: float) -> int | float:
    return int(seconds) if seconds.is_integer() else seconds
