"""The local backbone: fan-out with replay, and appends that alarm listeners hear of."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from console.core.batch import batch_of
from console.core.journal import Record, RecordKind
from console.hub.backbone.base import (
    AlarmEntries,
    Backbone,
    Channel,
    Conflict,
    Delivery,
    Entry,
    Part,
    Telemetry,
)
from console.hub.backbone.local import LocalBackbone
from console.hub.journal import Journal


class _Stand:
    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / "j.db")
        self.backbone: Backbone = LocalBackbone(self.journal, folder)


def _publish(backbone: Backbone, first: int, last: int) -> None:
    for n in range(first, last + 1):
        backbone.publish("g", batch_of([0], [n], [0.0], [0]), f"p:{n}")


def test_replay_then_live_has_no_gap_and_no_double(tmp_path: Path) -> None:
    stand = _Stand(tmp_path)
    got: list[Delivery] = []
    _publish(stand.backbone, 1, 3)
    end = stand.backbone.subscribe(Channel.TELEMETRY, got.append, after=1)
    _publish(stand.backbone, 3, 5)
    end()
    _publish(stand.backbone, 6, 6)
    stand.journal.close()
    assert [d.sequence for d in got] == [2, 3, 4, 5]
    assert [int(d.batch.at[0]) for d in got if isinstance(d, Telemetry)] == [2, 3, 4, 5]


def test_what_is_too_long_ago_to_replay_is_said(tmp_path: Path) -> None:
    stand = _Stand(tmp_path)
    _publish(stand.backbone, 1, 5000)
    with pytest.raises(LookupError):
        stand.backbone.subscribe(Channel.TELEMETRY, print, after=0)
    stand.journal.close()


def test_replay_is_bounded_by_rows_too(tmp_path: Path) -> None:
    stand = _Stand(tmp_path)
    for n in range(10):
        stand.backbone.publish(
            "g", batch_of([0] * 50_000, [n] * 50_000, [0.0] * 50_000, [0] * 50_000), f"p:{n}"
        )
    got: list[Delivery] = []
    with pytest.raises(LookupError):
        stand.backbone.subscribe(Channel.TELEMETRY, got.append, after=5)
    stand.backbone.subscribe(Channel.TELEMETRY, got.append, after=6)
    stand.journal.close()
    assert len(got) == 4


def test_listeners_of_alarms_hear_of_entries_once_they_are_durable(tmp_path: Path) -> None:
    async def story() -> None:
        stand = _Stand(tmp_path)
        got: list[Delivery] = []
        stand.backbone.subscribe(Channel.ALARMS, got.append)
        record = Record(sequence=0, at=1, kind=RecordKind.ALARM, who="w", subject="k", what="ACT")
        entries = [("k", Entry(record, b"fact"))]
        assert await stand.backbone.append(Part.ALARMS, entries, expect=0) == 1
        assert await stand.backbone.append(Part.ALARMS, entries, expect=0) == Conflict(1)
        assert await stand.backbone.append(Part.COMMANDS, entries) == 2
        assert got == [AlarmEntries(1, tuple(entries))]
        assert await stand.backbone.state(Part.ALARMS) == (1, {"k": b"fact"})
        health = stand.backbone.health()
        assert (health.engine, health.why) == ("local", "")
        assert health.disk_free > 0
        stand.journal.close()

    asyncio.run(story())
