"""The ring of events, ids that rise, rates, and the lock of the data directory."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from console.hub.clock import SetClock
from console.hub.datadir import DataDir
from console.hub.failure import DataInUse
from console.hub.ring import KEEP_S, EventRing
from console.hub.seatlimits import MessageRate, PendingConnections
from console.hub.ulid import UlidMaker
from console.wire.codec import hub_codec
from console.wire.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from console.wire.messages import SnapshotDone


def _sequences(ring: EventRing, after: int) -> list[int] | None:
    found = ring.after(after)
    return None if found is None else [h.sequence for h in found]


def test_events_are_found_while_the_ring_holds_them() -> None:
    ring = EventRing(size=3)
    for _ in range(5):
        ring.push(lambda sequence: SnapshotDone(sequence=sequence))
    assert _sequences(ring, 2) == [3, 4, 5]
    assert _sequences(ring, 5) == []
    assert _sequences(ring, 1) is None
    assert _sequences(ring, 6) is None


def test_events_leave_the_ring_when_they_are_old() -> None:
    """A quiet hub must not grow for hours until the ring is full."""
    clock = SetClock()
    ring = EventRing(now=clock.now)
    for _ in range(3):
        ring.push(lambda sequence: SnapshotDone(sequence=sequence))
        clock.move(KEEP_S / 2)
    assert _sequences(ring, 0) == [1, 2, 3]
    clock.move(1.0)
    ring.push(lambda sequence: SnapshotDone(sequence=sequence))
    assert _sequences(ring, 2) == [3, 4]
    assert _sequences(ring, 1) is None


def test_an_event_is_encoded_once_for_each_protocol() -> None:
    ring = EventRing()
    ring.push(lambda sequence: SnapshotDone(sequence=sequence))
    event = (ring.after(0) or [])[0]
    text, binary = hub_codec(SUBPROTOCOL_JSON), hub_codec(SUBPROTOCOL_MSGPACK)
    assert event.encoded(text) is event.encoded(text)
    assert event.encoded(binary) is event.encoded(binary)
    assert event.encoded(text) == '{"t":"snapshotdone","sequence":1}'


def test_listeners_hear_until_they_end() -> None:
    ring = EventRing()
    heard: list[int] = []
    end = ring.listen(lambda: heard.append(ring.sequence))
    ring.push(lambda sequence: SnapshotDone(sequence=sequence))
    end()
    end()
    ring.push(lambda sequence: SnapshotDone(sequence=sequence))
    assert heard == [1]


def test_ids_rise_even_when_the_clock_steps_back() -> None:
    clock = SetClock()
    make = UlidMaker(clock, lambda bits: 2**bits - 2)
    first = [make(), make()]
    clock.move(-3600)
    made = [*first, make(), make()]
    assert made == sorted(set(made))
    assert {len(one) for one in made} == {26}


def test_the_rate_refills_with_time() -> None:
    """SEC-25."""
    rate = MessageRate(0.0, per_s=10.0, burst=3)
    assert [rate.take(0.0) for _ in range(5)] == [True, True, True, False, False]
    assert rate.refused == 2
    assert [rate.take(0.1), rate.take(0.1)] == [True, False]


def test_pending_connections_are_counted_by_address() -> None:
    """SEC-25."""
    pending = PendingConnections(2)
    assert [pending.enter("x") for _ in range(3)] == [True, True, False]
    assert pending.enter("y")
    pending.leave("x")
    assert pending.enter("x")


def test_the_data_directory_is_for_its_owner_and_one_hub(tmp_path: Path) -> None:
    """SEC-37: the second hub is told the process of the first; the lock goes with the process."""
    holder = "import sys; from pathlib import Path; from console.hub.datadir import DataDir\n"
    holder += (
        "d = DataDir(Path(sys.argv[1])); d.file('journal.db'); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(DataInUse) as refused:
            DataDir(tmp_path)
        assert refused.value.fields["pid"] == str(other.pid)
        other.kill()
    with DataDir(tmp_path) as data:
        if os.name == "posix":
            assert stat.S_IMODE(data.path.stat().st_mode) == 0o700
            assert {stat.S_IMODE(f.stat().st_mode) for f in data.path.iterdir()} == {0o600}
        assert (data.path / "lock").read_text() == str(os.getpid())
