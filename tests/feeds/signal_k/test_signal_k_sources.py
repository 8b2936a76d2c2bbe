"""One ship, several receivers: deltas merged by the time of their values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.feeds.base import MoverFacts
from console.feeds.signal_k.codec import Delta, SignalKDecoder
from console.feeds.times import read_time

SHIP = "vessels.urn:mrn:imo:mmsi:440123000"
START = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
WALL = read_time("2026-11-22T08:00:00Z")


def delta(second: int, values: dict[str, object], source: str = "ais.AI") -> dict[str, object]:
    pairs = [{"path": path, "value": value} for path, value in values.items()]
    at = (START + timedelta(seconds=second)).isoformat()
    return {"context": SHIP, "updates": [{"$source": source, "timestamp": at, "values": pairs}]}


def place(lat: float) -> dict[str, object]:
    return {"navigation.position": {"latitude": lat, "longitude": 129.0}}


def read(decoder: SignalKDecoder, frame: dict[str, object], now: float = 0.0, wall: int = WALL) -> Delta:
    return decoder.delta(frame, now, wall)


def test_an_older_position_of_another_source_never_overwrites() -> None:
    decoder = SignalKDecoder(600.0)
    read(decoder, delta(10, place(35.1), "gps.1"))
    assert read(decoder, delta(5, place(36.0), "radar.1")).positions == []
    assert [one.lat for one in read(decoder, delta(11, place(35.2), "radar.1")).positions] == [35.2]


def test_older_motion_and_names_change_nothing_either() -> None:
    decoder = SignalKDecoder(600.0)
    read(decoder, delta(10, {"navigation.speedOverGround": 5.0, "name": "NEW", "": {"mmsi": "2"}}))
    assert (
        read(decoder, delta(5, {"navigation.speedOverGround": 1.0, "name": "OLD", "": {"mmsi": "1"}})).movers
        == []
    )
    (seen,) = read(decoder, delta(12, place(35.0))).positions
    assert seen.speed == 5.0


def test_an_impossible_position_is_a_fault_however_old_and_never_the_newest() -> None:
    decoder = SignalKDecoder(600.0)
    read(decoder, delta(10, place(35.1)))
    for second in (5, 20):
        found = read(decoder, delta(second, place(135.0)))
        assert (found.positions, found.faults) == ([], [("navigation.position", "wrong_type")])
    assert [one.lat for one in read(decoder, delta(15, place(35.2))).positions] == [35.2]


def test_a_clock_that_is_ahead_holds_its_place_only_until_others_reach_now() -> None:
    decoder = SignalKDecoder(600.0)
    hour = read_time("2026-11-22T07:00:10Z")
    read(decoder, delta(7200, place(35.1), "gps.1"), wall=hour)
    assert read(decoder, delta(9, place(36.0), "gps.2"), wall=hour).positions == []
    later = read_time("2026-11-22T07:00:20Z")
    assert [one.lat for one in read(decoder, delta(15, place(36.0), "gps.2"), wall=later).positions] == [36.0]


def test_a_clock_that_was_set_back_is_believed_after_a_silence() -> None:
    """A ship must not stand still on the map for as long as a clock was wrong."""
    decoder = SignalKDecoder(600.0)
    read(decoder, delta(3000, place(35.1)), 0.0)
    assert read(decoder, delta(10, place(35.2)), 300.0).positions == []
    assert [one.lat for one in read(decoder, delta(700, place(35.3)), 700.0).positions] == [35.3]


def test_values_without_a_time_are_as_new_as_their_arrival() -> None:
    decoder = SignalKDecoder(600.0)
    read(decoder, delta(10, place(35.1)))
    frame: dict[str, object] = {"context": SHIP, "updates": [{"values": [{"path": "name", "value": "A"}]}]}
    assert read(decoder, frame).movers[-1].name == "A"


def test_null_removes_what_was_known_of_a_ship() -> None:
    decoder = SignalKDecoder(600.0)
    static: dict[str, object] = {
        "": {"name": "TUG", "mmsi": "440123000", "communication": {"callsignVhf": "D7AB"}}
    }
    first = read(decoder, delta(0, static)).movers[-1]
    assert first == MoverFacts(SHIP, "vessel", "TUG", {"mmsi": "440123000", "callsign": "D7AB"})
    gone = read(decoder, delta(1, {"communication": {"callsignVhf": None}})).movers
    assert gone == [MoverFacts(SHIP, "vessel", "TUG", {"callsign": ""})]
    assert read(decoder, delta(2, {"communication": {"callsignVhf": None}})).movers == []


FACTS = st.dictionaries(
    st.sampled_from(["mmsi", "port", "plate", "navigation.state"]),
    st.none() | st.sampled_from(["a", "b", "c"]),
)
PLACES = st.none() | st.integers(30, 40)


@given(st.data(), st.lists(st.tuples(FACTS, PLACES), min_size=1, max_size=6))
def test_the_order_of_arrival_does_not_change_what_is_known(
    data: st.DataObject, told: list[tuple[dict[str, str | None], int | None]]
) -> None:
    """Whatever way deltas of several sources take, the newest of each path stands at the end, and null removes."""
    frames = [
        delta(second, {"": facts} | ({} if lat is None else place(lat)), f"source.{second % 3}")
        for second, (facts, lat) in enumerate(told)
    ]
    ends: list[tuple[dict[str, str], float | None]] = []
    for order in (frames, data.draw(st.permutations(frames))):
        decoder = SignalKDecoder(600.0)
        known: dict[str, str] = {}
        lat: float | None = None
        for frame in order:
            found = read(decoder, frame)
            for mover in found.movers:
                known |= mover.facts
            lat = found.positions[-1].lat if found.positions else lat
        ends.append(({key: value for key, value in known.items() if value}, lat))
    assert ends[0] == ends[1]
    newest = {path: value for facts, _ in told for path, value in facts.items()}
    assert ends[0][0] == {path.removeprefix("navigation."): value for path, value in newest.items() if value}
