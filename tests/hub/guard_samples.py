"""A site of two areas, and a message of every kind about one of them."""

from __future__ import annotations

from typing import Any

import msgspec
from hub_room import small_site, text

from console.core.alarm.facts import AckItem
from console.core.catalogue import Catalogue
from console.core.command.control_facts import RunFact, RunState, TagFact, TagKind
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.control import Procedure, ProcedureStep, StepKind
from console.core.logbook.entry import LogDraft
from console.core.logbook.query import LogQuery
from console.core.site import Area, Site
from console.hub.whereabouts import Whereabouts
from console.wire import messages as m


def site() -> Site:
    base = small_site(2)
    first, second = base.assets
    steps = tuple(
        ProcedureStep(id=f"s{n}", kind=StepKind.COMMAND, label=text("x"), asset=asset, command=command)
        for n, (asset, command) in enumerate((("a0", "beep"), ("a0", "scrap"), ("a1", "beep")))
    )
    procedures = (
        Procedure(id="mild-a", label=text("x"), purpose=text("x"), area="a", steps=steps[:1]),
        Procedure(id="wild-a", label=text("x"), purpose=text("x"), area="a", steps=steps[1:2]),
        Procedure(id="mild-b", label=text("x"), purpose=text("x"), area="b", steps=steps[2:]),
        Procedure(id="both", label=text("x"), purpose=text("x"), area="a", steps=(steps[0], steps[2])),
    )
    areas = (*base.areas, Area(id="b", name=text("b"), lat=35.1, lon=129.1))
    assets = (first, msgspec.structs.replace(second, area="b"))
    return msgspec.structs.replace(base, areas=areas, assets=assets, procedures=procedures)


SITE = site()
CATALOGUE = Catalogue(SITE)
ALARM = {"a": CATALOGUE.alarm_index("a0.high"), "b": CATALOGUE.alarm_index("a1.high")}
ASSET = {"a": "a0", "b": "a1"}


def sample(kind: type[m.Asked], area: str, command: str = "beep") -> Any:
    """A message of a kind that is about `area`, and about a command of class C1 (`beep`) or C3 (`scrap`)."""
    name = kind.__name__
    mild = "mild" if command == "beep" else "wild"
    asked = CommandRequest(command_id="c", asset=ASSET[area], command=command)
    fields: dict[str, Any] = {
        "request": "r",
        "alarm": ALARM[area],
        "items": (AckItem(ALARM[area], "o", 2),),
        "area": area,
        "asset": ASSET[area],
        "command": asked,
        "commands": (asked,),
        "command_id": f"{area}-{command}",
        "tag": area,
        "procedure": f"{mild}-{area}",
        "run": f"{mild}-{area}",
        "handover": area,
        "areas": (area,),
        "seen": (),
        "act": "execute",
        "group_id": "g",
        "duration_s": 60.0,
        "kind": TagKind.INFO,
        "start": 0,
        "end": 1,
        "tags": (),
        "changes": {},
        "grant": True,
        "approve": True,
        "audible": True,
        "sequence": 0,
        "size": 1,
        "offset": 0,
        "entries": (),
    }
    if name == "WriteLog":
        fields["draft"] = LogDraft(id="e", at=0, area=area, text="x")
    if name == "QueryLog":
        fields["query"] = LogQuery()
    if name == "QueryHistory":
        fields["request"] = 1
    known = {field.name for field in msgspec.structs.fields(kind)}
    required = {
        field.name
        for field in msgspec.structs.fields(kind)
        if field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT
    }
    given_fields = {field: value for field, value in fields.items() if field in known}
    # "grants" of an account and "user" of a decision stay at their defaults.
    values: dict[str, Any] = {**dict.fromkeys(required, "x"), **given_fields}
    return kind(**values)


def where() -> Whereabouts:
    found = Whereabouts(CATALOGUE)
    found.command_facts = lambda command_id: (
        CommandFact(
            request=CommandRequest(
                command_id=command_id, asset=ASSET[command_id[0]], command=command_id.partition("-")[2]
            ),
            state=CommandState.SELECTED,
        )
        if command_id[1:2] == "-"
        else None
    )
    found.tag_facts = lambda tag: (
        TagFact(id=tag, asset=ASSET[tag], kind=TagKind.INFO, text="x", owner="lee", owner_name="Lee", at=0)
        if tag in ASSET
        else None
    )
    found.handover_areas = lambda handover: (handover,) if handover in ASSET else ()
    found.run_facts = lambda run: (
        RunFact(id=run, procedure=run, state=RunState.RUNNING, by="lee", started=0)
        if run.startswith(("mild", "wild"))
        else None
    )
    return found
