"""Which tags a chart shows, how each line looks, and in which pane it stands: one pane a unit."""

from __future__ import annotations

import math

from console.core.alarm.facts import AlarmLetter
from console.core.catalogue import TagPoint
from console.core.site import AlarmCondition, TagKind
from console.desk.office import Office
from widgets.charts.decor import AlarmMark
from widgets.charts.pane import DASHES, LineLook
from widgets.kit.bar import LimitBand

MOST_LINES = 8
MOST_PANES = 4
FIRST_PANES = 3


def first_choice(points: list[TagPoint], panes: int) -> list[TagPoint]:
    """What is shown of an asset before a person chooses: so many units, states only when there is nothing else."""
    analog = [point for point in points if point.tag.kind is not TagKind.DISCRETE]
    units = list(dict.fromkeys(point.tag.unit for point in analog))[:panes]
    return [point for point in analog if point.tag.unit in units] or points[:panes]


def looks_of(points: list[TagPoint], office: Office) -> dict[int, LineLook]:
    """Colour, dash and name of each line; the asset is named when lines of several are shown."""
    hues = office.themes.tokens.trend
    several = len({point.asset.id for point in points}) > 1
    looks: dict[int, LineLook] = {}
    for slot, point in enumerate(points):
        label = office.speech.of(point.tag.label)
        name = f"{office.speech.of(point.asset.name)} {label}" if several else label
        looks[point.index] = LineLook(hues[slot % len(hues)], DASHES[slot % len(DASHES)], name)
    return looks


def panes_of(points: list[TagPoint]) -> dict[str, list[TagPoint]]:
    """Tags by unit in order; what does not fit into four panes shares the last one."""
    panes: dict[str, list[TagPoint]] = {}
    for point in points:
        key = point.tag.unit if point.tag.kind is not TagKind.DISCRETE else f"#{point.tag.name}"
        if key not in panes and len(panes) == MOST_PANES:
            key = next(reversed(panes))
        panes.setdefault(key, []).append(point)
    return panes


def limits_of(points: list[TagPoint], office: Office) -> tuple[LimitBand, ...]:
    """Bands of the alarms of these tags."""
    catalogue = office.catalogue.catalogue
    if catalogue is None:
        return ()
    tags = {point.index for point in points}
    bands: list[LimitBand] = []
    for asset in dict.fromkeys(point.asset.id for point in points):
        for found in catalogue.alarms_of(asset):
            if found.tag_index not in tags:
                continue
            alarm = found.alarm
            if alarm.condition is AlarmCondition.HIGH:
                bands.append(LimitBand(alarm.limit, math.inf, alarm.priority))
            elif alarm.condition is AlarmCondition.LOW:
                bands.append(LimitBand(-math.inf, alarm.limit, alarm.priority))
    return tuple(bands)


def marks_of(points: list[TagPoint], office: Office) -> tuple[AlarmMark, ...]:
    """Alarms of these tags at the moment they came."""
    catalogue = office.catalogue.catalogue
    if catalogue is None:
        return ()
    tags = {point.index for point in points}
    marks: list[AlarmMark] = []
    for asset in dict.fromkeys(point.asset.id for point in points):
        for found in catalogue.alarms_of(asset):
            fact = office.alarms.facts.get(found.index)
            if found.tag_index in tags and fact is not None and fact.at_event:
                letter = fact.state.letter
                shown = AlarmLetter.F if letter is AlarmLetter.A else letter
                marks.append(AlarmMark(fact.at_event / 1e9, fact.priority, shown))
    return tuple(marks)
