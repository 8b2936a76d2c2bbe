"""Primitives of oneM2M as JSON: requests, responses, notifications and what they carry; pure.

Both directions share one connection, so a request (it has `op`) and a response (it has `rsc`) are told apart
first; a notification may come before the response to the request that caused it. Short names are those of TS-0004
clause 8.2.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.json_guard import load, load_object
from console.feeds.json_paths import find, leaves
from console.feeds.times import read_time

Tree = dict[str, object]
CREATE, RETRIEVE, UPDATE, DELETE, NOTIFY = 1, 2, 3, 4, 5
AE, CIN, SUB = 2, 4, 23
OK, CREATED, DELETED, CHANGED = 2000, 2001, 2002, 2004
NOT_FOUND, CONFLICT, ALREADY_EXISTS = 4004, 4105, 4117
CODES: Mapping[int, str] = {
    1000: "ACCEPTED", 2000: "OK", 2001: "CREATED", 2002: "DELETED", 2004: "UPDATED", 4000: "BAD_REQUEST",
    4001: "RELEASE_VERSION_NOT_SUPPORTED", 4004: "NOT_FOUND", 4005: "OPERATION_NOT_ALLOWED",
    4008: "REQUEST_TIMEOUT", 4015: "UNSUPPORTED_MEDIA_TYPE", 4101: "SUBSCRIPTION_CREATOR_HAS_NO_PRIVILEGE",
    4102: "CONTENTS_UNACCEPTABLE", 4103: "ORIGINATOR_HAS_NO_PRIVILEGE", 4105: "CONFLICT",
    4106: "ORIGINATOR_HAS_NOT_REGISTERED", 4107: "SECURITY_ASSOCIATION_REQUIRED",
    4108: "INVALID_CHILD_RESOURCE_TYPE", 4109: "NO_MEMBERS", 4116: "APP_RULE_VALIDATION_FAILED",
    4117: "ORIGINATOR_HAS_ALREADY_REGISTERED", 4126: "ORIGINATOR_HAS_NOT_REGISTERED",
    5000: "INTERNAL_SERVER_ERROR", 5001: "NOT_IMPLEMENTED", 5103: "TARGET_NOT_REACHABLE",
    5105: "RECEIVER_HAS_NO_PRIVILEGE", 5106: "ALREADY_EXISTS", 5203: "TARGET_NOT_SUBSCRIBABLE",
    5204: "SUBSCRIPTION_VERIFICATION_INITIATION_FAILED", 5205: "SUBSCRIPTION_HOST_HAS_NO_PRIVILEGE",
    5207: "NOT_ACCEPTABLE", 6003: "EXTERNAL_OBJECT_NOT_REACHABLE",
}  # fmt: skip
"""Names of response status codes (TS-0004 clause 6.6)."""
_COMMON = frozenset(
    {"rn", "ty", "ri", "pi", "ct", "lt", "et", "st", "lbl", "acpi", "cnd", "cs", "cnf", "at", "aa", "cr", "dr",
     "or", "hld", "daci", "nl", "ast", "cbs", "cni", "mni", "mbs", "mia"}
)  # fmt: skip
"""Attributes of every resource, which are not what a flexible container was made to carry."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the other side, which waits for a response."""

    op: int
    request_id: str
    sender: str
    to: str
    content: object
    version: str


@dataclass(frozen=True, slots=True)
class Response:
    """What the other side says to a request of ours."""

    request_id: str
    code: int
    content: object = None

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return 2000 <= self.code < 3000

    @property
    def words(self) -> str:
        """Number, name and, where there is one, the explanation."""
        text = f"{self.code} {CODES.get(self.code, '')}".strip()
        told = find("m2m:dbg", self.content, None)
        return f"{text}: {told}"[:200] if isinstance(told, str) else text


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification of a subscription: a resource, a question whether we are there, or the end of it."""

    subscription: str
    """Address of the subscription as its owner writes it."""
    resource: Tree = field(default_factory=dict[str, object])
    """Attributes of the resource that the notification is about."""
    kind: str = ""
    """Type of that resource, such as m2m:cin or a flexible container's own."""
    verifies: bool = False
    ended: bool = False


def read_primitive(frame: bytes | str, limit: int) -> Request | Response:
    """A request or a response; raises DecodeError. Mobius and others wrap it in `m2m:rqp` or `m2m:rsp`."""
    tree = load_object(frame, limit)
    for wrapper in ("m2m:rqp", "m2m:rsp"):
        inner = tree.get(wrapper)
        if isinstance(inner, dict):
            tree = cast("Tree", inner)
    request_id = tree.get("rqi")
    if not isinstance(request_id, (str, int)) or isinstance(request_id, bool):
        raise DecodeError("rqi", "missing" if request_id is None else "wrong_type")
    content = tree.get("pc")
    if "rsc" in tree:
        return Response(str(request_id), _number(tree, "rsc"), content)
    if "op" in tree:
        return Request(
            _number(tree, "op"),
            str(request_id),
            _text(tree, "fr"),
            _text(tree, "to"),
            content,
            _text(tree, "rvi"),
        )
    raise DecodeError("op or rsc", "not_a_primitive")


def _number(tree: Tree, name: str) -> int:
    value = tree[name]
    if isinstance(value, str) and value.isdecimal() and len(value) < 6:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise DecodeError(name, "wrong_type", repr(value)[:80])


def _text(tree: Tree, name: str) -> str:
    value = tree.get(name, "")
    return value if isinstance(value, str) else str(value)


def write_response(request: Request, code: int) -> str:
    """The answer to a request of the other side."""
    told = {"rsc": code, "rqi": request.request_id, "to": request.sender, "fr": request.to}
    return json.dumps(told | ({"rvi": request.version} if request.version else {}))


def read_notices(content: object) -> list[Notice]:
    """Notifications in the content of a request, alone or aggregated; raises DecodeError."""
    tree = cast("Tree", content) if isinstance(content, dict) else {}
    batch = tree.get("m2m:agn")
    if isinstance(batch, (dict, list)):
        listed = cast("Tree", batch).get("m2m:sgn") if isinstance(batch, dict) else cast("object", batch)
        items = cast("list[object]", listed) if isinstance(listed, list) else [listed]
        return [_notice(_inner(item)) for item in items]
    return [_notice(tree.get("m2m:sgn", tree.get("sgn")))]


def _inner(item: object) -> object:
    """Members of an aggregation are bare, or named once more."""
    return cast("Tree", item).get("m2m:sgn", cast("object", item)) if isinstance(item, dict) else item


def _notice(node: object) -> Notice:
    if not isinstance(node, dict):
        raise DecodeError("pc.m2m:sgn", "missing" if node is None else "wrong_type")
    tree = cast("Tree", node)
    subscription = tree.get("sur")
    name = subscription if isinstance(subscription, str) else ""
    if tree.get("vrq") is True or tree.get("sud") is True:
        return Notice(name, verifies=tree.get("vrq") is True, ended=tree.get("sud") is True)
    event = tree.get("nev")
    rep = cast("Tree", event).get("rep") if isinstance(event, dict) else None
    if isinstance(rep, str):  # nct=3 gives only the address of the resource
        raise DecodeError("pc.m2m:sgn.nev.rep", "wrong_type", rep[:80])
    kind, resource = resource_of(rep)
    return Notice(name, resource, kind)


def resource_of(content: object) -> tuple[str, Tree]:
    """Type and attributes of the one resource in some content; raises DecodeError."""
    if isinstance(content, dict):
        for kind, resource in cast("Tree", content).items():
            if isinstance(resource, dict):
                return kind, cast("Tree", resource)
    raise DecodeError("resource", "missing")


def container_of(source: str, path: str) -> str:
    """Address of the container in which a point of the profile stands: what is before the first dot of its path."""
    below = path.split(".", 1)[0]
    return f"{source}/{below}" if below else source


def points_of(container: str, source: str, kind: str, resource: Tree, zone: tzinfo | None) -> list[Reading]:
    """Values of a content instance or a flexible container as readings of `source`; raises DecodeError.

    The path is the container below the source, and the place in the content after a dot.
    """
    at = time_of(resource, zone)
    prefix = container[len(source) + 1 :]
    content: object
    if kind == "m2m:cin":
        content = content_of(resource)
        if not isinstance(content, (dict, list)):
            return [_reading(source, prefix, content, at)]
    else:
        content = {name: value for name, value in resource.items() if name not in _COMMON}
    return [
        _reading(source, f"{prefix}.{path}", value, at)
        for path, value in leaves(cast("object", content)).items()
    ]


def _reading(source: str, path: str, value: object, at: int) -> Reading:
    if isinstance(value, (bool, int, float, str)):
        return Reading(source, path, value, at)
    return Reading(source, path, math.nan, at, Quality.BAD)


def time_of(resource: Tree, zone: tzinfo | None) -> int:
    """UTC ns at which a resource was created or last changed; 0 without.

    Times without a zone are UTC (TS-0004 clause 6.3.3).
    """
    written = resource.get("lt", resource.get("ct"))
    return 0 if written is None else read_time(written, zone or UTC, "ct")


def content_of(resource: Tree) -> object:
    """What a content instance carries: JSON in a string as JSON, digits in a string as a number.

    Raises DecodeError for a base64 content that is none.
    """
    content = resource.get("con")
    if not isinstance(content, str):
        return content
    info = resource.get("cnf")
    if isinstance(info, str) and info.split(":")[1:2] == ["1"]:
        try:
            content = base64.b64decode(content, validate=True).decode()
        except ValueError:  # not base64, or not UTF-8
            raise DecodeError("con", "encoding", content[:80]) from None
    text = content.strip()
    if text[:1] not in "{[-0123456789" and text not in ("true", "false", "null"):
        return content
    try:
        return load(text)
    except DecodeError as error:
        if text[:1] in ("{", "["):
            raise DecodeError(f"con {error.where}", error.reason, text[:80]) from None
        return content  # 2026-11-22, -OFF, 0x1F
