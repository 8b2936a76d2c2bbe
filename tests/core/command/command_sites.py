"""One pump with a level for the tests of commands."""

from __future__ import annotations

import msgspec

from console.core.catalogue import Catalogue
from console.core.command.facts import CommandRequest
from console.core.site import Area, Asset, AssetType, CommandDef, ParamDef, Site, TagDef, TagKind
from console.core.words import Text

WORD = Text("말", "word")
ULID = "01JD0000000000000000000000"
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
