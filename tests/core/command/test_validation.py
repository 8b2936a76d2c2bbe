"""What the hub refuses before anything is sent (CMD-03, CMD-12)."""

from __future__ import annotations

import math

import msgspec
import pytest
from command_sites import AT, BLIND, OPEN, OPENING, START, STATE, catalogue_of, changed, request

from console.core.batch import NS, batch_of
from console.core.command.facts import CommandRequest
from console.core.command.reasons import CommandReason as R
from console.core.command.validation import intent_of, validate
from console.core.errors import CommandRefused
from console.core.quality import Quality
from console.core.site import CommandClass
from console.core.values import LatestValues

CATALOGUE = catalogue_of(START, BLIND, OPEN)


def values(state: float = 0.0, opening: float = 50.0, quality: Quality = Quality.GOOD) -> LatestValues:
    latest = LatestValues(2)
    latest.apply(batch_of([STATE, OPENING], [1, 1], [state, opening], [quality, quality]))
    return latest


def test_a_sound_request_becomes_an_intent_with_a_time_limit() -> None:
    """CMD-03: default ten seconds from now by the hub's clock."""
    intent = intent_of(CATALOGUE, request(), AT)
    assert (intent.value, intent.feedback, intent.definition) == (1.0, STATE, START)
    assert intent.request.not_after == AT + 10 * NS
    given = intent_of(CATALOGUE, request("open", value=55.5, not_after=7), AT)
    assert (given.value, given.feedback, given.request.not_after) == (55.5, OPENING, 7)
    assert intent_of(CATALOGUE, request("blind"), AT).feedback is None


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"command_class": CommandClass.C1}, 10),
        ({"command_class": CommandClass.C2}, 45),
        ({"command_class": CommandClass.C3}, 345),
        ({"command_class": CommandClass.C3, "emergency": True}, 10),
    ],
)
def test_the_default_time_limit_leaves_people_their_time(changes: dict[str, object], seconds: int) -> None:
    """CMD-03: ten seconds beyond approval, selection and confirmation."""
    catalogue = catalogue_of(changed(START, **changes))
    assert intent_of(catalogue, request(), AT).request.not_after == AT + seconds * NS


def test_a_test_needs_a_device_that_understands_it() -> None:
    """CMD-15."""
    with pytest.raises(CommandRefused) as refused:
        intent_of(CATALOGUE, request(test=True), AT)
    assert refused.value.reason_code == R.NO_TEST_MODE
    catalogue = catalogue_of(changed(START, test_mode=True))
    assert intent_of(catalogue, request(test=True), AT).request.test


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (request("fly"), R.UNSUPPORTED),
        (request(asset="p2"), R.UNSUPPORTED),
        (request(command_id="c1"), R.FORMAT),
        (request(command_id="01jd0000000000000000000000"), R.FORMAT),
        (request(not_after=-1), R.FORMAT),
        (request(value=1.0), R.FORMAT),
        (request("open"), R.FORMAT),
        (request("open", value=math.nan), R.FORMAT),
        (request("open", value=math.inf), R.FORMAT),
        (request("open", value=-0.0), R.FORMAT),
        (request("open", value=100.01), R.OUT_OF_RANGE),
        (request("open", value=-1.0), R.OUT_OF_RANGE),
    ],
)
def test_a_request_at_fault_is_refused_by_name(asked: CommandRequest, reason: R) -> None:
    """CMD-12, CMD-14."""
    with pytest.raises(CommandRefused) as refused:
        intent_of(CATALOGUE, asked, AT)
    assert refused.value.reason_code == reason


@pytest.mark.parametrize("value", [0.0, 100.0])
def test_the_ends_of_the_range_are_in_it(value: float) -> None:
    assert intent_of(CATALOGUE, request("open", value=value), AT).value == value


@pytest.mark.parametrize(
    ("asked", "present", "reason"),
    [
        (request(), values(), None),
        (request(), values(quality=Quality.STALE), R.STALE_FEEDBACK),
        (request(), LatestValues(2), R.STALE_FEEDBACK),
        (request(), values(state=1.0), R.ALREADY_IN_STATE),
        (request("blind"), LatestValues(2), None),
        (request("open", value=70.0), values(), None),
        (request("open", value=70.1), values(), R.STEP_LIMIT),
        (request("open", value=29.9), values(), R.STEP_LIMIT),
        (request("open", value=50.0), values(), R.ALREADY_IN_STATE),
    ],
)
def test_present_data_decide_whether_it_may_be_sent(
    asked: CommandRequest, present: LatestValues, reason: R | None
) -> None:
    """CMD-12; blind operation of something that has feedback is refused."""
    intent = intent_of(CATALOGUE, asked, AT)
    if reason is None:
        assert validate(intent, present) is None
        return
    with pytest.raises(CommandRefused) as refused:
        validate(intent, present)
    assert refused.value.reason_code == reason


def test_a_parameter_without_a_step_limit_may_go_all_the_way() -> None:
    free = changed(OPEN, params=(msgspec.structs.replace(OPEN.params[0], step_limit=0.0),))
    intent = intent_of(catalogue_of(free), request("open", value=100.0), AT)
    assert validate(intent, values(opening=0.0)) is None


def test_a_value_may_not_be_a_parameter_that_the_definition_lacks() -> None:
    """A definition without value and parameter cannot be sent, whatever is given."""
    catalogue = catalogue_of(type(START)(name="none", label=START.label))
    with pytest.raises(CommandRefused) as refused:
        intent_of(catalogue, request("none", value=1.0), AT)
    assert refused.value.reason_code == R.FORMAT
