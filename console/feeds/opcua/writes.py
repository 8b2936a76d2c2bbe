"""Commands as writes: what the server says of a write, and the value read back until it is there."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateImportUsage=false
# The library's generated types name one another by strings that no type checker resolves.

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from asyncua import ua

from console.feeds.base import DeviceAnswer, DeviceCommand
from console.feeds.opcua.codec import point_name, quality_of
from console.feeds.opcua.nodes import Nodes
from console.feeds.opcua.options import OpcuaOptions
from console.feeds.opcua.session import BROKEN, cause_of

AnswerCall = Callable[[DeviceAnswer], None]
READ_EVERY_S = 0.2
_CAUSES = {
    "BadOutOfRange": "OUT_OF_RANGE",
    "BadInvalidState": "BLOCKED_BY_MODE",
    "BadLocked": "AUTHORITY_HELD_BY_OTHER",
    "BadNotWritable": "UNSUPPORTED",
    "BadNodeIdUnknown": "UNSUPPORTED",
    "BadTypeMismatch": "UNSUPPORTED",
}
_BUSY = frozenset({"BadTooManyOperations", "BadResourceUnavailable", "BadServerTooBusy"})
_WHOLE = frozenset(
    {ua.VariantType.SByte, ua.VariantType.Byte, ua.VariantType.Int16, ua.VariantType.UInt16, ua.VariantType.Int32,
     ua.VariantType.UInt32, ua.VariantType.Int64, ua.VariantType.UInt64}
)  # fmt: skip
_BROKEN_NUMBER = frozenset({ua.VariantType.Float, ua.VariantType.Double})
_TRUE, _FALSE = frozenset({"true", "on", "1"}), frozenset({"false", "off", "0"})


class Writes:
    """Writes of one session; what is read back ends with it."""

    def __init__(self, nodes: Nodes, options: OpcuaOptions) -> None:
        self._nodes = nodes
        self._options = options
        self._reading: set[asyncio.Task[None]] = set()

    async def write(self, command: DeviceCommand, answer: AnswerCall) -> None:
        """Write and return once the server has it; raises FeedDown when nothing was written."""
        try:
            async with asyncio.timeout(self._options.connect_s):
                node_id, value = await self._target(command)
        except ua.UaStatusCodeError as error:
            answer(_refusal(str(ua.StatusCode(ua.UInt32(error.code)).name)))
            return
        except ValueError as error:
            answer(DeviceAnswer("rejected", detail=str(error)[:200], cause="UNSUPPORTED"))
            return
        except BROKEN as error:
            raise cause_of(error) from error
        status = await self._written(node_id, value)
        if status is None:
            return  # it may have arrived: nobody knows, and the hub says so
        if not status.is_good():
            answer(_refusal(str(status.name)))
        elif self._options.readback_s:
            answer(DeviceAnswer("accepted", detail=str(status.name)))
            self._begin(node_id, value, answer)
        else:
            answer(DeviceAnswer("accepted_final", detail=str(status.name)))

    async def end(self) -> None:
        """The session is over: nothing can be read back through it."""
        for task in self._reading:
            task.cancel()
        if self._reading:
            await asyncio.wait(self._reading)

    async def _target(self, command: DeviceCommand) -> tuple[ua.NodeId, ua.Variant]:
        """Node and value in the type of the node; raises ValueError for a value that does not fit."""
        point = point_name(command.source, command.path, self._options.join)
        if point.element >= 0:
            raise ValueError(f"{command.path} is an element of an array")
        node_id = (await self._nodes.find([point]))[0]
        if node_id is None:
            raise ua.UaStatusCodeError(ua.StatusCodes.BadNodeIdUnknown)
        kind = await self._nodes.node(node_id).read_data_type_as_variant_type()
        value: float | str = command.value
        if isinstance(value, str) and kind in _WHOLE and not _is_number(value):
            words = await self._nodes.words(node_id)
            value = float(next((number for number, word in words.items() if word == value), math.nan))
        return node_id, ua.Variant(_of_kind(value, kind), kind)

    async def _written(self, node_id: ua.NodeId, value: ua.Variant) -> ua.StatusCode | None:
        """What the server says of the write, None if the connection ends meanwhile."""
        # Without times: most devices refuse a write that brings its own.
        item = ua.WriteValue(node_id, ua.AttributeIds.Value, None, ua.DataValue(value))
        try:
            async with asyncio.timeout(self._options.connect_s):
                return (await self._nodes.write(ua.WriteParameters([item])))[0]
        except ua.UaStatusCodeError as error:
            return ua.StatusCode(ua.UInt32(error.code))
        except BROKEN:
            return None

    def _begin(self, node_id: ua.NodeId, value: ua.Variant, answer: AnswerCall) -> None:
        task = asyncio.create_task(self._read_back(node_id, value, answer), name="opcua read-back")
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read_back(self, node_id: ua.NodeId, value: ua.Variant, answer: AnswerCall) -> None:
        """Read until the value is there; what a device does not take over it has not done."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._options.readback_s
        while True:
            try:
                found = (await self._nodes.values([node_id]))[0]
            except BROKEN:
                return  # the feed tells the loss; what became of the command is unknown
            if quality_of(found.code).usable and _same(found.data, value.Value):
                answer(DeviceAnswer("done", 1.0))
                return
            if loop.time() >= deadline:
                answer(DeviceAnswer("failed", detail=f"{found.data!r}"[:200], cause="DEVIATION"))
                return
            await asyncio.sleep(READ_EVERY_S)


def _refusal(name: str) -> DeviceAnswer:
    kind = "busy" if name in _BUSY else "rejected"
    return DeviceAnswer(kind, detail=name, cause=_CAUSES.get(name, ""))


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _of_kind(value: float | str, kind: ua.VariantType) -> float | bool | str | int:
    """The value as the node holds it; raises ValueError for one that it cannot hold."""
    if kind is ua.VariantType.Boolean:
        word = value.lower() if isinstance(value, str) else f"{value:g}"
        if word not in _TRUE | _FALSE:
            raise ValueError(f"{value!r} is neither true nor false")
        return word in _TRUE
    if kind is ua.VariantType.String:
        return value if isinstance(value, str) else f"{value:g}"
    if kind in _BROKEN_NUMBER:
        return float(value)
    if kind in _WHOLE:
        number = float(value)
        if not number.is_integer():
            raise ValueError(f"{value!r} is not a whole number")
        return int(number)
    raise ValueError(f"a node of type {kind.name} cannot be written")


def _same(found: object, wanted: object) -> bool:
    """Whether a device has taken a value over; a Float has seven digits."""
    if isinstance(found, bool) or isinstance(wanted, (bool, str)):
        return found == wanted
    if isinstance(found, (int, float)) and isinstance(wanted, (int, float)):
        return math.isclose(found, wanted, rel_tol=1e-6, abs_tol=1e-9)
    return False
