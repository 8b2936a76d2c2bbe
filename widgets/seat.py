"""Joins the rooms of one seat where a press in one opens a sheet of another; rooms themselves know nothing of it."""

from __future__ import annotations

from console.desk.office import Office
from widgets.alarms.guidance import GuidanceDesk
from widgets.assets.faceplate import Faceplate
from widgets.commands.confirm import CommandDesk


def seated_faceplate(office: Office) -> Faceplate:
    """A faceplate whose commands open the confirmation, and whose alarms open the response sheet."""
    faceplate = Faceplate(office)
    commands, guidance = CommandDesk(office, faceplate), GuidanceDesk(office, faceplate)
    faceplate.command_requested.connect(commands.ask)
    faceplate.guidance_requested.connect(guidance.guide)
    return faceplate
