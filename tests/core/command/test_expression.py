"""The expression language: what it means, what it refuses, and that nothing gets out of it (SEC-27, CMD-07)."""

from __future__ import annotations

import ast
import math
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.command.expression import (
    DEPTH_MAX,
    LENGTH_MAX,
    Expression,
    ExpressionFault,
    ExpressionReason,
    parse,
)

R = ExpressionReason
OWN = ("level", "mode", "gate")
OTHER = {"RIVER-1": ("level",)}


def resolve(asset: str, tag: str) -> str:
    if asset and asset not in OTHER:
        raise LookupError(R.UNKNOWN_ASSET)
    if tag not in (OTHER[asset] if asset else OWN):
        raise LookupError(R.UNKNOWN_TAG)
    return f"{asset or 'PUMP'}.{tag}"


def made(text: str) -> Expression:
    return parse(text, resolve)


def truth(text: str, **values: float | None) -> bool | None:
    river = values.pop("river", None)
    return made(text).evaluate({**{f"PUMP.{k}": v for k, v in values.items()}, "RIVER-1.level": river}.get)


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("level < 4.5 and mode == 1", {"level": 4.0, "mode": 1.0}, True),
        ("level < 4.5 and mode == 1", {"level": 4.5, "mode": 1.0}, False),
        ("1 <= level < 3", {"level": 1.0}, True),
        ("1 <= level < 3", {"level": 3.0}, False),
        ("1 < level > 0.5", {"level": 0.9}, False),
        ("not (mode == 1 or gate >= 50)", {"mode": 0.0, "gate": 49.0}, True),
        ("level - at('RIVER-1').level > 0.2", {"level": 2.0, "river": 1.7}, True),
        ('at("RIVER-1").level < level', {"level": 2.0, "river": 2.0}, False),
        ("-level + 2 * gate / 4 == 3", {"level": 2.0, "gate": 10.0}, True),
        ("  level != .5e1", {"level": 5.0}, False),
        ("gate == 0 or level / gate > 2", {"level": 1.0, "gate": 0.0}, True),
    ],
)
def test_an_expression_means_what_it_says(text: str, values: dict[str, float | None], expected: bool) -> None:
    """CMD-07."""
    assert truth(text, **values) is expected


@pytest.mark.parametrize("missing", [None, math.nan, math.inf, -math.inf])
def test_a_missing_value_makes_everything_unknown(missing: float | None) -> None:
    """CMD-07: fail closed, even where the other side alone would decide."""
    assert truth("mode == 1 or level < 3", mode=1.0, level=missing) is None
    assert truth("mode == 1 and level < 3", mode=0.0, level=missing) is None


@pytest.mark.parametrize("text", ["level / gate > 1", "level * 1e308 * 1e308 > 1", "level * 1e308 * 10 != 1"])
def test_arithmetic_without_a_finite_result_is_unknown(text: str) -> None:
    assert truth(text, level=5.0, gate=0.0) is None


def test_tags_are_named_once_in_order() -> None:
    assert made("level < 3 and at('RIVER-1').level < level").tags == ("PUMP.level", "RIVER-1.level")


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("", 1, R.EMPTY),
        ("  \t", 1, R.EMPTY),
        ("level < 1" + " " * LENGTH_MAX, LENGTH_MAX + 1, R.TOO_LONG),
        ("level < ", 9, R.SYNTAX),
        ("level < 3; mode", 10, R.SYNTAX),
        ("level ≤ 3", 7, R.SYNTAX),
        ("level\n< 3", 6, R.SYNTAX),
        ("level < 1or mode == 1", 9, R.SYNTAX),
        ("level < 0x10", 9, R.SYNTAX),
        ("level", 1, R.NOT_A_CONDITION),
        ("level + 1", 1, R.NOT_A_CONDITION),
        ("1", 1, R.NOT_A_CONDITION),
        ("level < 3 and mode", 15, R.NOT_A_CONDITION),
        ("level < (mode == 1)", 10, R.NOT_A_NUMBER),
        ("level + (not mode == 1) < 2", 10, R.NOT_A_NUMBER),
        ("1 < 2", 1, R.NO_TAG),
        ("True", 1, R.NOT_A_CONDITION),
        ("level == True", 10, R.NOT_ALLOWED),
        ("level == None", 10, R.NOT_ALLOWED),
        ("level == 'a'", 10, R.NOT_ALLOWED),
        ("level ** 2 < 3", 1, R.NOT_ALLOWED),
        ("level // 2 < 3", 1, R.NOT_ALLOWED),
        ("level is mode", 1, R.NOT_ALLOWED),
        ("level in mode", 1, R.NOT_ALLOWED),
        ("level.real < 3", 1, R.NOT_ALLOWED),
        ("level.__class__ < 3", 1, R.NOT_ALLOWED),
        ("at('RIVER-1').level.real < 3", 1, R.NOT_ALLOWED),
        ("at('RIVER-1') < 3", 1, R.NOT_ALLOWED),
        ("at(level).level < 3", 1, R.NOT_ALLOWED),
        ("at().level < 3", 1, R.NOT_ALLOWED),
        ("abs(level) < 3", 1, R.NOT_ALLOWED),
        ("level < 1e999", 9, R.NOT_FINITE),
        (f"level < {'9' * 390}", 9, R.NOT_FINITE),
        ("mode == 1 and depth < 3", 15, R.UNKNOWN_TAG),
        ("at('SEA').level < 3", 1, R.UNKNOWN_ASSET),
        ("level < 3 if mode == 1 else mode == 2", 1, R.NOT_ALLOWED),
        ("lambda level < 3", 14, R.SYNTAX),
        ("(yield)", 2, R.NOT_ALLOWED),
    ],
)
def test_a_fault_names_its_place_and_reason(text: str, where: int, reason: ExpressionReason) -> None:
    """SEC-27: nothing but the language of conditions passes."""
    with pytest.raises(ExpressionFault) as fault:
        made(text)
    assert (fault.value.where, fault.value.reason) == (where, reason)


def test_size_and_depth_are_bounded() -> None:
    """SEC-27."""
    with pytest.raises(ExpressionFault, match=R.TOO_LARGE):
        made(" or ".join(["gate<1"] * 40))
    with pytest.raises(ExpressionFault, match=R.TOO_DEEP):
        made("-" * DEPTH_MAX + "level < 1")
    with pytest.raises(ExpressionFault):
        made("(" * 250 + "level<1" + ")" * 140)
    with pytest.raises(ExpressionFault):
        made("not " * 95 + "level<1")


_TEXT = """
level mode gate at ( ) . , ' " < <= == != > + - * / ** // and or not in is if else lambda : [ ] { } 1 2.5 1e999 True
None __class__ ('RIVER-1') .level := f'' \\ # @ ~ % ^ & | ; await yield 0x1 1j
"""
_WORDS = _TEXT.split()


@settings(deadline=None, max_examples=600)
@given(
    st.one_of(
        st.text(max_size=LENGTH_MAX + 5),
        st.lists(
            st.sampled_from(_WORDS),
            max_size=60,
        ).map(" ".join),
    )
)
def test_any_text_is_an_expression_or_a_named_fault(text: str) -> None:
    """SEC-27: no other exception, no warning, and what passes reads only tags that were resolved."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            expression = made(text)
        except ExpressionFault as fault:
            assert fault.where >= 1
            return
    known = {f"PUMP.{tag}" for tag in OWN} | {"RIVER-1.level"}
    assert set(expression.tags) <= known
    assert expression.evaluate(lambda tag: 1.0) in (True, False, None)
    assert expression.evaluate(lambda tag: None) is None


_numbers = st.one_of(
    st.sampled_from(OWN),
    st.just("at('RIVER-1').level"),
    st.integers(0, 5).map(str),
    st.floats(0, 9, allow_nan=False).map(lambda f: f"{f:.2f}"),
)
_sums = st.recursive(
    _numbers,
    lambda s: st.tuples(s, st.sampled_from("+-*/"), s).map(lambda t: f"({' '.join(t)})"),
    max_leaves=4,
)
_tests = st.tuples(_sums, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), _sums).map(" ".join)
_conditions = st.recursive(
    _tests,
    lambda c: st.one_of(
        c.map(lambda a: f"not ({a})"),
        st.tuples(c, st.sampled_from(["and", "or"]), c).map(lambda t: f"({' '.join(t)})"),
    ),
    max_leaves=4,
)


@settings(deadline=None, max_examples=400)
@given(_conditions, st.fixed_dictionaries({name: st.integers(-2, 6).map(float) for name in (*OWN, "river")}))
def test_truth_is_that_of_python(text: str, values: dict[str, float]) -> None:
    """The oracle is Python itself over the same names; where it divides by zero, nothing is known."""
    try:
        expression = made(text)
    except ExpressionFault as fault:
        assert fault.reason in (R.NO_TAG, R.TOO_LONG, R.TOO_DEEP, R.TOO_LARGE)
        return

    class Other:
        level = values["river"]

    def at(asset: str) -> type[Other]:
        assert asset == "RIVER-1"
        return Other

    names: dict[str, object] = {**{tag: values[tag] for tag in OWN}, "at": at}
    try:
        expected: bool | None = eval(compile(ast.parse(text, mode="eval"), "oracle", "eval"), {}, names)
    except ZeroDivisionError:
        expected = None
    keys = {**{f"PUMP.{tag}": values[tag] for tag in OWN}, "RIVER-1.level": values["river"]}
    assert expression.evaluate(keys.get) is expected
