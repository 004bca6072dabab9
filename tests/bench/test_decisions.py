"""The measurements run; what they say is nobody's to assert."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_measurement_of_a_decision_prints_its_table() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.decisions", "40"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    head, rule, *rows = done.stdout.splitlines()
    assert (head, rule) == ("| µs (ratio) | 40 unions |", "| --- | --- |")
    assert len(rows) == 6
    assert all("(×1.00)" in row for row in rows)
