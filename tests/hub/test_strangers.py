"""Whatever a console that has the secret sends, the hub answers, and every other console goes on."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hub_room import Console, hub_room
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.wire.limits import SUBPROTOCOL_JSON
from console.wire.messages import ActReply, HistoryDone, JournalReply, Problem, SnapshotDone, Subscribe

_number = st.one_of(
    st.integers(-3, 12), st.sampled_from([2**31, 2**32, 2**63 - 1, 2**63, 2**64, 10**30, -(2**63), -(10**30)])
)
_text = st.one_of(
    st.text(max_size=20), st.sampled_from(["\ud800", "\u202e", "\x00", "a0", "A" * 3000, "=1+1", "${x}"])
)
_float = st.one_of(st.floats(allow_nan=False, allow_infinity=False), _number)
_items = st.lists(
    st.fixed_dictionaries({"alarm": _number, "occurrence": _text, "priority": _number}), max_size=3
)


def _numbered(message: Any, console: Console) -> Any:
    """Counted as a console counts, where it is an object at all."""
    if not isinstance(message, dict):
        return message
    counted: dict[str, Any] = {**message, "n": console.next_n()}
    return counted


_messages = st.one_of(
    st.fixed_dictionaries({"t": st.just("ackalarms"), "request": _text, "items": _items, "comment": _text}),
    st.fixed_dictionaries({"t": st.just("resetalarms"), "request": _text, "items": _items}),
    st.fixed_dictionaries(
        {
            "t": st.just("shelvealarm"),
            "request": _text,
            "alarm": _number,
            "duration_s": _float,
            "reason": _text,
            "oneshot": st.booleans(),
            "extend": st.booleans(),
        }
    ),
    st.fixed_dictionaries({"t": st.just("unshelvealarm"), "request": _text, "alarm": _number}),
    st.fixed_dictionaries(
        {
            "t": st.just("shelvealarms"),
            "request": _text,
            "items": _items,
            "duration_s": _float,
            "reason": _text,
        }
    ),
    st.fixed_dictionaries(
        {
            "t": st.just("redefinealarm"),
            "request": _text,
            "alarm": _number,
            "changes": st.dictionaries(
                st.one_of(_text, st.sampled_from(["limit", "priority", "count", "deadband"])),
                _float,
                max_size=3,
            ),
            "reason": _text,
        }
    ),
    st.fixed_dictionaries(
        {
            "t": st.just("sendcommand"),
            "request": _text,
            "command": st.fixed_dictionaries(
                {
                    "command_id": st.one_of(_text, st.just("01ARZ3NDEKTSV4RRFFQ69G5FAV")),
                    "asset": st.sampled_from(["a0", "", "nowhere"]),
                    "command": st.sampled_from(["start", "set-speed", "fly"]),
                    "value": st.one_of(st.none(), _float),
                    "not_after": _number,
                }
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "t": st.just("resolvecommand"),
            "request": _text,
            "command_id": _text,
            "outcome": _text,
            "evidence": _text,
        }
    ),
    st.fixed_dictionaries(
        {
            "t": st.just("queryhistory"),
            "request": _number,
            "tags": st.lists(_number, max_size=3),
            "start": _number,
            "end": _number,
            "points": _number,
        }
    ),
    st.fixed_dictionaries(
        {"t": st.just("queryjournal"), "request": _text, "subject": _text, "limit": _number}
    ),
    st.fixed_dictionaries({"t": st.just("hello"), "secret": _text, "sequence": _number}),
    st.recursive(
        st.one_of(st.none(), _number, _text), lambda inner: st.lists(inner, max_size=3), max_leaves=20
    ),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=st.lists(_messages, min_size=1, max_size=30))
@pytest.mark.expects_log("command")
def test_every_message_is_answered_and_nobody_is_hurt(
    tmp_path_factory: pytest.TempPathFactory, messages: list[Any]
) -> None:
    """SEC-26, CMD-14: one answer for each message, never silence, never a fall."""

    async def story() -> None:
        async with (
            hub_room(tmp_path_factory.mktemp("h")) as room,
            room.console(SUBPROTOCOL_JSON) as stranger,
            room.console() as other,
        ):
            await stranger.until(SnapshotDone)
            await other.until(SnapshotDone)
            answers = (ActReply, HistoryDone, JournalReply, Problem)
            for message in messages:
                numbered = _numbered(message, stranger)
                await stranger.wire.send(json.dumps(numbered))
            async with asyncio.timeout(10):
                while sum(isinstance(m, answers) for m in stranger.got) < len(messages):
                    await stranger.one()
            await stranger.send(Subscribe(all_tags=True))
            room.plant.push("a2", "level", 5.0)
            async with asyncio.timeout(10):
                while 5.0 not in other.rows().value:
                    await other.one()
            assert room.hub.seats == 2
            assert not room.work.done()

    asyncio.run(story())


def test_a_tag_beyond_any_integer_is_named(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console(SUBPROTOCOL_JSON) as console:
            await console.until(SnapshotDone)
            for tag in (2**63, 10**30, -1, 9):
                await console.wire.send(json.dumps({"t": "subscribe", "n": console.next_n(), "tags": [tag]}))
                assert (await console.until(Problem)).code == "BAD_FIELD"

    asyncio.run(story())
