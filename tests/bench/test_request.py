"""The measurement runs; what it says is nobody's to assert."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_measurement_of_a_request_prints_its_table() -> None:
    command = [sys.executable, "-m", "bench.request", "10"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    head, rule, *rows = done.stdout.splitlines()
    assert (head, rule) == ("| part | µs |", "| --- | ---: |")
    assert len(rows) >= 22
