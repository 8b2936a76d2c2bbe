"""uv gets the package index from pip's configuration, and nothing that would break it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from console.setup.pipconfig import parse_pip_config, uv_environment


def test_environment_beats_command_section_beats_global() -> None:
    text = "\n".join(
        [
            "global.index-url='https://a.test/simple'",
            "install.index-url='https://b.test/simple'",
            "global.timeout='10'",
            ":env:.timeout='20'",
            "download.timeout='99'",
        ]
    )
    assert parse_pip_config(text) == {"index-url": "https://b.test/simple", "timeout": "20"}


def test_every_way_to_name_an_index_reaches_uv(tmp_path: Path) -> None:
    pip = {
        "index-url": "https://me:secret@a.test/simple",
        "extra-index-url": f"https://b.test/simple {tmp_path.as_uri()}",
        "find-links": str(tmp_path),
        "no-index": "true",
        "trusted-host": "a.test\nb.test",
        "cert": "/etc/ca.pem",
        "proxy": "http://proxy.test:3128",
        "timeout": "30",
    }
    environ = uv_environment(pip, {})
    assert environ["UV_DEFAULT_INDEX"] == "https://me:secret@a.test/simple"
    assert environ["UV_INDEX"].split() == ["https://b.test/simple", tmp_path.as_uri()]
    assert environ["UV_FIND_LINKS"] == str(tmp_path)
    assert environ["UV_NO_INDEX"] == "1"
    assert environ["UV_INSECURE_HOST"] == "a.test b.test"
    assert environ["SSL_CERT_FILE"] == "/etc/ca.pem"
    assert environ["HTTPS_PROXY"] == environ["HTTP_PROXY"] == "http://proxy.test:3128"
    assert environ["UV_HTTP_TIMEOUT"] == "30"


def test_a_folder_that_is_gone_is_left_out(tmp_path: Path) -> None:
    """pip passes over a missing find-links folder, uv would stop at it."""
    gone = tmp_path / "gone"
    environ = uv_environment({"find-links": f"{gone} {tmp_path}", "extra-index-url": gone.as_uri()}, {})
    assert environ["UV_FIND_LINKS"] == str(tmp_path)
    assert "UV_INDEX" not in environ


def test_what_the_user_set_for_uv_stays() -> None:
    environ = uv_environment(
        {"index-url": "https://a.test/simple"}, {"UV_DEFAULT_INDEX": "https://mine.test"}
    )
    assert "UV_DEFAULT_INDEX" not in environ


def test_without_configuration_no_index_is_named() -> None:
    assert {name for name in uv_environment({}, {}) if "INDEX" in name} == {"UV_INDEX_STRATEGY"}


@given(st.text())
def test_any_output_of_pip_is_survived(text: str) -> None:
    assert isinstance(parse_pip_config(text), dict)
