"""What a sheet is about: asset, area, command, and its value now."""

from __future__ import annotations

import math

from console.core.catalogue import TagPoint
from console.core.command.facts import CommandRequest
from console.core.quality import Quality
from console.core.site import CommandDef, ParamDef, TagKind
from console.desk.formats import DASH, number, value_text, with_unit
from console.desk.office import Office

_SHARE = 0.02
"""Of its range, that a value may move while its confirmation stands, where the profile names no tolerance."""


class Aim:
    """Resolved once; raises KeyError for a command the catalogue does not have."""

    def __init__(self, office: Office, request: CommandRequest) -> None:
        self._office = office
        self.request = request
        catalogue = office.catalogue.catalogue
        command = catalogue.command(request.asset, request.command) if catalogue is not None else None
        if catalogue is None or command is None:
            raise KeyError(request.command)
        self.command: CommandDef = command
        self.asset = catalogue.assets[request.asset]
        self.area = catalogue.areas.get(self.asset.area)
        self.param: ParamDef | None = command.params[0] if command.params else None
        self.feedback: TagPoint | None = next(
            (p for p in catalogue.tags_of(self.asset.id) if p.tag.name == command.feedback_tag), None
        )

    def present(self) -> float | None:
        """The value the command will change, None when it is not known well."""
        if self.feedback is None:
            return None
        values, index = self._office.values, self.feedback.index
        value = values.value(index)
        return value if values.quality(index).usable and math.isfinite(value) else None

    def present_text(self) -> str:
        """The same with unit and quality."""
        point = self.feedback
        if point is None:
            return DASH
        value, quality = self._office.values.value(point.index), self._office.values.quality(point.index)
        text = value_text(point.tag, value, quality, self._office.speech.lang)
        if not quality.usable and quality is not Quality.NEVER:
            text += f" ({self._office.speech.say(f'quality.{quality.name}')})"
        return text

    def wanted_text(self, typed: float | None) -> str:
        """What it will be: a state's name, or the typed number with its unit."""
        if self.param is not None:
            return with_unit(number(typed, self.param.decimals), self.param.unit)
        if self.feedback is None or self.command.value is None:
            return self._office.speech.of(self.command.label)
        return value_text(self.feedback.tag, self.command.value, Quality.GOOD, self._office.speech.lang)

    def has_moved(self, since: float | None) -> bool:
        """Whether the value is another than `since`, the one a confirmation was given for; unknown is another."""
        if self.feedback is None or since is None:
            return False
        now = self.present()
        if now is None:
            return True
        tag = self.feedback.tag
        if tag.kind is not TagKind.ANALOG:
            return round(now) != round(since)
        return abs(now - since) > (self.command.feedback_tolerance or _SHARE * abs(tag.high - tag.low))
