"""What is true of all alarms together is told when it changes, and mere counts of a flood once a second."""

from __future__ import annotations

from console.core.alarm.facts import FloodFact, MaintenanceFact, MuteFact, RedefinedFact
from console.hub.alarm_modes import ModeTeller
from console.hub.ring import EventRing
from console.wire.codec import console_codec, hub_codec
from console.wire.limits import SUBPROTOCOL_JSON
from console.wire.messages import AlarmModesChanged

MAINTENANCE = MaintenanceFact(area="a", by="kim", since=1, until=9, reason="x")
FLOOD = FloodFact(active=True, since=1, count=11, peak=11)


class Told:
    """A teller and what consoles have got of it."""

    def __init__(self) -> None:
        self.ring = EventRing()
        self.redefined: list[RedefinedFact] = []
        self.teller = ModeTeller(self.ring, lambda: self.redefined)
        self._seen = self.ring.sequence

    def messages(self) -> list[AlarmModesChanged]:
        happenings = self.ring.after(self._seen) or []
        self._seen = self.ring.sequence
        hub, console = hub_codec(SUBPROTOCOL_JSON), console_codec(SUBPROTOCOL_JSON)
        found = [console.decode(happening.encoded(hub)) for happening in happenings]
        return [message for message in found if isinstance(message, AlarmModesChanged)]


def test_nothing_is_told_while_nothing_changes() -> None:
    told = Told()
    for now in range(3):
        told.teller.tell([], FloodFact(), float(now))
    assert told.messages() == []
    told.teller.tell([MAINTENANCE], FloodFact(), 3.0)
    told.teller.tell([MAINTENANCE], FloodFact(), 3.1)
    assert [m.maintenance for m in told.messages()] == [(MAINTENANCE,)]


def test_the_counts_of_a_flood_are_told_once_a_second() -> None:
    """10,000 alarms in a minute are not 10,000 messages about their number; the last count is not lost."""
    told = Told()
    for tick in range(25):
        flood = FloodFact(active=True, since=1, count=11 + tick, peak=11 + tick)
        told.teller.tell([], flood, tick * 0.1)
    counts = [message.flood.count for message in told.messages()]
    assert counts == [11, 21, 31]
    told.teller.tell([], FloodFact(active=True, since=1, count=35, peak=35), 3.5)
    assert [message.flood.count for message in told.messages()] == [35]


def test_beginning_and_end_of_a_flood_do_not_wait() -> None:
    told = Told()
    told.teller.tell([], FLOOD, 0.0)
    told.teller.tell([], FloodFact(), 0.1)
    told.teller.tell([], FLOOD, 0.2)
    assert [message.flood.active for message in told.messages()] == [True, False, True]


def test_seats_without_sound_and_changed_definitions_do_not_wait_either() -> None:
    """HMI-20, ALM-13."""
    told = Told()
    told.teller.tell([], FLOOD, 0.0)
    told.teller.set_mute("1", MuteFact(station="s1", user="kim", since=1))
    told.teller.tell([], FLOOD, 0.1)
    told.redefined.append(RedefinedFact(alarm=1, by="lee", at=1, reason="x", changes={"limit": (1.0, 2.0)}))
    told.teller.tell([], FLOOD, 0.2)
    told.teller.set_mute("1", None)
    told.teller.set_mute("2", None)
    told.teller.tell([], FLOOD, 0.3)
    shapes = [(len(m.mute), len(m.redefined)) for m in told.messages()]
    assert shapes == [(0, 0), (1, 0), (1, 1), (0, 1)]
    assert told.teller.mute() == []
