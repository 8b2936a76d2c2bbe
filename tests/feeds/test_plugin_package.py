"""An adapter in a package of its own: built, installed by pip, found, tested by the kit, listed, disabled."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from house import ROOT

EXAMPLE = ROOT / "docs/feeds/plugin-example"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example of the documentation, built and installed by pip without a network."""
    source = tmp_path_factory.mktemp("source")
    for path in EXAMPLE.iterdir():
        if path.is_file():
            shutil.copy(path, source)
    shutil.copy(Path(__file__).with_name("plain_wheel.py"), source)
    project = source / "pyproject.toml"
    ours = '[build-system]\nrequires = []\nbuild-backend = "plain_wheel"\nbackend-path = ["."]\n'
    text, changed = re.subn(r"\[build-system\]\n.*?\n\n", ours + "\n", project.read_text("utf-8"), flags=re.S)
    assert changed == 1
    project.write_text(text, "utf-8")
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--no-build-isolation",
               "--disable-pip-version-check", "--quiet", "--target", str(target), str(source)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    shutil.copy(source / "test_gwanje_pairs.py", target)
    return target


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Run:
    """A program that sees the package."""

    def made(*arguments: str) -> subprocess.CompletedProcess[str]:
        paths = os.pathsep.join([str(installed), str(ROOT)])
        environment = os.environ | {"PYTHONPATH": paths, "LC_ALL": "C", "HOME": str(tmp_path)}
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )

    return made


def test_the_package_passes_the_checks_that_ship_with_the_program(run: Run, installed: Path) -> None:
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", str(installed / "test_gwanje_pairs.py"))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "10 passed" in done.stdout


def test_it_is_listed_disabled_and_enabled(run: Run, tmp_path: Path) -> None:
    def feeds(*arguments: str) -> tuple[int, str]:
        # As `main.py` does it, but without its look at the environment, which is that of the tests.
        code = (
            "import sys; from console.setup import launch, parser; "
            "sys.exit(launch.process(parser.parse(sys.argv[1:])))"
        )
        done = run("-c", code, "feeds", *arguments, "--data", str(tmp_path / "data"))
        return done.returncode, done.stdout + done.stderr

    def listed() -> str:
        return next(line for line in feeds("list")[1].splitlines() if line.startswith("pairs"))

    assert listed().split() == ["pairs", "gwanje-pairs", "1.0.0", "in", "use"]
    assert feeds("disable", "pairs")[0] == 0
    assert listed().split()[3:] == ["disabled"]
    assert feeds("enable", "pairs")[0] == 0
    assert listed().split()[3:] == ["in", "use"]
    assert feeds("disable", "mqtt")[0] == 1
    assert feeds("disable", "nonsense")[0] == 1


def test_a_feed_whose_adapter_is_disabled_stands_there_and_says_so(run: Run) -> None:
    code = """
import asyncio
from console.core.site import FeedDef
from console.core.words import Text
from console.feeds.base import FeedDown
from console.feeds.registry import Registry
feed = FeedDef(id="f", adapter="pairs", url="tcp://127.0.0.1:9", label=Text("f", "f"))
print(type(Registry().make_or_stand_in(feed)).__name__)
try:
    asyncio.run(Registry(frozenset({"pairs"})).make_or_stand_in(feed).run(None))
except FeedDown as down:
    print(down.why, down.refused)
"""
    done = run("-c", code)
    assert done.stdout.split() == ["PairsFeed", "disabled", "True"], done.stderr


def test_a_package_can_be_discovered_recorded_and_replayed(run: Run, tmp_path: Path) -> None:
    """Whatever passes the kit can also be discovered: it needs nothing but its name."""
    code = f"""
import asyncio, msgspec, time
from pathlib import Path
from console.feeds.base import FeedDown
from console.feeds.registry import Registry
from console.hub.district import command
from console.hub.district.heard import Heard
from console.hub.profile import load_site
from console.setup.arguments import FeedsDiscoverOptions, FeedsRecordOptions
async def talk(reader, writer):
    try:
        while True:
            writer.write(b"pump-1 level=2.5\\n")
            await writer.drain()
            await asyncio.sleep(0.05)
    except OSError:
        pass
async def scene():
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    url = f"tcp://127.0.0.1:{{server.sockets[0].getsockname()[1]}}"
    out = Path({str(tmp_path)!r})
    print(await asyncio.to_thread(command.main, FeedsDiscoverOptions(url, out / "site", "pairs", 0.5)))
    print(await asyncio.to_thread(command.main, FeedsRecordOptions(url, out / "tape", "pairs", 0.5)))
    site = load_site(out / "site")
    options = {{"speed": 100.0}}
    feed = msgspec.structs.replace(site.feeds[0], adapter="replay", url=(out / "tape").as_uri(), options=options)
    heard = Heard(time.monotonic)
    try:
        await Registry().make(feed).run(heard)
    except FeedDown as down:
        print(down.why, heard.points["pump-1", "level"].count > 3)
asyncio.run(scene())
"""
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    assert "site check passes" in done.stdout, done.stdout
    assert "replay_ended True" in done.stdout, done.stdout
    assert (tmp_path / "tape").read_text().count('"base64"') > 3
