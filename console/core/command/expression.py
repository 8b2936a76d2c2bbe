"""Conditions over tags, as an integrator writes them in a profile: bounded, and without a way out (SEC-27, CMD-07).

Python's parser makes the tree and a white list makes closures of it: `and or not`, comparisons (chained too),
`+ - * /`, numbers, names of tags of the own asset, and `at("ASSET").tag` for a tag of another. Nothing else passes,
and nothing is ever given to `eval`.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from console.core.errors import GwanjeError

LENGTH_MAX: Final = 400
"""Characters."""
NODES_MAX: Final = 120
DEPTH_MAX: Final = 16

Read = Callable[[str], float | None]
"""The value of `asset.tag`, None if it is missing or stale."""
Resolve = Callable[[str, str], str]
"""Asset (empty for the own one) and tag to `asset.tag`; raises LookupError with an ExpressionReason."""

_Values = Mapping[str, float]
_Number = Callable[[_Values], float]
_Condition = Callable[[_Values], bool]


class ExpressionReason(StrEnum):
    """What may be wrong with an expression; its words are `profile.expression.<reason>`."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    SYNTAX = "syntax"
    NOT_ALLOWED = "not_allowed"
    """A part of the language that is not of this one: a call, a power, an attribute, a text."""
    NOT_FINITE = "not_finite"
    NOT_A_CONDITION = "not_a_condition"
    """A number where true or false is needed."""
    NOT_A_NUMBER = "not_a_number"
    """True or false where a number is needed."""
    NO_TAG = "no_tag"
    """It names no tag, so it would never change."""
    UNKNOWN_ASSET = "unknown_asset"
    UNKNOWN_TAG = "unknown_tag"
    NO_OWN_ASSET = "no_own_asset"
    """A bare name where there is no own asset: write `at("ASSET").tag`."""


class ExpressionFault(GwanjeError):
    """An expression that cannot be used: `where` is the column (1-based), `found` the text there."""

    def __init__(self, where: int, reason: ExpressionReason, found: str = "") -> None:
        self.where = where
        self.reason = reason
        self.found = found[:60]
        super().__init__(f"column {where}: {reason} {self.found!r}")


class Expression:
    """A condition that has been checked. Equal texts of one asset read the same tags."""

    __slots__ = ("_holds", "tags", "text")

    def __init__(self, text: str, tags: tuple[str, ...], holds: _Condition) -> None:
        self.text = text
        self.tags = tags
        """Every tag it names, `asset.tag`, each once in order of appearance."""
        self._holds = holds

    def evaluate(self, read: Read) -> bool | None:
        """Whether it holds; None is unknown, and unknown is never true.

        Unknown is any value that is missing or not finite, also where the rest alone would decide, and any
        arithmetic without a finite result.
        """
        values: dict[str, float] = {}
        for tag in self.tags:
            value = read(tag)
            if value is None or not math.isfinite(value):
                return None
            values[tag] = value
        try:
            return self._holds(values)
        except ArithmeticError:
            return None


def parse(text: str, resolve: Resolve) -> Expression:
    """The condition that `text` states; raises ExpressionFault with the first fault."""
    if len(text) > LENGTH_MAX:
        raise ExpressionFault(LENGTH_MAX + 1, ExpressionReason.TOO_LONG)
    if not text.strip():
        raise ExpressionFault(1, ExpressionReason.EMPTY)
    _check_characters(text)
    # Leading blanks would be an indentation to Python's parser.
    blank = len(text) - len(text.lstrip())
    try:
        tree = ast.parse(text[blank:], mode="eval").body
    except SyntaxError as error:
        raise ExpressionFault(
            blank + (error.offset or len(text) - blank + 1), ExpressionReason.SYNTAX
        ) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise ExpressionFault(1, ExpressionReason.TOO_DEEP) from error
    reader = _Reader(text, blank, resolve)
    reader.check_size(tree)
    holds = reader.condition(tree)
    if not reader.tags:
        raise ExpressionFault(1, ExpressionReason.NO_TAG)
    return Expression(text, tuple(reader.tags), holds)


_TOKEN = re.compile(
    r"""[ \t]+ | [A-Za-z_][A-Za-z0-9_]* | (?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_.])
    | "[^"\\\n]*" | '[^'\\\n]*' | <= | >= | == | != | [<>+\-*/().]""",
    re.VERBOSE,
)


def _check_characters(text: str) -> None:
    """Only tokens of this language: nothing reaches Python's parser that it would warn about or treat as a text."""
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise ExpressionFault(place + 1, ExpressionReason.SYNTAX, text[place : place + 12])
        place = token.end()


_ARITHMETIC: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: left / right,
}
_COMPARISONS: Final[dict[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class _Reader:
    """Makes closures of a tree. Conditions and numbers are kept apart: `1 < 2 < (a == b)` has no meaning here."""

    def __init__(self, text: str, blank: int, resolve: Resolve) -> None:
        self.tags: dict[str, None] = {}
        self._text = text
        self._blank = blank
        self._resolve = resolve

    def check_size(self, tree: ast.expr) -> None:
        """Bounds on the number of nodes and their depth, before anything recurses over them."""
        level: list[ast.expr] = [tree]
        nodes = depth = 0
        while level:
            depth += 1
            nodes += len(level)
            if depth > DEPTH_MAX:
                raise self._fault(level[0], ExpressionReason.TOO_DEEP)
            if nodes > NODES_MAX:
                raise self._fault(level[0], ExpressionReason.TOO_LARGE)
            level = [n for node in level for n in ast.iter_child_nodes(node) if isinstance(n, ast.expr)]

    def condition(self, node: ast.expr) -> _Condition:
        match node:
            case ast.BoolOp(op=op, values=values):
                parts = [self.condition(value) for value in values]
                return _every(parts) if isinstance(op, ast.And) else _some(parts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return _negated(self.condition(operand))
            case ast.Compare():
                return self._comparison(node)
            case ast.Name() | ast.Attribute() | ast.BinOp():
                self.number(node)
                raise self._fault(node, ExpressionReason.NOT_A_CONDITION)
            case ast.Constant(value=int() | float()):
                raise self._fault(node, ExpressionReason.NOT_A_CONDITION)
            case _:
                raise self._fault(node, ExpressionReason.NOT_ALLOWED)

    def number(self, node: ast.expr) -> _Number:
        match node:
            case ast.Constant(value=value):
                return self._constant(node, value)
            case ast.Name(id=name):
                return self._tag(node, "", name)
            case ast.Attribute(
                value=ast.Call(func=ast.Name(id="at"), args=[ast.Constant(value=str(asset))], keywords=[]),
                attr=name,
            ):
                return self._tag(node, asset, name)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                return _signed(self.number(operand), -1.0 if isinstance(sign, ast.USub) else 1.0)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return _computed(_ARITHMETIC[type(op)], self.number(left), self.number(right))
            case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
                raise self._fault(node, ExpressionReason.NOT_A_NUMBER)
            case _:
                raise self._fault(node, ExpressionReason.NOT_ALLOWED)

    def _comparison(self, node: ast.Compare) -> _Condition:
        tests: list[Callable[[float, float], bool]] = []
        for op in node.ops:
            if type(op) not in _COMPARISONS:
                raise self._fault(node, ExpressionReason.NOT_ALLOWED)
            tests.append(_COMPARISONS[type(op)])
        return _chain(tests, [self.number(side) for side in (node.left, *node.comparators)])

    def _constant(self, node: ast.expr, value: object) -> _Number:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._fault(node, ExpressionReason.NOT_ALLOWED)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self._fault(node, ExpressionReason.NOT_FINITE)
        return lambda values: number

    def _tag(self, node: ast.expr, asset: str, name: str) -> _Number:
        try:
            key = self._resolve(asset, name)
        except LookupError as error:
            reason = ExpressionReason(str(error.args[0]))
            raise self._fault(
                node, reason, asset if reason is ExpressionReason.UNKNOWN_ASSET else name
            ) from error
        self.tags[key] = None
        return lambda values: values[key]

    def _fault(self, node: ast.expr, reason: ExpressionReason, found: str = "") -> ExpressionFault:
        column = self._blank + node.col_offset + 1
        end = self._blank + (node.end_col_offset or node.col_offset)
        return ExpressionFault(column, reason, found or self._text[column - 1 : end])


def _every(parts: list[_Condition]) -> _Condition:
    return lambda values: all(part(values) for part in parts)


def _some(parts: list[_Condition]) -> _Condition:
    return lambda values: any(part(values) for part in parts)


def _negated(part: _Condition) -> _Condition:
    return lambda values: not part(values)


def _signed(part: _Number, sign: float) -> _Number:
    return lambda values: sign * part(values)


def _computed(operate: Callable[[float, float], float], left: _Number, right: _Number) -> _Number:
    def compute(values: _Values) -> float:
        result = operate(left(values), right(values))
        if not math.isfinite(result):
            raise OverflowError
        return result

    return compute


def _chain(tests: list[Callable[[float, float], bool]], sides: list[_Number]) -> _Condition:
    def holds(values: _Values) -> bool:
        left = sides[0](values)
        for test, side in zip(tests, sides[1:], strict=True):
            right = side(values)
            if not test(left, right):
                return False
            left = right
        return True

    return holds
