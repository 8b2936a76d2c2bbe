"""A session outlives its link: the token is kept in memory and shown at the next Hello; who sits there is noticed."""

from __future__ import annotations

import asyncio

import pytest

from console.client.inbound import Inbound
from console.client.link import Link, Seat
from console.core.identity.facts import SessionFact, SessionState
from console.wire.messages import Message, Pong, SessionChanged, SignedIn
from tests.client.loopback_hub import LoopbackHub, run, until
from tests.client.small_city import SITE


def _signed(token: str, state: SessionState) -> list[Message]:
    return [SignedIn(token=token), SessionChanged(session=SessionFact(state=state, user="kim"))]


async def _life(hub: LoopbackHub, standing: list[Message]) -> str:
    """The token that a link shows at its second Hello after being told `standing` in its first life."""
    items: list[Inbound] = []
    link = Link(Seat(user="", station="s1", secret="open"), lambda: hub.url, items.append)
    hub.standing = standing
    before = len(hub.hellos)
    task = asyncio.create_task(link.run(), name="link")
    try:
        await until(lambda: link.fact.live)
        await hub.close()
        await hub.listen()
        await until(lambda: len(hub.hellos) >= before + 2)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert hub.hellos[before].token == ""
    return hub.hellos[before + 1].token


@pytest.mark.expects_log("link")
def test_the_token_of_the_session_is_shown_after_the_link_was_lost() -> None:
    async def story() -> None:
        async with LoopbackHub(SITE) as hub:
            assert await _life(hub, _signed("t1", SessionState.ACTIVE)) == "t1"
            assert await _life(hub, _signed("t1", SessionState.LOCKED)) == "t1"

    run(story)


@pytest.mark.expects_log("link")
def test_the_token_of_a_session_that_is_over_is_forgotten() -> None:
    """SEC-23."""

    async def story() -> None:
        async with LoopbackHub(SITE) as hub:
            for state in (SessionState.SIGNED_OUT, SessionState.ENDED):
                assert await _life(hub, _signed("t1", state)) == ""

    run(story)


def test_the_hub_hears_with_a_heartbeat_that_somebody_is_there() -> None:
    """SEC-07."""

    async def story() -> None:
        async with LoopbackHub(SITE) as hub:
            items: list[Inbound] = []
            link = Link(Seat(user="", station="s1", secret="open"), lambda: hub.url, items.append)
            task = asyncio.create_task(link.run(), name="link")
            try:
                await until(lambda: any(isinstance(message, Pong) for message in hub.received))
                assert not any(message.active for message in hub.received if isinstance(message, Pong))
                link.touch()
                await until(lambda: _active(hub) == 1)
                seen = len(hub.received)
                await until(lambda: len(hub.received) > seen + 2)
                assert _active(hub) == 1
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    run(story)


def _active(hub: LoopbackHub) -> int:
    return sum(message.active for message in hub.received if isinstance(message, Pong))
