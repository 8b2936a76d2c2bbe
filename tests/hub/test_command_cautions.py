"""A caution tag: whatever the class of a command, the hub's text with it is confirmed before anything is sent."""

from __future__ import annotations

from pathlib import Path

from control_room import KIM, LEE, ControlRoom, told

from console.core.command.control_facts import TagKind
from console.core.command.facts import CommandState as S
from console.core.command.tags import TagOrder


def test_a_direct_command_is_confirmed_where_a_caution_hangs_and_an_emergency_stop_is_not(
    tmp_path: Path,
) -> None:
    """CMD-08: the extra confirmation is the hub's, no console can leave it out."""

    async def story(room: ControlRoom) -> None:
        await room.tags.place(TagOrder(asset="g0", kind=TagKind.CAUTION, text="잠수부 작업"), LEE)
        request = await room.selected(room.request(command="start"))
        assert room.field.sent == []
        assert any("잠수부 작업" in line.ko for line in room.confirm().text.lines)
        assert await room.broker.execute(request.command_id, room.confirm().token, KIM) == ""
        await room.quiet()
        assert [command.value for command in room.field.sent] == [1.0]
        free = room.request("g1", command="start")
        assert await room.broker.submit(free, KIM) == ""
        assert room.state(free) is S.SENT
        stop = room.request("g2", command="stop")
        await room.tags.place(TagOrder(asset="g2", kind=TagKind.CAUTION, text="x"), LEE)
        room.feel("g2.opening", 50.0)
        assert await room.broker.submit(stop, KIM) == ""
        assert room.state(stop) is S.SENT

    told(tmp_path, story)
