"""Words of the set-up, in Korean and English.

They are here and not in `resources/i18n` because they are needed before what reads TOML is installed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

PHRASES: dict[str, tuple[str, str]] = {
    "setup.first": (
        "처음 실행입니다. 이 폴더 안에 실행 환경을 만듭니다: {where}",
        "First start: building the program's environment in {where}",
    ),
    "setup.again": (
        "실행 환경을 새 버전 목록에 맞춥니다: {where}",
        "Bringing the environment up to the current lock: {where}",
    ),
    "setup.wait": (
        "다른 창에서 설치가 진행 중입니다. 끝날 때까지 기다립니다.",
        "Another start is setting up; waiting for it.",
    ),
    "setup.done": ("준비 완료 ({seconds:.1f}초)", "Ready in {seconds:.1f} s"),
    "step.venv": ("가상 환경 만들기", "Create the virtual environment"),
    "step.installer": ("설치 도구 받기", "Get the installer"),
    "step.packages": ("패키지 설치 ({count}개)", "Install {count} packages"),
    "step.packages_slow": ("pip으로 패키지 설치 ({count}개)", "Install {count} packages with pip"),
    "step.bytecode": ("바이트코드 컴파일", "Compile bytecode"),
    "step.system": ("시스템 라이브러리 설치", "Install system libraries"),
    "error.old_python": (
        "Python {need} 이상이 필요한데 {where}는 {found}입니다.",
        "Python {need} or newer is needed, but {where} is {found}.",
    ),
    "error.new_python": (
        "Python {need} 미만에서만 검증했습니다. {where}는 {found}입니다.",
        "Only Python below {need} is supported, but {where} is {found}.",
    ),
    "error.no_venv_module": (
        "{where}에 venv 모듈이 없습니다. 설치: {fix}",
        "{where} has no venv module; install it with: {fix}",
    ),
    "error.no_space": (
        "디스크 공간이 부족합니다: {where}에 {free_mb}MB 남았고 {need_mb}MB가 필요합니다.",
        "Not enough disk space: {where} has {free_mb} MB free and {need_mb} MB are needed.",
    ),
    "error.not_writable": (
        "{where}에 쓸 수 없습니다 ({why}).",
        "{where} cannot be written ({why}).",
    ),
    "error.no_lock_file": (
        "버전 목록 파일이 없습니다: {where}",
        "The lock file is missing: {where}",
    ),
    "error.network": (
        "패키지 저장소에서 답이 없어 '{step}' 단계에서 멈췄습니다. 네트워크와 pip 설정을 확인하십시오.",
        "No answer from the package index in step '{step}'; check the network and pip's configuration.",
    ),
    "error.hash": (
        "받은 파일이 버전 목록의 해시와 달라 설치하지 않았습니다: {where}",
        "A downloaded file does not match its hash in {where}; nothing of it was installed.",
    ),
    "error.step": (
        "'{step}' 단계가 실패했습니다: {why}",
        "Step '{step}' failed: {why}",
    ),
    "error.log": ("자세한 기록: {where}", "Details: {where}"),
    "doctor.missing": (
        "시스템 라이브러리가 없습니다. 설치: {fix}",
        "System libraries are missing; install them with: {fix}",
    ),
    "doctor.missing_unknown": (
        "어느 패키지에 있는지 모르는 시스템 라이브러리가 없습니다: {names}",
        "System libraries are missing and their package is not known: {names}",
    ),
    "doctor.no_display": (
        "화면이 없어 콘솔을 열 수 없습니다: {why}",
        "There is no display to open the console on: {why}",
    ),
    "doctor.display_unset": (
        "DISPLAY와 WAYLAND_DISPLAY가 비어 있습니다",
        "neither DISPLAY nor WAYLAND_DISPLAY is set",
    ),
    "doctor.display_dead": ("{name}이(가) 응답하지 않습니다", "{name} does not answer"),
    "doctor.python": ("Python", "Python"),
    "doctor.system": ("시스템 라이브러리", "System libraries"),
    "doctor.display": ("화면", "Display"),
    "doctor.keyring": ("비밀 저장소", "Keyring"),
    "doctor.audio": ("소리 장치", "Sound device"),
    "doctor.fonts": ("한글 글꼴", "Korean font"),
    "doctor.refcount": ("PySide6 참조 횟수", "PySide6 reference counts"),
    "doctor.keyring_memory": (
        "안전한 저장소 없음({name}): 비밀은 메모리에만 둡니다",
        "no safe store ({name}): secrets are kept in memory only",
    ),
    "doctor.audio_none": ("없음: 경보음이 나지 않습니다", "none: alarms make no sound"),
    "doctor.fonts_none": ("없음: 한글이 네모로 보입니다", "none: Korean text shows as boxes"),
    "doctor.refcount_bad": (
        "이 PySide6 {version}은(는) 참조를 잃습니다. 쓰지 마십시오",
        "PySide6 {version} loses references on this Python; do not use it",
    ),
    "doctor.ok": ("정상", "ok"),
    "doctor.installed": ("설치했습니다: {names}", "installed: {names}"),
    "doctor.install_failed": (
        "시스템 라이브러리를 설치하지 못했습니다 ({why}). 직접 실행: {fix}",
        "The system libraries could not be installed ({why}); run: {fix}",
    ),
    "gate.stage": ("{name} 단계", "stage {name}"),
    "gate.no_xvfb": ("Xvfb가 없습니다. 설치: {fix}", "Xvfb is missing; install it with: {fix}"),
}


def language(environ: Mapping[str, str] = os.environ) -> str:
    """`ko` or `en`, by the first of LC_ALL, LC_MESSAGES and LANG that is set."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            return "ko" if value.lower().startswith("ko") else "en"
    return "en"


def phrase(key: str, **fields: object) -> str:
    """The text of `key` in the terminal's language with its fields filled in."""
    korean, english = PHRASES[key]
    return (korean if language() == "ko" else english).format(**fields)
