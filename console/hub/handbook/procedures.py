"""Chapters of the site as a whole: areas and assets, procedures, suppression by design, and how people work."""

from __future__ import annotations

from collections.abc import Iterator

from console.core.catalogue import Catalogue
from console.core.control import ProcedureStep, StepKind
from console.core.site import Matcher, Site
from console.hub.handbook.blocks import Block, Paragraph
from console.hub.handbook.speaker import Speaker


def areas(site: Site, speaker: Speaker) -> Iterator[Block]:
    """Every area with its assets."""
    yield speaker.heading(2, speaker.say("handbook.areas"))
    types = {kind.id: kind for kind in site.types}
    for area in site.areas:
        yield speaker.heading(3, f"{speaker.text(area.name)} ({area.id})")
        rows = [
            (
                asset.id,
                speaker.text(asset.name),
                speaker.text(types[asset.type].label),
                f"{asset.lat:.4f}, {asset.lon:.4f}",
            )
            for asset in site.assets
            if asset.area == area.id
        ]
        yield from speaker.table(("id", "asset", "type", "position"), rows)


def procedures(site: Site, speaker: Speaker) -> Iterator[Block]:
    """Every procedure with its steps."""
    if not site.procedures:
        return
    catalogue = Catalogue(site)
    yield speaker.heading(2, speaker.say("handbook.procedures"))
    for procedure in site.procedures:
        area = catalogue.areas[procedure.area]
        yield speaker.heading(3, f"{speaker.text(procedure.label)} ({procedure.id})")
        yield speaker.facts(
            [
                ("purpose", speaker.lines(procedure.purpose)),
                ("area", speaker.text(area.name)),
                ("owner", speaker.text(procedure.owner) if procedure.owner is not None else ""),
                ("reviewed", procedure.reviewed),
            ]
        )
        rows = [
            (
                str(number),
                speaker.lines(step.label),
                speaker.say(f"handbook.step.{step.kind}"),
                _what(step, catalogue, speaker),
                "" if step.skippable else speaker.say("handbook.not_skippable"),
            )
            for number, step in enumerate(procedure.steps, 1)
        ]
        yield from speaker.table(("number", "step", "kind", "what", "note"), rows)


def _what(step: ProcedureStep, catalogue: Catalogue, speaker: Speaker) -> str:
    if step.kind is StepKind.COMMAND:
        asset = catalogue.assets[step.asset]
        command = catalogue.command(step.asset, step.command)
        label = "" if command is None else speaker.text(command.label)
        value = "" if step.value is None else f" = {step.value:g}"
        return f"{speaker.text(asset.name)}: {label}{value}\n({step.asset}.{step.command})"
    if step.kind is StepKind.WAIT:
        return f"{step.when}\n{speaker.say('handbook.at_most', s=f'{step.timeout_s:g}')}"
    return step.when


def inhibitions(site: Site, speaker: Speaker) -> Iterator[Block]:
    """What is hidden while what is shown."""
    if not site.inhibitions:
        return
    yield speaker.heading(2, speaker.say("handbook.inhibitions"))
    rows = [
        (speaker.lines(rule.label), _matcher(rule.source), _matcher(rule.target), ", ".join(rule.equal))
        for rule in site.inhibitions
    ]
    yield from speaker.table(("why", "while", "hidden", "same"), rows)


def _matcher(matcher: Matcher) -> str:
    names = ("type", "alarm", "asset", "area", "alarm_class")
    return ", ".join(f"{name} {getattr(matcher, name)}" for name in names if getattr(matcher, name))


def policy(site: Site, speaker: Speaker) -> Iterator[Block]:
    """Shifts, and the rules of sessions, authority and commands."""
    yield speaker.heading(2, speaker.say("handbook.policy"))
    rules = site.policy
    yield speaker.facts(
        [
            ("idle_lock", speaker.say("handbook.minutes", n=f"{rules.idle_lock_min:g}")),
            ("session", speaker.say("handbook.hours", n=f"{rules.session_h:g}")),
            ("same_station", speaker.say("handbook.yes" if rules.same_station_approval else "handbook.no")),
            ("lease", speaker.say("handbook.seconds", n=f"{rules.lease_s:g}")),
            ("takeover", speaker.say("handbook.seconds", n=f"{rules.takeover_s:g}")),
            ("target_gap", speaker.say("handbook.seconds", n=f"{rules.target_gap_s:g}")),
            ("per_minute", str(rules.commands_per_min)),
        ]
    )
    shifts = [(speaker.text(shift.name), shift.start, shift.end) for shift in site.shifts]
    yield from speaker.table(("shift", "start", "end"), shifts)
    if rules.notice.ko or rules.notice.en:
        yield Paragraph(speaker.lines(rules.notice))
