"""One pump for the tests of commands, and commands on their way to it."""

from __future__ import annotations

import msgspec

from console.core.batch import NS
from console.core.catalogue import Catalogue
from console.core.command.answers import Said
from console.core.command.facts import CommandRequest
from console.core.command.machine import CommandMachine
from console.core.command.parties import Party
from console.core.command.validation import Intent, intent_of
from console.core.quality import Quality
from console.core.site import Area, Asset, AssetType, CommandDef, ParamDef, Site, TagDef, TagKind
from console.core.words import Text

WORD = Text("말", "word")
ULID = "01JD0000000000000000000000"
KIM = Party("kim", "kim", "session-1", "seat-1")
AT = 1000 * NS
"""UTC ns of monotonic second 0."""
STATE, OPENING = 0, 1
"""Tag indices of the pump."""

START = CommandDef(name="start", label=WORD, value=1.0, feedback_tag="state")
BLIND = CommandDef(name="blind", label=WORD, value=1.0)
OPEN = CommandDef(
    name="open",
    label=WORD,
    params=(ParamDef(name="to", label=WORD, low=0.0, high=100.0, step_limit=20.0),),
    feedback_tag="opening",
    feedback_tolerance=1.0,
)


def changed(definition: CommandDef, **changes: object) -> CommandDef:
    """A definition with some fields changed."""
    return msgspec.structs.replace(definition, **changes)


def request(command: str = "start", **changes: object) -> CommandRequest:
    """A request of the pump's command."""
    plain = CommandRequest(command_id=ULID, asset="p1", command=command)
    return msgspec.structs.replace(plain, **changes)


def catalogue_of(*commands: CommandDef) -> Catalogue:
    """A site with one pump that has these commands."""
    tags = (
        TagDef(name="state", label=WORD, kind=TagKind.DISCRETE, states=(WORD, WORD, WORD)),
        TagDef(name="opening", label=WORD),
    )
    kind = AssetType(id="pump", label=WORD, glyph="pump", tags=tags, commands=commands)
    return Catalogue(
        Site(
            id="test",
            name=WORD,
            time_zone="Asia/Seoul",
            south=34.0,
            west=128.0,
            north=36.0,
            east=130.0,
            areas=(Area(id="a", name=WORD, lat=35.0, lon=129.0),),
            types=(kind,),
            assets=(Asset(id="p1", type="pump", name=WORD, area="a", lat=35.0, lon=129.0),),
        )
    )


def at(now: float) -> int:
    """UTC ns of a monotonic second."""
    return AT + round(now * NS)


def intent(definition: CommandDef = START, value: float | None = None, test: bool = False) -> Intent:
    return intent_of(catalogue_of(definition), request(definition.name, value=value, test=test), AT)


def machine(definition: CommandDef = START, value: float | None = None, test: bool = False) -> CommandMachine:
    return CommandMachine(intent(definition, value, test), KIM, 0.0, AT)


def sent(definition: CommandDef = START, value: float | None = None, test: bool = False) -> CommandMachine:
    """A command whose bytes are out at second 0."""
    command = machine(definition, value, test)
    command.accept(0.0, AT)
    command.sent(0.0)
    return command


def verifying(definition: CommandDef = START, value: float | None = None) -> CommandMachine:
    command = sent(definition, value)
    say(command, "done", 1.0)
    return command


def say(command: CommandMachine, kind: str, now: float, **more: object) -> None:
    """The device answers at `now`."""
    command.answer(msgspec.structs.replace(Said(kind=kind), **more), now, at(now))


def feel(command: CommandMachine, value: float, now: float, quality: Quality = Quality.GOOD) -> None:
    """Feedback that is measured and arrives at `now`."""
    command.feedback(value, quality, at(now), now, at(now))
