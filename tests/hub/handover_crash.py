"""A shift handover whose hub is killed at its N-th durable operation; what was answered is told line by line.

python handover_crash.py FOLDER POINT PHASE: PHASE `within` dies inside the transaction, `after` when it is on disk and
nobody has been answered. POINT 0 lives to the end.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from crash_scenario import die_at, say
from handover_room import KIM, LEE, HandoverRoom, handover_room, person

from console.core.handover.facts import HandoverState, Seen


async def go_on(room: HandoverRoom) -> None:
    """Do what is left of the story, from wherever it stands; each line is told when its answer has come."""
    control = room.control.desk
    if not control.areas.facts():
        await control.areas.take("a", person(KIM))
    if not control.procedures.facts():
        await control.procedures.start("drain", False, person(KIM))
    while len(control.tags.facts()) < 2:
        await room.hang(f"g{len(control.tags.facts())}")
    facts = room.desk.facts()
    handover = facts[0].id if facts else await room.draft("a")
    say({"done": "draft", "handover": handover})
    for step in ("remark", "offer", "take_up"):
        state = room.fact(handover).state
        began = {"remark": bool(room.fact(handover).remark), "offer": state is not HandoverState.DRAFTED}
        if not began.get(step, state is not HandoverState.OFFERED):
            actor = LEE if step == "take_up" else KIM
            assert await room.act(handover, step, actor, text="조용한 밤" if step == "remark" else "") == ""
            say({"done": step})
    for item in room.fact(handover).items:
        if not item.done:
            (done,) = await room.desk.accept(handover, [Seen(item.key, item.mark)], True, LEE)
            assert done.reason == ""
            say({"done": "accept", "key": item.key})
    for actor in (KIM, LEE):
        fact = room.fact(handover)
        party = fact.outgoing if actor is KIM else fact.incoming
        if not fact.state.over and (party is None or not party.signed_at):
            assert await room.sign(handover, actor) == ""
            say({"done": f"sign {actor.who}"})
    await room.desk.moved()
    await room.desk.settled()
    say({"done": "moved"})


async def live(folder: Path) -> None:
    async with handover_room(folder) as room:
        await go_on(room)


if __name__ == "__main__":
    die_at(int(sys.argv[2]), sys.argv[3])
    asyncio.run(live(Path(sys.argv[1])))
