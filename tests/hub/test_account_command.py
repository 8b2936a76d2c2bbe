"""`main.py hub account`: accounts of a hub that does not run; passwords only from standard input or the terminal."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people_room import OTHER, PASSWORD, at_work, people_room

from console.core.identity.roles import Role
from console.core.site import CommandClass
from console.hub.datadir import DataDir
from console.hub.people.breached import breached
from console.hub.people.command import BadGrant, grant_of, main
from console.setup import parser
from console.setup.arguments import AccountOptions
from console.wire.messages import TakeArea


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is piped in."""
    words = io.StringIO()
    monkeypatch.setattr("sys.stdin", words)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return words


def run(words: str, data: Path) -> int:
    options = parser.parse(["hub", "account", *words.split(), "--data", str(data)])
    assert isinstance(options, AccountOptions)
    return main(options)


def pipe(typed: io.StringIO, password: str) -> None:
    typed.seek(0)
    typed.truncate()
    typed.write(password + "\n")
    typed.seek(0)


def test_an_account_made_at_the_terminal_signs_in(
    tmp_path: Path, typed: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(typed, OTHER)
    assert run("add hong --name Hong --person 77 --role operator:a:C2 --role viewer --stdin", tmp_path) == 0
    pipe(typed, OTHER)
    assert run("add hong --name Hong --role viewer --stdin", tmp_path) == 1
    pipe(typed, "password1234")
    assert run("password hong --stdin", tmp_path) == 1
    pipe(typed, PASSWORD)
    assert run("password HONG --stdin", tmp_path) == 0
    assert run("remove nobody", tmp_path) == 1
    capsys.readouterr()
    assert run("list", tmp_path) == 0
    listed = capsys.readouterr().out
    assert "operator:a:C2, viewer:*:C0" in listed
    assert "$argon2" not in listed

    async def story() -> None:
        async with people_room(tmp_path) as room, at_work(room, "hong") as hong:
            assert room.hub.people.known("hong").person == "77"
            assert (await hong.ask(TakeArea(request="", area="a"))).reason == ""

    asyncio.run(story())
    assert run("disable hong", tmp_path) == 0
    assert run("list", tmp_path) == 0
    assert "disabled" in capsys.readouterr().out
    assert run("enable hong", tmp_path) == 0
    assert run("remove hong", tmp_path) == 0
    assert run("list", tmp_path) == 0
    assert "hong" not in capsys.readouterr().out.splitlines()[-1].split()[0]


def test_while_the_hub_runs_it_refuses_and_names_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with DataDir(tmp_path):
        assert run("list", tmp_path) == 1
    assert "running" in capsys.readouterr().err


def test_a_password_is_never_an_argument() -> None:
    with pytest.raises(SystemExit):
        parser.parse(
            [
                "hub",
                "account",
                "add",
                "k",
                "--name",
                "K",
                "--role",
                "viewer",
                "--password",
                "x",
                "--data",
                "d",
            ]
        )


def test_roles_are_written_with_areas_and_class() -> None:
    held = grant_of("operator:a+b:C2")
    assert (held.role, held.areas, held.top_class) == (Role.OPERATOR, ("a", "b"), CommandClass.C2)
    assert grant_of("viewer").areas == ("*",)
    assert grant_of("approver:C3").areas == ("*",)
    for wrong in ("emperor", "operator:a:b:C1", "operator::C1", "operator:a+:C1", "", "operator:C9:C1:x"):
        with pytest.raises(BadGrant):
            grant_of(wrong)


def sha1(text: str) -> str:
    import hashlib

    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()


@given(
    st.sets(st.text(min_size=1, max_size=8), max_size=30),
    st.text(min_size=1, max_size=8),
    st.sampled_from([10, 20, 40]),
    st.booleans(),
)
def test_the_sites_list_is_searched_without_being_read(
    tmp_path_factory: pytest.TempPathFactory, listed: set[str], asked: str, digits: int, counted: bool
) -> None:
    """SEC-03: whole hashes or their beginnings, with or without counts, in any number."""
    file = tmp_path_factory.mktemp("list") / "breached.txt"
    hashes = sorted(sha1(word)[:digits] for word in listed)
    file.write_text("".join(f"{line}{':12' if counted else ''}\n" for line in hashes), encoding="ascii")
    assert breached(asked, file) is (asked in listed)
    assert all(breached(word, file) for word in listed)


def test_a_hub_without_such_a_list_has_none(tmp_path: Path) -> None:
    assert not breached("anything", tmp_path / "breached.txt")


def test_a_folder_without_a_hub_is_named_and_not_made(
    tmp_path: Path, typed: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ("list", "remove kim", "password kim --stdin"):
        assert run(words, tmp_path / "mistyped") == 2
        assert "mistyped" in capsys.readouterr().err
    assert not (tmp_path / "mistyped").exists()


def test_a_terminal_that_gives_no_password_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(_prompt: str = "") -> str:
        raise EOFError

    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr("getpass.getpass", nobody)
    assert run("add hong --name Hong --role viewer", tmp_path) == 2
    assert capsys.readouterr().err.count("\n") == 1
