"""Promises that no sequence of events may break (TST-03, TESTING.md I6, I7, I9)."""

from __future__ import annotations

from command_sites import BLIND, START, at, changed, feel, intent, machine, say
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.command.answers import DeviceWord
from console.core.command.facts import CommandState as S
from console.core.command.machine import CommandMachine
from console.core.command.table import TABLE
from console.core.quality import Quality
from console.core.site import CommandDef

SENT_STATES = (S.SENT, S.EXECUTING, S.VERIFYING, S.INDETERMINATE)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.sampled_from([*DeviceWord, "nonsense"]), st.floats(-1, 2)),
        st.tuples(st.just("feel"), st.sampled_from([0.0, 1.0]), st.sampled_from(list(Quality))),
        st.tuples(st.just("wait"), st.sampled_from([0.1, 0.5, 3.0, 10.0, 60.0]), st.none()),
        st.tuples(
            st.sampled_from(["accept", "sent", "not_sent", "comms", "session", "tag", "restart"]),
            st.none(),
            st.none(),
        ),
    ),
    max_size=25,
)


@settings(max_examples=400, deadline=None)
@given(STEPS, st.booleans(), st.booleans())
def test_no_sequence_of_events_breaks_the_promises(
    steps: list[tuple[str, object, object]], idempotent: bool, feedback: bool
) -> None:
    """TST-03, I6, I7, I9: every move is in the table, one send unless idempotent, no false claim after
    sending.
    """
    definition = changed(START if feedback else BLIND, idempotent=idempotent)
    command = machine(definition)
    now = 0.0
    for name, first, second in steps:
        before = command.fact
        now += 0.01
        match name, first, second:
            case "answer", str() as word, float() as progress:
                say(command, str(word), now, progress=progress)
            case "feel", float() as value, Quality() as quality:
                feel(command, value, now, quality)
            case "wait", float() as seconds, _:
                now += seconds
                command.expire(now, at(now))
            case _:
                command = plain_step(command, name, definition, now)
        check(command, before.state, before.attempt)
    assert command.fact.attempt <= (3 if idempotent else 1)


def plain_step(command: CommandMachine, name: str, definition: CommandDef, now: float) -> CommandMachine:
    match name:
        case "accept":
            command.accept(now, at(now))
        case "sent":
            command.sent(now)
        case "not_sent":
            command.not_sent("", now, at(now))
        case "comms":
            command.comms_lost(now, at(now))
        case "session":
            command.session_lost(now, at(now))
        case "tag":
            command.tag_placed(now, at(now))
        case _:
            return CommandMachine.restored(command.fact, intent(definition), now, at(now))
    return command


def check(command: CommandMachine, before: S, attempt: int) -> None:
    state = before
    for event in command.events():
        assert event.old is state
        assert TABLE[event.old][event.kind].to is event.new
        state = event.new
    assert state is command.state
    assert command.fact.attempt >= attempt
    if command.fact.attempt:
        assert command.state in {*SENT_STATES, S.SUCCEEDED, S.FAILED, S.CANCELLED, S.RESOLVED}
    waits = command.state in (S.RECEIVED, S.SENT, S.EXECUTING, S.VERIFYING)
    assert (command.next_deadline() is not None) is waits
    if command.state is S.SUCCEEDED:
        assert command.fact.verified or command.fact.late or not command.fact.steps[-1].reason
