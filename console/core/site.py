"""A district as facts: what a site profile declares, the same on hub and console.

Order is meaning: `core.catalogue` numbers tags and alarms in the order of assets and of their type's lists.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from console.core.control import Directory, Interlock, Policy, Procedure
from console.core.notification import Receiver
from console.core.reporting import Reporting
from console.core.words import Text

NO_TEXT = Text("", "")


class TagKind(StrEnum):
    """What a tag's number means."""

    ANALOG = "analog"
    DISCRETE = "discrete"
    """A small set of states; the value is the state's number."""
    COUNTER = "counter"


class TagDef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One tag of an asset type: a measured, computed or commanded value."""

    name: str
    label: Text
    kind: TagKind = TagKind.ANALOG
    unit: str = ""
    low: float = 0.0
    """Lower end of the engineering range, in `unit`."""
    high: float = 100.0
    decimals: int = 1
    period_s: float = 5.0
    """Expected time between samples; a tag silent for max(3 periods, 30 s) is stale (ALM-10)."""
    states: tuple[Text, ...] = ()
    """Names of the states 0, 1, … of a discrete tag."""


class AlarmCondition(StrEnum):
    """How an alarm's condition is told from its tag."""

    HIGH = "high"
    LOW = "low"
    STATE = "state"
    """Discrete: abnormal while the value equals `limit`."""
    DEVIATION = "deviation"
    """Abnormal while the distance between the value and that of `reference_tag` is at least `limit`."""
    RATE = "rate"
    """Abnormal while the value rises (`limit` above 0) or falls (below 0) by at least `limit` a minute."""
    STALE = "stale"
    """Abnormal while the tag has no usable value: silent, bad or disconnected (ALM-09, ALM-10); no limit."""


class Severity(StrEnum):
    """How bad it is if nobody acts (ALARMS.md 1.5)."""

    UNSAID = ""
    MINOR = "minor"
    MAJOR = "major"
    SEVERE = "severe"
    LIFE = "life"
    """Somebody may die."""


class AlarmLevel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A further limit of an alarm of several levels: beyond it the alarm is this urgent (ALM-11)."""

    limit: float
    priority: int
    label: Text


class AlarmDef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rationalised alarm of an asset type (ALARMS.md 1.5)."""

    name: str
    tag: str
    label: Text
    """Short name of the condition, such as 수위 매우 높음 / Level very high."""
    condition: AlarmCondition
    limit: float = 0.0
    """Of level 0, the least urgent; unit of the tag, for a rate unit a minute."""
    priority: int
    """1 critical, 2 high, 3 medium, 4 low; of level 0."""
    cause: Text
    consequence: Text
    action: Text
    respond_min: float
    alarm_class: str = "process"
    deadband: float = 0.0
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    latching: bool = False
    ack_required: bool = True
    shelvable: bool = True
    levels: tuple[AlarmLevel, ...] = ()
    """Levels 1, 2, … of rising urgency; exclusive: one alarm, at the highest level that its value has reached."""
    reference_tag: str = ""
    """Tag of the same asset that a deviation is measured from."""
    rate_window_s: float = 0.0
    """How far back a rate looks; it is told from at least half of this."""
    count: int = 1
    """Excursions within `count_window_s` that raise the alarm at once (ALM-05)."""
    count_window_s: float = 0.0
    realarm_min: float = 0.0
    """Minutes after which an acknowledged alarm that is still active asks again; 0 never."""
    escalate_min: float = 0.0
    """Minutes unacknowledged until the supervisor is called; 0: 2 for priority 1, 10 for priority 2, else never."""
    comment_required: bool = False
    """Nobody acknowledges it without a comment."""
    display: str = ""
    """Linked display: a name of a view, or `asset:<id>`; empty for the asset's own faceplate."""
    owner: str = ""
    """Who answers for the definition."""
    reviewed: str = ""
    """Day of the last rationalisation, YYYY-MM-DD."""
    severity: Severity = Severity.UNSAID
    """Of the consequence at its most urgent level; with the time to respond it gives the priority."""

    @property
    def top_priority(self) -> int:
        """The most urgent priority that any of its levels has."""
        return min((self.priority, *(level.priority for level in self.levels)))


class CommandClass(StrEnum):
    """How dangerous a command is, and so how it is sent (CMD-04)."""

    C0 = "C0"
    C1 = "C1"
    C2 = "C2"
    C3 = "C3"


class ParamDef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number a person gives with a command."""

    name: str
    label: Text
    unit: str = ""
    low: float = 0.0
    high: float = 100.0
    decimals: int = 0
    step_limit: float = 0.0
    """Largest change against the present feedback value; 0 means none."""


class CommandDef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One command of an asset type. Either `value` is fixed or exactly one parameter gives it."""

    name: str
    label: Text
    """A verb with its object, such as 펌프 2 기동 / Start pump 2."""
    command_class: CommandClass = CommandClass.C1
    value: float | None = None
    params: tuple[ParamDef, ...] = ()
    hazard: Text = NO_TEXT
    """What will happen, in words, shown before it is sent."""
    feedback_tag: str = ""
    """Tag whose fresh value proves the effect; empty means success is unverified."""
    feedback_tolerance: float = 0.0
    feedback_deadline_s: float = 10.0
    accept_deadline_s: float = 3.0
    execute_deadline_s: float = 15.0
    idempotent: bool = False
    cancellable: bool = False
    hazards: dict[str, Text] = msgspec.field(default_factory=dict[str, Text])
    """Hazard of a value, by the value as text (`"0"`, `"100"`), in place of `hazard`."""
    interlocks: tuple[Interlock, ...] = ()
    emergency: bool = False
    """Emergency stop: never waits for an approval (CMD-06)."""
    test_mode: bool = False
    """The device understands a test (CMD-15)."""
    opens: bool | None = None
    """Whether it starts, closes or raises (True: held by INHIBIT_ON) or the contrary; None: told from value and
    present value."""


class AssetType(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of asset, declared once and used by many."""

    id: str
    label: Text
    glyph: str
    """Name of an icon of `resources/icons/marks`."""
    tags: tuple[TagDef, ...]
    alarms: tuple[AlarmDef, ...] = ()
    commands: tuple[CommandDef, ...] = ()
    headline: tuple[str, ...] = ()
    """Tags shown first: on the map, in tables and on top of the faceplate."""


class Area(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the site that one operator can hold."""

    id: str
    name: Text
    lat: float
    lon: float


class Asset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing in the city."""

    id: str
    type: str
    name: Text
    area: str
    lat: float
    lon: float
    parent: str = ""


class Relation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`source` feeds, drains, supplies … `target`."""

    kind: str
    source: str
    target: str


class Matcher(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Alarms whose every label named here is equal; an empty field matches anything."""

    alarm: str = ""
    """Name of the definition."""
    type: str = ""
    area: str = ""
    asset: str = ""
    alarm_class: str = ""


class Inhibition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Suppression by design: while an alarm of `source` is active, those of `target` are hidden (ALM-27)."""

    id: str
    label: Text
    """Why, as the operator reads it beside what is hidden."""
    source: Matcher
    target: Matcher
    equal: tuple[str, ...] = ()
    """Labels that both must share: fields of a matcher, or `parent`; missing on both sides is equal."""


class Shift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shift of the control room, [start, end) as HH:MM in the site's time zone; correct over midnight."""

    id: str
    name: Text
    start: str
    end: str


class TagRoute(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a tag's value stands in the source, and how it becomes the tag's unit: value * scale + offset."""

    path: str
    scale: float = 1.0
    offset: float = 0.0
    states: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    """Words of the source that stand for numbers, such as {"on" = 1, "off" = 0}."""
    unit: str = ""
    """Unit that the source sends, as the source writes it; an adapter whose source tells its units holds it against
    them. Empty: not said.
    """


class CommandRoute(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a command goes in the source: the inverse of a tag route; `words` turns numbers into source
    words.
    """

    path: str
    scale: float = 1.0
    offset: float = 0.0
    words: dict[str, str] = msgspec.field(default_factory=dict[str, str])


class FeedMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a feed names the assets of one type and their tags; `{asset}` in `source` stands for the asset
    id.
    """

    type: str
    source: str
    tags: dict[str, TagRoute]
    commands: dict[str, CommandRoute] = msgspec.field(default_factory=dict[str, CommandRoute])


class FeedDef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One source of the city and how it is read."""

    id: str
    adapter: str
    """Name of a room of `console.feeds`: ngsi_ld, signal_k, json_ws, columns."""
    url: str
    label: Text
    movers: str = ""
    """What moving objects this feed brings: vessel, truck, `vessel+truck`, or empty."""
    options: dict[str, str | float | bool] = msgspec.field(default_factory=dict[str, "str | float | bool"])
    map: tuple[FeedMap, ...] = ()


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole site profile. On the wire to consoles `feeds` are names: endpoints stay in the hub."""

    id: str
    name: Text
    time_zone: str
    south: float
    west: float
    north: float
    east: float
    areas: tuple[Area, ...]
    types: tuple[AssetType, ...]
    assets: tuple[Asset, ...]
    relations: tuple[Relation, ...] = ()
    feeds: tuple[FeedDef, ...] = ()
    map_folder: str = ""
    """Folder of GeoJSON that replaces the shipped base map; empty for the shipped one."""
    inhibitions: tuple[Inhibition, ...] = ()
    shifts: tuple[Shift, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    policy: Policy = Policy()
    directory: Directory | None = None
    """Like the feeds not sent to consoles."""
    receivers: tuple[Receiver, ...] = ()
    """Who is told outside the room; not sent to consoles either."""
    reporting: Reporting = Reporting()
