"""One codec under atheris in a process of its own: `fuzz_one.py TARGET SECONDS CORPUS`.

libFuzzer ends the process with a code other than 0 and prints the bytes when the codec raises what it must not, takes
more than two seconds for one input, or holds more memory than a codec may.
"""

from __future__ import annotations

import logging
import resource
import sys
from pathlib import Path

import atheris  # pyright: ignore[reportMissingImports]

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
MEMORY_MB = 700
INPUT_S = 2
LONGEST = 8192

with atheris.instrument_imports(include=["console", "pyais"]):  # pyright: ignore
    from codec_targets import TARGETS


def main() -> None:
    """Run."""
    name, seconds, corpus = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    target = TARGETS[name]
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    flags = [f"-max_total_time={seconds}", f"-timeout={INPUT_S}", f"-rss_limit_mb={MEMORY_MB}"]
    flags += [f"-max_len={LONGEST}", f"-artifact_prefix={corpus.parent}/", "-print_final_stats=1", "-seed=1"]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], target.codec())  # pyright: ignore
    atheris.Fuzz()


if __name__ == "__main__":
    main()
