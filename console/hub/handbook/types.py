"""Chapters of asset types: points, alarms and commands."""

from __future__ import annotations

from collections.abc import Iterator

from console.core.site import (
    AlarmCondition,
    AlarmDef,
    AssetType,
    CommandDef,
    ParamDef,
    Site,
    TagDef,
    TagKind,
)
from console.hub.handbook.blocks import Block
from console.hub.handbook.speaker import Speaker


def chapters(site: Site, speaker: Speaker) -> Iterator[Block]:
    """One chapter a type, in the order of the profile."""
    for kind in site.types:
        yield speaker.heading(2, f"{speaker.text(kind.label)} ({kind.id})")
        members = [
            f"{speaker.text(asset.name)} ({asset.id})" for asset in site.assets if asset.type == kind.id
        ]
        yield speaker.facts([("assets", "\n".join(members))])
        yield speaker.heading(3, f"{speaker.text(kind.label)}: {speaker.say('handbook.points')}")
        yield from _points(kind, speaker)
        if kind.alarms:
            yield speaker.heading(3, f"{speaker.text(kind.label)}: {speaker.say('handbook.alarms')}")
            for alarm in kind.alarms:
                yield from _alarm(alarm, kind, speaker)
        if kind.commands:
            yield speaker.heading(3, f"{speaker.text(kind.label)}: {speaker.say('handbook.commands')}")
            for command in kind.commands:
                yield from _command(command, kind, speaker)


def _points(kind: AssetType, speaker: Speaker) -> list[Block]:
    rows = [
        (tag.name, speaker.text(tag.label), tag.unit, _range(tag, speaker), f"{tag.period_s:g} s")
        for tag in kind.tags
    ]
    return speaker.table(("name", "meaning", "unit", "range", "period"), rows)


def _range(tag: TagDef, speaker: Speaker) -> str:
    if tag.kind is TagKind.DISCRETE:
        return "\n".join(f"{number} {speaker.text(state)}" for number, state in enumerate(tag.states))
    return f"{tag.low:g} – {tag.high:g}"


def _alarm(alarm: AlarmDef, kind: AssetType, speaker: Speaker) -> Iterator[Block]:
    yield speaker.heading(4, f"{speaker.text(alarm.label)} ({alarm.name})")
    steps = [
        f"{speaker.text(level.label)}: {_limit(level.limit, alarm, kind, speaker)}, "
        f"{speaker.say('handbook.priority', n=level.priority)}"
        for level in alarm.levels
    ]
    yield speaker.facts(
        [
            ("priority", speaker.say("handbook.priority", n=alarm.priority)),
            ("condition", _condition(alarm, kind, speaker)),
            ("levels", "\n".join(steps)),
            ("cause", speaker.lines(alarm.cause)),
            ("consequence", speaker.lines(alarm.consequence)),
            ("action", speaker.lines(alarm.action)),
            ("respond", speaker.say("handbook.minutes", n=f"{alarm.respond_min:g}")),
            ("delays", _delays(alarm, speaker)),
            ("owner", alarm.owner),
            ("reviewed", alarm.reviewed),
        ]
    )


def _condition(alarm: AlarmDef, kind: AssetType, speaker: Speaker) -> str:
    tag = next(tag for tag in kind.tags if tag.name == alarm.tag)
    limit = "" if alarm.condition is AlarmCondition.STALE else _limit(alarm.limit, alarm, kind, speaker)
    words = speaker.say(f"handbook.condition.{alarm.condition}", limit=limit, reference=alarm.reference_tag)
    return f"{tag.name} ({speaker.text(tag.label)}): {words}"


def _limit(limit: float, alarm: AlarmDef, kind: AssetType, speaker: Speaker) -> str:
    tag = next(tag for tag in kind.tags if tag.name == alarm.tag)
    if alarm.condition is AlarmCondition.STATE:
        return speaker.text(tag.states[int(limit)])
    unit = f"{tag.unit}/min" if alarm.condition is AlarmCondition.RATE else tag.unit
    return f"{limit:g} {unit}".strip()


def _delays(alarm: AlarmDef, speaker: Speaker) -> str:
    if not (alarm.deadband or alarm.on_delay_s or alarm.off_delay_s):
        return ""
    return speaker.say(
        "handbook.delays",
        deadband=f"{alarm.deadband:g}",
        on=f"{alarm.on_delay_s:g}",
        off=f"{alarm.off_delay_s:g}",
    )


def _command(command: CommandDef, kind: AssetType, speaker: Speaker) -> Iterator[Block]:
    yield speaker.heading(4, f"{speaker.text(command.label)} ({command.name})")
    by_value = [f"{value}: {speaker.text(text)}" for value, text in command.hazards.items()]
    locks = [f"{speaker.text(lock.label)}\n    {lock.when}" for lock in command.interlocks]
    marks = [
        speaker.say(f"handbook.mark.{name}")
        for name, on in (
            ("emergency", command.emergency),
            ("test", command.test_mode),
            ("cancel", command.cancellable),
        )
        if on
    ]
    yield speaker.facts(
        [
            ("class", f"{command.command_class}: {speaker.say(f'handbook.class.{command.command_class}')}"),
            ("value", "" if command.value is None else f"{command.value:g}"),
            ("parameters", "\n".join(_param(param, speaker) for param in command.params)),
            ("hazard", speaker.lines(command.hazard)),
            ("hazards", "\n".join(by_value)),
            ("interlocks", "\n".join(locks)),
            ("feedback", _feedback(command, kind, speaker)),
            ("marks", ", ".join(marks)),
        ]
    )


def _param(param: ParamDef, speaker: Speaker) -> str:
    text = f"{speaker.text(param.label)}: {param.low:g} – {param.high:g} {param.unit}".rstrip()
    step = speaker.say("handbook.step_limit", n=f"{param.step_limit:g}") if param.step_limit else ""
    return f"{text}, {step}" if step else text


def _feedback(command: CommandDef, kind: AssetType, speaker: Speaker) -> str:
    if not command.feedback_tag:
        return speaker.say("handbook.unverified")
    tag = next(tag for tag in kind.tags if tag.name == command.feedback_tag)
    return speaker.say(
        "handbook.feedback",
        tag=f"{tag.name} ({speaker.text(tag.label)})",
        s=f"{command.feedback_deadline_s:g}",
    )
