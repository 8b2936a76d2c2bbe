"""What a device's words mean in each state."""

from __future__ import annotations

import pytest

from console.core.command.answers import DeviceWord, Said, inputs_of
from console.core.command.facts import CommandState
from console.core.command.table import TABLE


def test_every_path_is_a_walk_through_the_table() -> None:
    """No word of a device makes the machine do what the table does not have."""
    walked = 0
    for state in CommandState:
        for word in DeviceWord:
            at = state
            for input_, _ in inputs_of(state, Said(kind=word)):
                at = TABLE[at][input_].to
                walked += 1
    assert walked > 0


@pytest.mark.parametrize("word", ["", "maybe", "DONE", "\x00"])
def test_a_word_nobody_knows_means_nothing(word: str) -> None:
    assert inputs_of(CommandState.SENT, Said(kind=word)) == []


def test_a_device_says_nothing_new_of_what_is_over() -> None:
    for state in CommandState:
        if state.terminal:
            assert all(inputs_of(state, Said(kind=word)) == [] for word in DeviceWord)


def test_a_refusal_carries_its_reason_and_an_acceptance_none() -> None:
    assert [reason for _, reason in inputs_of(CommandState.SENT, Said(kind="failed"))] == [
        "",
        "DEVICE_FAILED",
    ]
    assert [reason for _, reason in inputs_of(CommandState.SENT, Said(kind="busy"))] == ["DEVICE_BUSY"]
    assert [reason for _, reason in inputs_of(CommandState.EXECUTING, Said(kind="done"))] == [""]
