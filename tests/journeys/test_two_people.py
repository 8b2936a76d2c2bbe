"""A hub with accounts, a real city, and people at several seats: who may do what, four eyes, revocation, the ledger."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from people_seat import PersonSeat
from town import PROGRAM, Town
from websockets.exceptions import ConnectionClosed

from console.core.command.facts import CommandState
from console.core.identity.facts import SessionState
from console.wire.messages import RevokeSessions

pytestmark = pytest.mark.journey

PASSWORDS = {name: f"{name} 바다 위 갈매기 일곱 마리" for name in ("kim", "lee", "park", "choi")}
ROLES = {"kim": "operator", "lee": "approver", "park": "security-admin", "choi": "viewer"}
CHILLER = ("eco-dc", "chiller1_stop")
PUMP = "eco-pump"
_ENDS = (CommandState.SUCCEEDED, CommandState.FAILED, CommandState.INDETERMINATE)


class AccountTown(Town):
    """Its hub wants accounts."""

    def hub_words(self) -> list[str]:
        return [*super().hub_words(), "--sign-in", "accounts"]


def _account(data: Path, user: str, role: str) -> None:
    words = [*PROGRAM, "hub", "account", "add", user, "--data", str(data), "--name", user.title()]
    words += ["--role", f"{role}:*:C3", "--stdin"]
    done = subprocess.run(words, input=PASSWORDS[user] + "\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountTown]:
    """City and hub with four accounts."""
    folder = tmp_path_factory.mktemp("two-people")
    made = AccountTown(folder)
    for user, role in ROLES.items():
        _account(made.data, user, role)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def _seat(town: Town, user: str, station: str = "") -> PersonSeat:
    return PersonSeat(town.url, town.secret, user, PASSWORDS[user], station or f"seat-{user}")


def _second_chiller(seat: PersonSeat, asset: str) -> None:
    """The interlock wants the other chiller to run before one is stopped."""
    _awake(seat, f"{asset}.chiller2_state")
    if seat.value(f"{asset}.chiller2_state")[1] == 1:
        return
    order = seat.order(asset, "chiller2_start")
    assert seat.request(order).reason == ""
    assert seat.until_state(order, *_ENDS).state is CommandState.SUCCEEDED


def _awake(seat: PersonSeat, key: str) -> None:
    seat.until(f"value of {key}", lambda: seat.value(key)[2] == 0)


def test_nothing_of_the_city_is_told_before_sign_in(town: Town) -> None:
    """SEC-01, SEC-06, SEC-10: a wrong password shows nothing and says nothing about which part was wrong."""
    stranger = PersonSeat(town.url, town.secret, "kim", "not the password at all", "seat-x")
    with stranger as seat:
        assert seat.sign_in_result is not None
        assert seat.sign_in_result.reason in {"SIGN_IN_FAILED", "TRY_LATER"}
        assert seat.feeds == {}
        assert seat.values == {}


def test_a_dangerous_command_needs_the_second_person_and_then_moves_the_city(town: Town) -> None:
    """SEC-12, SEC-14, CMD-06: the password again; asked for by one, approved by another on the same text, used once."""
    asset, command = CHILLER
    with _seat(town, "kim") as kim, _seat(town, "lee") as lee:
        _awake(kim, f"{asset}.chiller1_state")
        _second_chiller(kim, asset)
        order = kim.order(asset, command)
        assert kim.request(order).reason == "STEP_UP_REQUIRED"
        for seat in (kim, lee):
            assert seat.step_up().reason == ""
        order = kim.order(asset, command)
        assert kim.request(order).reason == ""
        waiting = lee.until_state(order, CommandState.AWAIT_APPROVAL)
        own = kim.decide(waiting, approve=True)
        assert own.reason in {"NOT_AUTHORIZED", "APPROVER_IS_REQUESTER"}
        assert lee.decide(waiting, approve=True).reason == ""
        confirm = kim.confirm(order)
        assert waiting.confirm is not None
        assert confirm.text.digest == waiting.confirm.digest
        assert kim.execute(confirm).reason == ""
        done = kim.until_state(order, *_ENDS)
        assert done.state is CommandState.SUCCEEDED
        assert done.verified
        assert done.approver == "lee"
        assert order.command_id not in lee.confirms
        # Said again it gets the same answer, and nothing is sent a second time (CV).
        assert kim.execute(confirm).reason == ""
        assert kim.commands[order.command_id].attempt == 1


def test_a_denied_command_never_reaches_the_device(town: Town) -> None:
    """CMD-06."""
    asset = "mieum-dc"
    with _seat(town, "kim") as kim, _seat(town, "lee") as lee:
        _awake(kim, f"{asset}.chiller1_state")
        _second_chiller(kim, asset)
        for seat in (kim, lee):
            assert seat.step_up().reason == ""
        order = kim.order(asset, "chiller1_stop")
        assert kim.request(order).reason == ""
        waiting = lee.until_state(order, CommandState.AWAIT_APPROVAL)
        assert lee.decide(waiting, approve=False, reason="정비 중").reason == ""
        denied = kim.until_state(order, CommandState.REJECTED)
        assert denied.reason == "APPROVAL_DENIED"
        assert all(step.state is not CommandState.SENT for step in denied.steps)


@pytest.mark.parametrize("user", ["park", "choi", "lee"])
def test_who_has_no_command_right_moves_nothing(town: Town, user: str) -> None:
    """SEC-10, SEC-13: administrator, viewer and approver."""
    with _seat(town, user) as seat:
        order = seat.order(PUMP, "pump1_start")
        assert seat.request(order).reason == "NOT_AUTHORIZED"


@pytest.mark.expects_log("websockets.client")
def test_a_revoked_session_ends_within_five_seconds(town: Town) -> None:
    """SEC-08."""
    with _seat(town, "choi") as choi, _seat(town, "park") as park:
        began = time.monotonic()
        assert park.step_up().reason == ""
        assert park.ask(RevokeSessions(request="revoke", user="choi")).reason == ""
        ended = {SessionState.ENDED, SessionState.SIGNED_OUT}
        with contextlib.suppress(ConnectionClosed):
            choi.until("the session ends", lambda: choi.session is not None and choi.session.state in ended)
        assert time.monotonic() - began < 10.0


def test_the_ledger_of_all_this_is_whole_and_a_changed_byte_is_found(town: Town, tmp_path: Path) -> None:
    """SEC-15, SEC-16: exported while the hub runs, verified without it."""
    out = tmp_path / "ledger.jsonl"
    words = [*PROGRAM, "ledger", "export", "--data", str(town.data), "--out", str(out)]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    verify = [*PROGRAM, "ledger", "verify", str(out)]
    whole = subprocess.run(verify, capture_output=True, text=True, timeout=60)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    lines = out.read_text(encoding="utf-8").splitlines()
    changed = next(i for i, line in enumerate(lines) if "APPROVAL_DENIED" in line)
    lines[changed] = lines[changed].replace("APPROVAL_DENIED", "APPROVAL_GRANTED")
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    broken = subprocess.run(verify, capture_output=True, text=True, timeout=60)
    assert broken.returncode == 1
    sequence = json.loads(lines[changed])["record"]["sequence"]
    assert str(sequence) in (broken.stdout + broken.stderr).replace(",", "")
