"""What the sound of a seat means for others: the hub is told of its loss, and a lost link is heard (HMI-20)."""

from __future__ import annotations

import pytest

from console.client.link_fact import LinkFact, LinkState
from console.desk.office import Office
from console.desk.seat_sound import LinkTone, SoundReport
from console.wire.messages import Asked, ReportSound

LIVE = LinkFact(state=LinkState.LIVE)
LOST = LinkFact(state=LinkState.LOST, frozen_at_ns=1)


class Ear:
    """A loudspeaker that can be pulled out."""

    def __init__(self) -> None:
        self.present = True
        self.name = "Test speaker"
        self.heard: list[int] = []

    def play(self, priority: int) -> None:
        self.heard.append(priority)

    def stop(self) -> None:
        """Nothing plays."""

    def set_volume(self, volume: float) -> None:
        """As loud as it is."""


@pytest.fixture
def sent(live_office: Office) -> list[Asked]:
    found: list[Asked] = []
    live_office.acts.attach(found.append)
    return found


def reports(sent: list[Asked]) -> list[tuple[bool, str]]:
    return [(m.audible, m.why) for m in sent if isinstance(m, ReportSound)]


def test_loss_and_return_of_the_device_are_reported_once(live_office: Office, sent: list[Asked]) -> None:
    ear = Ear()
    live_office.annunciator.attach(ear)
    report = SoundReport(live_office)
    assert reports(sent) == []
    ear.present = False
    live_office.annunciator.device_changed()
    live_office.annunciator.device_changed()
    ear.present = True
    live_office.annunciator.device_changed()
    assert reports(sent) == [(False, "none"), (True, "")]
    assert report.parent() is None


def test_a_person_who_turns_the_sound_off_is_reported_too(live_office: Office, sent: list[Asked]) -> None:
    live_office.annunciator.attach(Ear())
    report = SoundReport(live_office)
    live_office.settings.put("sound", False)
    live_office.settings.put("sound", True)
    assert reports(sent) == [(False, "off"), (True, "")]
    assert report is not None


def test_after_a_reconnection_the_hub_is_told_again(live_office: Office, sent: list[Asked]) -> None:
    """The hub forgets a seat that left; one that is still without sound says so anew."""
    ear = Ear()
    ear.present = False
    live_office.annunciator.attach(ear)
    report = SoundReport(live_office)
    live_office.link.push(LOST)
    live_office.link.push(LIVE)
    assert reports(sent) == [(False, "none"), (False, "none")]
    assert report is not None


def test_a_lost_link_is_heard_until_somebody_has_heard_it(live_office: Office) -> None:
    ear = Ear()
    live_office.annunciator.attach(ear)
    tone = LinkTone(live_office)
    live_office.link.push(LOST)
    assert (ear.heard, tone.calling) == ([0], True)
    live_office.actions.use("alarms.silence")
    assert not tone.calling
    live_office.link.push(LinkFact(state=LinkState.CONNECTING))
    live_office.link.push(LOST)
    # Still the same loss: it was heard.
    assert ear.heard == [0]
    live_office.link.push(LIVE)
    live_office.link.push(LOST)
    assert ear.heard == [0, 0]
    live_office.link.push(LIVE)
    assert not tone.calling


def test_a_link_that_was_never_there_is_not_lost(office: Office) -> None:
    ear = Ear()
    office.annunciator.attach(ear)
    tone = LinkTone(office)
    office.link.push(LinkFact(state=LinkState.CONNECTING))
    assert (ear.heard, tone.calling) == ([], False)


def test_without_sound_a_lost_link_is_not_played(live_office: Office) -> None:
    ear = Ear()
    live_office.annunciator.attach(ear)
    live_office.settings.put("sound", False)
    tone = LinkTone(live_office)
    live_office.link.push(LOST)
    assert ear.heard == []
    assert tone.calling
