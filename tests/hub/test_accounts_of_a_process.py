"""`main.py hub` that no console has started: accounts, the setup code, files of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hub_room import Console
from people_room import PASSWORD
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from console.core.identity.facts import SessionState
from console.hub.service import _local
from console.setup.arguments import DEFAULT_SITE, HubOptions
from console.setup.bootstrap import ROOT
from console.wire.limits import SUBPROTOCOL_MSGPACK
from console.wire.messages import ActReply, CreateFirstAccount, Hello, SessionChanged, SignIn


@asynccontextmanager
async def _hub(data: Path, *words: str, secret: str = "") -> AsyncGenerator[str]:
    environ = {name: value for name, value in os.environ.items() if name != "GWANJE_HUB_SECRET"}
    if secret:
        environ["GWANJE_HUB_SECRET"] = secret
    command = [sys.executable, str(ROOT / "main.py"), "hub", "--site", str(DEFAULT_SITE), "--data", str(data)]
    process = await asyncio.create_subprocess_exec(
        *command,
        "--listen",
        "127.0.0.1:0",
        *words,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            ready = json.loads(await process.stdout.readline())
        yield ready["ready"]["url"]
    finally:
        process.terminate()
        await process.communicate()


@asynccontextmanager
async def _console(url: str, secret: str) -> AsyncGenerator[Console]:
    protocols = [Subprotocol(SUBPROTOCOL_MSGPACK)]
    async with connect(url, subprotocols=protocols, compression=None, max_size=None) as wire:
        console = Console(wire)
        await console.greet(Hello(user="kim", station="s1", n=1), secret)
        yield console


@pytest.mark.journey
def test_a_hub_of_its_own_makes_its_first_account_with_the_code_of_its_folder_and_keeps_it(
    tmp_path: Path,
) -> None:
    """SEC-01, SEC-06, SEC-33, SEC-37."""

    async def story() -> None:
        folder = tmp_path / "hub"
        async with _hub(tmp_path) as url:
            code = (folder / "setup-code").read_text().strip()
            async with _console(url, (folder / "secret").read_text()) as console:
                told = await console.until(SessionChanged)
                assert (told.session.state, told.session.needs_first_account) == (
                    SessionState.SIGNED_OUT,
                    True,
                )
                first = CreateFirstAccount(
                    request="1", n=2, code=code, user="root", name="Root", password=PASSWORD
                )
                await console.send(first)
                assert (await console.until(ActReply)).results[0].reason == ""
            modes = {path.name: path.stat().st_mode & 0o077 for path in folder.rglob("*") if path.is_file()}
            assert {name for name, mode in modes.items() if mode} == set()
        assert code not in (folder / "hub.log").read_text()
        assert str(folder / "setup-code") in (folder / "hub.log").read_text()
        async with _hub(tmp_path) as url:
            assert not (folder / "setup-code").exists()
            async with _console(url, (folder / "secret").read_text()) as console:
                assert not (await console.until(SessionChanged)).session.needs_first_account
                await console.send(SignIn(request="1", n=2, user="root", password=PASSWORD))
                assert (await console.until(ActReply)).results[0].reason == ""

    asyncio.run(story())


@pytest.mark.journey
def test_a_hub_that_was_given_its_secret_has_a_local_user_unless_accounts_are_asked_for(
    tmp_path: Path,
) -> None:
    async def state(*words: str) -> tuple[SessionState, bool]:
        async with _hub(tmp_path, *words, secret="given") as url, _console(url, "given") as console:
            session = (await console.until(SessionChanged)).session
            return session.state, session.passwordless

    assert asyncio.run(state()) == (SessionState.ACTIVE, True)
    assert asyncio.run(state("--sign-in", "accounts")) == (SessionState.SIGNED_OUT, False)


@pytest.mark.parametrize(
    ("sign_in", "secret", "local"),
    [("auto", "", False), ("auto", "x", True), ("accounts", "x", False), ("local", "", True)],
)
def test_who_signs_in_without_a_password_is_decided_by_how_the_hub_was_started(
    monkeypatch: pytest.MonkeyPatch, sign_in: str, secret: str, local: bool
) -> None:
    monkeypatch.setenv("GWANJE_HUB_SECRET", secret)
    options = HubOptions(site=Path(), data=Path(), sign_in=sign_in)  # type: ignore[arg-type]
    assert _local(options) is local
