"""Nothing that was said once has an effect a second time (SEC-23), over real WebSockets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hub_room import SECRET, Console, hub_room
from websockets.exceptions import ConnectionClosed

from console.wire.limits import SUBPROTOCOL_JSON
from console.wire.messages import Challenge, Hello, JournalReply, Problem, QueryJournal, SnapshotDone
from console.wire.proof import proof


@pytest.mark.parametrize("again", [1, 2, 0, -1, -(2**63)])
def test_a_message_whose_number_does_not_grow_has_no_effect_and_the_connection_survives(
    tmp_path: Path, again: int
) -> None:
    """SEC-23: strictly increasing numbers; what is not is rejected and counted."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console(SUBPROTOCOL_JSON) as console:
            await console.until(SnapshotDone)
            await console.send(QueryJournal(n=2, request="first"))
            await console.until(JournalReply)
            query = QueryJournal(n=again, request="again")
            await console.wire.send(console.codec.encode(query))
            assert (await console.until(Problem)).code == "REPLAY"
            await console.send(QueryJournal(n=3, request="third"))
            assert (await console.until(JournalReply)).request == "third"
            assert [m.request for m in console.got if isinstance(m, JournalReply)] == ["first", "third"]
            assert room.hub.refusals.counts["REPLAY"] == 1

    asyncio.run(story())


def test_every_connection_has_a_challenge_of_its_own_and_an_old_proof_is_worth_nothing(
    tmp_path: Path,
) -> None:
    """SEC-23: a random nonce for each connection."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            async with room.wire() as wire:
                first = await Console(wire).until(Challenge)
            async with room.wire() as wire:
                console = Console(wire)
                second = await console.until(Challenge)
                assert first.nonce != second.nonce
                assert len(bytes.fromhex(first.nonce)) == 32
                await console.send(Hello(proof=proof(SECRET, first.nonce)))
                assert (await console.until(Problem)).code == "NOT_AUTHENTICATED"
                with pytest.raises(ConnectionClosed):
                    await console.one()
            assert room.hub.refusals.counts["NOT_AUTHENTICATED"] == 1

    asyncio.run(story())
