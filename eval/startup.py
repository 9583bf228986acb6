"""Time `yinju ask` on a built library against importing sentence-transformers, side by side, start-up included.

python -m eval.startup
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

_QUESTION = "2024年我国60岁及以上人口有多少？"


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own commands
    return time.perf_counter() - began


def main() -> None:
    """Run both in turn and print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seeds", type=Path, default=Path("seeds"))
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = str(Path(folder) / "library")
        yinju = [sys.executable, "-m", "rag.cli"]
        _seconds([*yinju, "index", str(settings.seeds), "--library", library])
        ask = [*yinju, "ask", _QUESTION, "--library", library]
        other = [sys.executable, "-c", "import sentence_transformers"]
        _seconds(other)  # warm the disk cache for both
        pairs = [(_seconds(ask), _seconds(other)) for _ in range(settings.runs)]
    ours, theirs = np.median(pairs, axis=0)
    print(f"yinju ask {ours:.2f} s, import sentence_transformers {theirs:.2f} s: {ours / theirs:.3f} of it")


if __name__ == "__main__":
    main()
