"""What every message of the protocol `gwanje.v1` has."""

from __future__ import annotations

import msgspec

PROTOCOL = 1


class Message(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag=str.lower, forbid_unknown_fields=True
):
    """Base of all messages; the field `t` names its kind."""


class Asked(Message, frozen=True, kw_only=True):
    """Base of all messages to the hub."""

    n: int = 0
    """Counts the messages of one connection upwards; a number that is not above the last one is a replay (SEC-23)."""


class ActResult(msgspec.Struct, frozen=True):
    """What became of one part of an act; `reason` is empty when it was done."""

    subject: str
    reason: str = ""
    detail: str = ""
    """What the reason is about: the interlock that blocks, the limit, the person; plain text, may be empty."""
