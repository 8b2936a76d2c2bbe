"""The handover desk with the parts of a hub that it asks, and those that ask it."""

from __future__ import annotations

from dataclasses import dataclass

from console.core.alarm.facts import AlarmFact
from console.core.catalogue import Catalogue
from console.core.handover.facts import Duty, Party
from console.core.values import LatestValues
from console.hub.alarms import AlarmService
from console.hub.backbone.base import Backbone
from console.hub.clock import Clock
from console.hub.control_desk import ControlDesk
from console.hub.feeddesk import FeedDesk
from console.hub.handover.desk import HandoverDesk, Responsibility
from console.hub.handover.sources import Collector, Sources
from console.hub.people.sessions import Sessions
from console.hub.ring import EventRing


@dataclass(frozen=True, slots=True)
class Ground:
    """What every service of a hub stands on."""

    backbone: Backbone
    ring: EventRing
    clock: Clock


def open_handovers(
    catalogue: Catalogue,
    latest: LatestValues,
    alarms: AlarmService,
    control: ControlDesk,
    feeds: FeedDesk,
    ground: Ground,
) -> HandoverDesk:
    """A handover desk over the facts of a hub; whoever is on duty is told alarms that nobody acknowledges."""
    sources = Sources(
        alarms=alarms.facts,
        maintenance=alarms.maintenance,
        redefined=alarms.redefined,
        tags=control.tags.facts,
        commands=control.broker.facts,
        runs=control.procedures.facts,
        feeds=feeds.facts,
    )
    collector = Collector(catalogue, sources, latest, ground.clock)
    moves = Responsibility(control.areas, control.procedures)
    desk = HandoverDesk(catalogue, collector, moves, ground.backbone, ground.ring, ground.clock)
    alarms.on_duty = OnDuty(catalogue, desk).of_alarm
    return desk


class OnDuty:
    """Who is told of an alarm that nobody acknowledges."""

    def __init__(self, catalogue: Catalogue, desk: HandoverDesk) -> None:
        self._catalogue = catalogue
        self._desk = desk

    def of_alarm(self, fact: AlarmFact) -> str:
        """The account that answers for the alarm's area; empty before its first handover."""
        duty: Duty | None = self._desk.duty_of(self._catalogue.alarms[fact.alarm].asset.area)
        return "" if duty is None else duty.who


def follow_sessions(desk: HandoverDesk, sessions: Sessions) -> None:
    """The desk hears who leaves, and can ask who is here."""

    def here(party: Party) -> bool:
        if party.passwordless:
            return sessions.here(party.who, party.station)
        return sessions.here(party.human)

    def ended(session: str) -> None:
        # One that is still known may only not control any more: its person does so at another console.
        if sessions.find(session) is None:
            desk.session_ended(session)

    desk.here = here
    sessions.ended.append(ended)
