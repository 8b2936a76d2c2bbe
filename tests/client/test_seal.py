"""What a seat signs with the key of its certificate, and that the hub's reading of it is the same (SEC-17)."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from console.client.seal import MOST, Sealer
from console.core.command.control_facts import ConfirmText
from console.core.command.seatkey import CurveKey
from console.core.words import Text
from console.wire.messages import (
    ActOnRun,
    Asked,
    CommandConfirm,
    DecideCommand,
    ExecuteCommand,
    ExecuteGroup,
    GroupConfirm,
    Pong,
)

PRIVATE = ec.generate_private_key(ec.SECP256R1())
KEY = CurveKey(PRIVATE.public_key())
TEXT = ConfirmText(title=Text("제목", "title"), lines=(), digest="d1")
CONFIRM = CommandConfirm(command_id="c1", text=TEXT, token="t1", expires=1)
GROUP = GroupConfirm(request="r", group_id="g1", text=TEXT, token="t2", expires=1, members=())


def sign(data: bytes) -> str:
    return PRIVATE.sign(data, ec.ECDSA(SHA256())).hex()


def sealer() -> Sealer:
    made = Sealer(sign)
    made.begin("nonce")
    made.heard(CONFIRM)
    made.heard(GROUP)
    return made


@pytest.mark.parametrize(
    ("message", "signed"),
    [
        (ExecuteCommand(request="r", command_id="c1", token="t1"), b"execute|c1|d1|t1|nonce"),
        (ActOnRun(request="r", run="x", act="execute", token="t1"), b"execute|c1|d1|t1|nonce"),
        (ExecuteGroup(request="r", group_id="g1", token="t2"), b"execute|g1|d1|t2|nonce"),
        (DecideCommand(request="r", command_id="c1", digest="d1", approve=True), b"approve|c1|d1|nonce"),
        (DecideCommand(request="r", command_id="c1", digest="d1", approve=False), b"deny|c1|d1|nonce"),
    ],
)
def test_what_is_confirmed_or_decided_is_signed(message: Asked, signed: bytes) -> None:
    sealed = sealer().sealed(message)
    assert isinstance(sealed, ExecuteCommand | ActOnRun | ExecuteGroup | DecideCommand)
    assert KEY.signed(sealed.signature, signed)


@pytest.mark.parametrize(
    "message",
    [
        Pong(sequence=1),
        ActOnRun(request="r", run="x", act="pause"),
        ExecuteCommand(request="r", command_id="c1", token="never heard of"),
    ],
)
def test_everything_else_goes_as_it_is(message: Asked) -> None:
    assert sealer().sealed(message) is message


def test_a_seat_without_a_key_signs_nothing() -> None:
    made = Sealer(None)
    made.heard(CONFIRM)
    message = ExecuteCommand(request="r", command_id="c1", token="t1")
    assert made.sealed(message) is message


def test_another_connection_begins_with_nothing() -> None:
    """A text of the last connection is not confirmed on this one."""
    made = sealer()
    made.begin("another")
    message = ExecuteCommand(request="r", command_id="c1", token="t1")
    assert made.sealed(message) is message


def test_only_so_many_texts_are_remembered() -> None:
    made = Sealer(sign)
    for number in range(MOST + 5):
        made.heard(CommandConfirm(command_id="c", text=TEXT, token=str(number), expires=1))
    assert len(made._asked) == MOST
