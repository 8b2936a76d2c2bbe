"""What a profile says of control: interlocks, hazards by value, procedures, policy and directory (CMD-07, SEC-42)."""

from __future__ import annotations

import pytest
from sound_profile import SOUND, broken, line_of

from console.core.control import Directory, DirectoryGroup, Interlock, Policy, ProcedureStep, StepKind
from console.core.errors import ProfileErrors
from console.core.profile.faults import ProfileFault
from console.core.profile.parse import parse_site
from console.core.words import Text

F = ProfileFault


def test_interlocks_hazards_procedures_policy_and_directory_are_read() -> None:
    site = parse_site(SOUND)
    command = site.types[0].commands[1]
    lock = Interlock(
        when="state == 1 and at('p1').level < 4.5",
        label=Text("펌프가 돌고 있어야 합니다", "The pump must run"),
    )
    assert command.interlocks == (lock,)
    assert command.hazards == {"0": Text("완전히 비웁니다", "It is emptied")}
    notice = Text("허가받은 사람만", "Authorised persons only")
    assert site.policy == Policy(idle_lock_min=10.0, commands_per_min=12, notice=notice)
    group = DirectoryGroup(group="ops", role="operator", areas=("west",), top_class="C2")
    issuer = "https://id.example.kr/realms/city"
    assert site.directory == Directory(issuer=issuer, client_id="gwanje", groups=(group,))
    procedure = site.procedures[0]
    assert [step.kind for step in procedure.steps] == [
        StepKind.CHECK,
        StepKind.COMMAND,
        StepKind.COMMAND,
        StepKind.WAIT,
        StepKind.NOTE,
    ]
    assert procedure.steps[2] == ProcedureStep(
        id="lower",
        kind=StepKind.COMMAND,
        label=Text("수위 설정", "Set the level"),
        asset="p2",
        command="set_level",
        value=2.0,
    )
    assert procedure.steps[1].skippable is False


CASES: list[tuple[str, str, str, str, ProfileFault]] = [
    ("types/pump.toml", "state == 1 and", "stat == 1 and", "when =", F.EXPRESSION_UNKNOWN_TAG),
    ("types/pump.toml", "at('p1').level < 4.5", "at('p9').level < 4.5", "when =", F.EXPRESSION_UNKNOWN_ASSET),
    ("types/pump.toml", "state == 1 and", "state ** 2 == 1 and", "when =", F.EXPRESSION_NOT_ALLOWED),
    ("types/pump.toml", "state == 1 and", "state and", "when =", F.EXPRESSION_NOT_A_CONDITION),
    ("types/pump.toml", "state == 1 and", "state = 1 and", "when =", F.EXPRESSION_SYNTAX),
    ("types/pump.toml", '"0" = {', '"7" = {', '"0" = {', F.HAZARD_VALUE),
    ("types/pump.toml", '"0" = {', '"0.0" = {', '"0" = {', F.HAZARD_VALUE),
    ("types/pump.toml", '"0" = {', '"nan" = {', '"0" = {', F.HAZARD_VALUE),
    ("types/pump.toml", '"It is emptied"', '""', '"0" = {', F.EMPTY_TEXT),
    ("types/pump.toml", "The pump must run", " ", 'label = { ko = "펌프가 돌고', F.EMPTY_TEXT),
    ("procedures.toml", 'area = "west"', 'area = "north"', 'area = "west"', F.UNKNOWN_AREA),
    ("procedures.toml", "2026-11-22", "22.11.2026", "reviewed", F.NOT_A_DAY),
    ("procedures.toml", 'asset = "p1"', 'asset = "p9"', 'asset = "p1"', F.UNKNOWN_ASSET),
    ("procedures.toml", 'command = "start"', 'command = "stop"', 'command = "start"', F.UNKNOWN_COMMAND),
    ("procedures.toml", "value = 2", "value = 5.5", "value = 2", F.OUT_OF_RANGE),
    ("procedures.toml", "value = 2\n", "", 'id = "lower"', F.STEP_NEEDS),
    ("procedures.toml", 'command = "start"', 'command = "start"\nvalue = 1', "skippable", F.STEP_UNUSED),
    ("procedures.toml", "timeout_s = 600\n", "", 'id = "wait"', F.STEP_NEEDS),
    ("procedures.toml", "timeout_s = 600", "timeout_s = -1", "timeout_s", F.OUT_OF_RANGE),
    ("procedures.toml", "timeout_s = 600", "timeout_s = 1e9", "timeout_s", F.OUT_OF_RANGE),
    ("procedures.toml", "at('p1').level > 1", "level > 1", "when =", F.EXPRESSION_NO_OWN_ASSET),
    ("procedures.toml", "at('p1').level > 1", "1 > 0", "when =", F.EXPRESSION_NO_TAG),
    ("procedures.toml", "at('p1').level > 1", "at('p1').depth > 1", "when =", F.EXPRESSION_UNKNOWN_TAG),
    ("procedures.toml", 'kind = "note"', 'kind = "note"\nwhen = "x"', "", F.STEP_UNUSED),
    ("procedures.toml", 'id = "say"', 'id = "run"', 'id = "say"', F.TWICE),
    ("procedures.toml", '"Drain early"', '""', "label =", F.EMPTY_TEXT),
    ("site.toml", "idle_lock_min = 10.0", "idle_lock_min = -1", "idle_lock_min", F.OUT_OF_RANGE),
    ("site.toml", "commands_per_min = 12", "commands_per_min = 0", "commands_per_min", F.OUT_OF_RANGE),
    ("site.toml", "commands_per_min = 12", "lease_h = 12", "commands_per_min", F.UNKNOWN_FIELD),
    ("site.toml", '"Authorised persons only"', '""', "notice", F.EMPTY_TEXT),
    ("roles.toml", "https://id", "http://id", "issuer", F.BAD_ISSUER),
    ("roles.toml", '"operator"', '"king"', "role =", F.UNKNOWN_WORD),
    ("roles.toml", '"C2"', '"C9"', "top_class", F.UNKNOWN_WORD),
    ("roles.toml", '["west"]', '["moon"]', "areas", F.UNKNOWN_AREA),
    ("roles.toml", '"gwanje"', '" "', "client_id", F.EMPTY_TEXT),
]


@pytest.mark.parametrize(("file", "old", "new", "place", "reason"), CASES)
def test_a_fault_of_control_is_named_with_file_and_line(
    file: str, old: str, new: str, place: str, reason: ProfileFault
) -> None:
    """SEC-42: a profile with a fault is not used, and the fault says where it is."""
    with pytest.raises(ProfileErrors) as errors:
        parse_site(broken(file, old, new))
    found = [(fault.file, fault.reason) for fault in errors.value.faults]
    assert found == [(file, reason)]
    if place:
        assert errors.value.faults[0].line in (line_of(file, place), line_of(file, place) - 1)


def test_an_emergency_stop_has_no_interlocks() -> None:
    """CMD-06: stale data would block it in the moment it is made for."""
    with pytest.raises(ProfileErrors) as errors:
        parse_site(
            broken("types/pump.toml", 'command_class = "C2"', 'command_class = "C2"\nemergency = true')
        )
    assert [fault.reason for fault in errors.value.faults] == [F.EMERGENCY_INTERLOCKED]


def test_a_procedure_without_steps_is_a_fault() -> None:
    text = SOUND["procedures.toml"].split("[[procedure.step]]", maxsplit=1)[0]
    with pytest.raises(ProfileErrors) as errors:
        parse_site({**SOUND, "procedures.toml": text})
    assert [(f.reason, f.fields["field"]) for f in errors.value.faults] == [(F.MISSING, "step")]


def test_an_asset_at_fault_is_told_once_and_not_again_by_every_step() -> None:
    with pytest.raises(ProfileErrors) as errors:
        parse_site(broken("assets.csv", "west,35.1,128.9", "west,abc,128.9"))
    assert [fault.reason for fault in errors.value.faults] == [F.NOT_A_NUMBER]
