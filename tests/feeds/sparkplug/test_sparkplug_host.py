"""The rules of the namespace: births, aliases, numbers, deaths and rebirths. Time is an argument."""

from __future__ import annotations

import pytest
from house import ROOT

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.sparkplug import protobuf as pb
from console.feeds.sparkplug.host import Outcome, SparkplugHost
from console.feeds.sparkplug.namespace import Address, read_topic, says_offline, state_message
from console.feeds.sparkplug.payload import (
    Metric,
    Payload,
    write_metric,
    write_payload,
)

CAPTURES = ROOT / "tests/fixtures/sparkplug"
AT = 1_795_334_441_000_000_000
MS = AT // 1_000_000
NODE, PRESS = "Busan/Line1", "Busan/Line1/Press"


def metric(
    name: str, value: object, datatype: int = 9, alias: int | None = None, at: int = 0, **more: object
) -> Metric:
    return Metric(name=name, alias=alias, at=at, datatype=datatype, value=value, **more)  # type: ignore[arg-type]


class Edge:
    """A host and an edge node that counts as it should."""

    def __init__(self, host: SparkplugHost | None = None) -> None:
        self.host = host or SparkplugHost(2.0, 10.0)
        self.seq = 0
        self.now = 100.0
        self.at = AT

    def say(
        self, kind: str, *metrics: Metric | bytes, seq: int | None = -1, device: str = "Press", at: int = 0
    ) -> Outcome:
        """One message in its turn, or with another number."""
        if kind == "NBIRTH" and seq == -1:
            self.seq = 0
        number = self.seq if seq == -1 else seq
        if seq == -1:
            self.seq = (self.seq + 1) % 256
        tail = f"/{device}" if kind.startswith("D") else ""
        data = write_payload(Payload(at=at or MS, seq=None if kind == "NDEATH" else number))
        for one in metrics:
            data += pb.write_bytes(2, write_metric(one) if isinstance(one, Metric) else one)
        return self.host.message(f"spBv1.0/Busan/{kind}/Line1{tail}", data, self.now, self.at)

    def born(self, session: int = 1) -> Outcome:
        """Node and device with two points."""
        self.say(
            "NBIRTH",
            metric("bdSeq", session, 8),
            metric("Node Control/Rebirth", False, 11),
            metric("fw", "1.4", 12),
        )
        return self.say(
            "DBIRTH", metric("temp", 41.5, 9, 1), metric("run", True, 11, 2), metric("count", -3, 3, 3)
        )


def rows(outcome: Outcome) -> list[tuple[str, str, object, Quality]]:
    return [(row.source, row.path, row.value, row.quality) for row in outcome.readings]


def test_a_birth_declares_points_and_gives_their_values() -> None:
    edge = Edge()
    assert rows(edge.born()) == [
        (PRESS, "temp", 41.5, Quality.GOOD),
        (PRESS, "run", True, Quality.GOOD),
        (PRESS, "count", -3, Quality.GOOD),
    ]
    assert (PRESS, "count", "", "int32") in edge.host.discovered()
    assert (NODE, "fw", "", "string") in edge.host.discovered()
    assert edge.host.sources() == [(NODE, True), (PRESS, True)]


UNTYPED = pb.write_float(12, 42.5)
"""A value whose type only the birth has told."""


@pytest.mark.parametrize(
    "told",
    [
        pb.write_number(2, 1) + UNTYPED,
        pb.write_bytes(1, b"temp") + UNTYPED,
        metric("temp", 42.5, 9, 1),
        metric("temp", 42.5, 9, 77),
    ],
)
def test_data_is_known_by_alias_by_name_or_by_both(told: Metric | bytes) -> None:
    edge = Edge()
    edge.born()
    assert rows(edge.say("DDATA", told)) == [(PRESS, "temp", 42.5, Quality.GOOD)]


def test_data_without_a_type_are_read_by_the_type_of_the_birth() -> None:
    edge = Edge()
    edge.born()
    assert rows(edge.say("DDATA", pb.write_number(2, 3) + pb.write_number(10, 2**32 - 7)))[0][2] == -7


def test_times_are_those_of_the_metric_then_of_the_message() -> None:
    edge = Edge()
    edge.born()
    found = edge.say("DDATA", metric("temp", 1.0, at=MS + 5), metric("count", 2, 3), at=MS + 9)
    assert [row.at for row in found.readings] == [(MS + 5) * 1_000_000, (MS + 9) * 1_000_000]


def test_null_quality_and_history_are_told_apart() -> None:
    edge = Edge()
    edge.born()
    found = edge.say(
        "DDATA",
        metric("temp", None, 9, null=True),
        metric("count", 5, 3, historical=True, at=MS - 60_000),
        metric("run", False, 11),
    )
    assert [row.quality for row in found.readings] == [Quality.BAD, Quality.GOOD, Quality.GOOD]
    assert [row.path for row in found.news] == ["temp", "run"]


def test_a_death_of_the_node_makes_everything_stale_at_once() -> None:
    """Points keep their last value and say that it is no longer true."""
    edge = Edge()
    edge.born(session=4)
    edge.say("DDATA", metric("temp", 43.0, 9, 1, at=MS + 100))
    found = edge.say("NDEATH", metric("bdSeq", 4, 8))
    assert found.died == [NODE, PRESS]
    assert (PRESS, "temp", 43.0, Quality.STALE) in rows(found)
    assert (NODE, "fw", "1.4", Quality.STALE) in rows(found)
    stale = next(row for row in found.readings if row.path == "temp")
    assert stale.at == (MS + 100) * 1_000_000 + 1
    assert edge.host.sources() == [(NODE, False), (PRESS, False)]
    assert edge.say("NDEATH", metric("bdSeq", 4, 8)).readings == []


def test_a_late_will_of_an_older_session_is_ignored() -> None:
    edge = Edge()
    edge.born(session=4)
    edge.born(session=5)
    assert edge.say("NDEATH", metric("bdSeq", 4, 8)).readings == []
    assert edge.host.sources()[0] == (NODE, True)
    assert edge.say("NDEATH", metric("bdSeq", 5, 8)).died == [NODE, PRESS]


def test_a_birth_that_carries_bdseq_twice_dies_with_either() -> None:
    for session in (0, 7):
        edge = Edge()
        edge.say("NBIRTH", metric("bdSeq", 0, 8), metric("fw", "1", 12), metric("bdSeq", 7, 8))
        assert edge.say("NDEATH", metric("bdSeq", session, 8)).died == [NODE]
    edge = Edge()
    edge.born()
    assert edge.say("NDEATH").died == [NODE, PRESS]


def test_a_death_of_a_device_is_only_its_own() -> None:
    edge = Edge()
    edge.born()
    edge.say("DBIRTH", metric("level", 2.0, 9, 9), device="Tank")
    found = edge.say("DDEATH")
    assert found.died == [PRESS]
    assert {row.source for row in found.readings} == {PRESS}
    assert rows(edge.say("DDATA", metric("", 3.0, 9, 9), device="Tank")) == [
        ("Busan/Line1/Tank", "level", 3.0, Quality.GOOD)
    ]
    lone = edge.say("DDATA", metric("temp", 1.0))
    assert (lone.readings, lone.rebirths) == ([], [("Busan", "Line1")])


def test_a_point_reborn_is_newer_than_its_death_whatever_its_time() -> None:
    edge = Edge()
    edge.born()
    dead = edge.say("NDEATH", metric("bdSeq", 1, 8))
    died_at = {(row.source, row.path): row.at for row in dead.readings}
    again = edge.born(session=2)
    assert all(row.at > died_at[row.source, row.path] for row in again.readings)
    assert all(row.quality is Quality.GOOD for row in again.readings)


def test_a_device_that_is_not_born_again_with_its_node_is_stale_after_a_moment() -> None:
    edge = Edge()
    edge.born()
    assert edge.say("NBIRTH", metric("bdSeq", 2, 8), metric("fw", "1.5", 12)).died == []
    assert edge.host.next_deadline() == edge.now + 2.0
    assert edge.host.expire(edge.now + 1.9, AT).died == []
    assert edge.host.expire(edge.now + 2.0, AT).died == [PRESS]
    assert edge.host.next_deadline() is None


def test_a_point_that_a_new_birth_no_longer_has_is_stale() -> None:
    edge = Edge()
    edge.born()
    found = edge.say("DBIRTH", metric("temp", 1.0))
    assert {(row.path, row.quality) for row in found.readings} == {
        ("temp", Quality.GOOD), ("run", Quality.STALE), ("count", Quality.STALE),
    }  # fmt: skip


def test_numbers_wrap_after_255() -> None:
    edge = Edge()
    edge.born()
    for count in range(600):
        found = edge.say("DDATA", metric("count", count, 3))
        assert (found.faults, len(found.readings)) == ([], 1)
    assert edge.host.next_deadline() is None


def test_messages_out_of_order_are_put_in_order() -> None:
    edge = Edge()
    edge.born()
    assert edge.say("DDATA", metric("count", 3, 3), seq=4).readings == []
    assert edge.say("DDATA", metric("count", 2, 3), seq=3).readings == []
    assert edge.host.next_deadline() == edge.now + 2.0
    found = edge.say("DDATA", metric("count", 1, 3), seq=2)
    assert [row.value for row in found.readings] == [1, 2, 3]
    assert edge.host.next_deadline() is None
    assert found.lost == 0


def test_a_message_that_never_comes_is_a_gap_and_a_rebirth_request() -> None:
    """host-reordering: when the timeout elapses, what came is taken and the node is asked to be born again."""
    edge = Edge()
    edge.born()
    edge.say("DDATA", metric("count", 5, 3), seq=4)
    edge.say("DDATA", metric("count", 9, 3), seq=7)
    assert edge.host.expire(edge.now + 1.9, AT) == Outcome()
    found = edge.host.expire(edge.now + 2.0, AT)
    assert [row.value for row in found.readings] == [5, 9]
    assert (found.lost, found.rebirths) == (4, [("Busan", "Line1")])
    assert edge.say("DDATA", metric("count", 10, 3), seq=8).faults == []


def test_a_number_that_is_behind_or_missing_costs_no_data() -> None:
    edge = Edge()
    edge.born()
    found = edge.say("DDATA", metric("count", 5, 3), seq=0)
    assert ([row.value for row in found.readings], found.faults) == ([5], [(f"{PRESS} seq", "out_of_order")])
    found = edge.say("DDATA", metric("count", 6, 3), seq=None)
    assert ([row.value for row in found.readings], found.faults) == ([6], [(f"{PRESS} seq", "missing")])


def test_without_a_birth_nothing_is_believed_and_a_rebirth_is_asked_for_once() -> None:
    edge = Edge()
    found = edge.say("DDATA", metric("temp", 1.0))
    assert (found.readings, found.rebirths) == ([], [("Busan", "Line1")])
    assert edge.say("DDATA", metric("temp", 1.0)).rebirths == []
    edge.now += 10.0
    assert edge.say("DDATA", metric("temp", 1.0)).rebirths == [("Busan", "Line1")]
    silent = Edge(SparkplugHost(2.0, 0.0, rebirths=False))
    assert silent.say("DDATA", metric("temp", 1.0)).rebirths == []


def test_a_metric_no_birth_has_declared_is_counted_and_a_rebirth_asked_for() -> None:
    edge = Edge()
    edge.born()
    found = edge.say("DDATA", metric("new", 1.0), metric("", 1.0, 9, 55), metric("temp", 2.0))
    assert [reason for _, reason in found.faults] == ["not_declared", "not_declared"]
    assert (len(found.readings), found.rebirths) == (1, [("Busan", "Line1")])


def test_after_a_loss_of_the_connection_every_node_is_asked_to_be_born_again() -> None:
    edge = Edge()
    edge.born()
    assert edge.host.lost() == [("Busan", "Line1")]
    assert edge.say("DDATA", metric("temp", 1.0), seq=2).readings == []
    assert len(edge.born().readings) == 3


def test_members_of_a_template_are_points_under_its_name() -> None:
    edge = Edge()
    inner = pb.write_bytes(2, write_metric(metric("speed", 2.0, 9, 5)))
    motor = pb.write_bytes(1, b"motor") + pb.write_number(4, 19) + pb.write_bytes(18, inner)
    found = edge.say("NBIRTH", metric("bdSeq", 1, 8), motor)
    assert rows(found) == [(NODE, "motor/speed", 2.0, Quality.GOOD)]
    assert rows(edge.say("NDATA", metric("", 3.0, 9, 5))) == [(NODE, "motor/speed", 3.0, Quality.GOOD)]


def test_the_state_of_a_host_is_no_payload_and_hurts_nobody() -> None:
    host = SparkplugHost(2.0, 10.0)
    for topic in ("spBv1.0/STATE/hub1", "STATE/hub1"):
        assert host.message(topic, b'{"online": true, "timestamp": 1}', 0.0, AT) == Outcome()
    assert host.message("spBv1.0/Busan/DCMD/Line1/Press", write_payload(Payload()), 0.0, AT) == Outcome()
    with pytest.raises(DecodeError):
        host.message("spBv1.0/Busan/NBIRTH/Line1", b'{"online": true}', 0.0, AT)


@pytest.mark.parametrize(
    "topic",
    ["", "a", "spBv1.0", "spBv1.0/g", "spBv1.0/g/NBIRTH", "spBv1.0/g/NBIRTH/", "spBv1.0/g/NBIRTH/e/d",
     "spBv1.0/g/DDATA/e", "spAv1.0/g/NBIRTH/e", "spBv1.0/g/WHAT/e", "spBv1.0/g/DDATA/e/d/x"],
)  # fmt: skip
def test_a_topic_that_sparkplug_does_not_have_is_named(topic: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read_topic(topic)
    assert caught.value.reason == "topic"


def test_topics_are_read_and_states_written() -> None:
    assert read_topic("spBv1.0/g/DDATA/e/d") == Address("DDATA", "g", "e", "d")
    state = state_message("hub1", True, 7)
    assert (state.topic, state.payload, state.qos, state.retain) == (
        "spBv1.0/STATE/hub1", b'{"online": true, "timestamp": 7}', 1, True,
    )  # fmt: skip
    assert not says_offline(state.payload)
    assert says_offline(state_message("hub1", False, 7).payload)
    assert says_offline(b"OFFLINE")
    with pytest.raises(DecodeError):
        says_offline(b'{"online": 1}')


def test_a_captured_session_of_another_library_is_followed_to_its_end() -> None:
    """Its data carry name and alias, its birth carries bdSeq twice."""
    host = SparkplugHost(2.0, 10.0)
    seen: list[Outcome] = []
    for path in sorted(CAPTURES.glob("*.bin")):
        topic = path.stem.partition("-")[2].replace("~", "/")
        seen.append(host.message(topic, path.read_bytes(), 0.0, AT))
    assert all(one.faults == [] and one.rebirths == [] and one.lost == 0 for one in seen)
    press = "Busan/Sasang-Line1/Press01"
    assert (press, "Spindle/Temp", "Cel", "float") in host.discovered()
    temps = [
        row.value
        for one in seen
        for row in one.readings
        if row.path == "Spindle/Temp" and row.quality is Quality.GOOD
    ]
    assert len(temps) == 13
    assert seen[-2].died == [press]
    assert seen[-1].died == ["Busan/Sasang-Line1"]
    assert {row.quality for row in seen[-2].readings} == {Quality.STALE}
