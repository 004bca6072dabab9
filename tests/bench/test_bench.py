"""`make bench` runs from end to end; how fast anything is, is nobody's to assert."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
QUESTIONS = ("board", "dossier", "wide", "viewer", "register", "subtree", "recommend")


@pytest.mark.timeout(300)
def test_all_contestants_agree_and_are_measured() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--seconds", "0.1", "--rounds", "1", "--connections", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if ": by hand: " in line]
    assert said == [f"{name}: by hand: the same bytes" for name in QUESTIONS], done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ours |")]
    assert len(rows) == len(QUESTIONS)
