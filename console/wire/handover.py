"""Messages about shift handovers, in both directions."""

from __future__ import annotations

from console.core.handover.facts import Duty, HandoverFact, Seen
from console.wire.base import Asked, Message


class DraftHandover(Asked, frozen=True, kw_only=True):
    """Begin the handover of some areas; the subject of the answer is its id."""

    request: str
    areas: tuple[str, ...]
    name: str = ""
    """Who hands over, where a single seat knows no accounts."""


class ActOnHandover(Asked, frozen=True, kw_only=True):
    """What a person does with a handover: offer, withdraw, remark, answer; take_up, give_back, ask, object, refuse."""

    request: str
    handover: str
    act: str
    key: str = ""
    """The item it is about; empty with `remark`: the whole handover."""
    mark: str = ""
    """With `object`: the item as it was seen."""
    text: str = ""
    to: str = ""
    """With `offer`: the account it is offered to; empty: whoever comes."""
    name: str = ""
    """With `take_up`: who takes over, where a single seat knows no accounts."""


class AcceptHandoverItems(Asked, frozen=True, kw_only=True):
    """Accept items as they were seen, or take that back; each is answered by itself."""

    request: str
    handover: str
    seen: tuple[Seen, ...]
    accepted: bool = True


class SignHandover(Asked, frozen=True, kw_only=True):
    """Sign the list with this digest, proved by the password (or a step-up a short while ago)."""

    request: str
    handover: str
    digest: str
    password: str = ""
    name: str = ""
    """Who signs, where a single seat knows no accounts."""


class QueryHandovers(Asked, frozen=True, kw_only=True):
    """Ask for one handover with its items, or (empty) for those that are over, newest first."""

    request: str
    handover: str = ""
    before: int = 0
    """Only those drafted before this time (UTC ns); 0: from the newest."""
    limit: int = 50


class HandoversChanged(Message, frozen=True, kw_only=True):
    """Handovers as they are now; open ones with their items. `duties`: who answers for some areas from now on."""

    sequence: int
    handovers: tuple[HandoverFact, ...]
    duties: tuple[Duty, ...] = ()


class HandoversReply(Message, frozen=True, kw_only=True):
    """Answer to QueryHandovers."""

    request: str
    handovers: tuple[HandoverFact, ...]
    more: bool = False
    """There are older ones."""
    reason: str = ""
    """Empty, or why the query was refused."""
