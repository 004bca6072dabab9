"""Run a module under a sampling profiler: `python -m bench.sampling OUT MODULE [arguments]` writes to OUT how often each stack was at work.

The kernel's timer counts the process's own processor time, so waiting is not in it. What a C library does counts for the Python function that called it.
OUT holds one stack a line, outermost first, and a count: the input of every flame graph program.
"""

import runpy
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

_EVERY = 0.001
"""Seconds of processor time between two looks."""
_DEEPEST = 120
_stacks: Counter[tuple[str, ...]] = Counter()


def main() -> None:
    """Become the module, and write down what was seen once it has ended."""
    out, module, *arguments = sys.argv[1:]
    sys.argv = [module, *arguments]
    signal.signal(signal.SIGPROF, _look)
    signal.siginterrupt(signal.SIGPROF, False)
    signal.signal(signal.SIGUSR1, _begin)
    signal.signal(signal.SIGTERM, _end)  # which uvicorn sends itself again when it has come to its end
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        lines = [f"{';'.join(stack)} {count}" for stack, count in _stacks.most_common()]
        Path(out).write_text("\n".join(lines), encoding="utf-8")


def _begin(_signal: int, _frame: FrameType | None) -> None:
    """Start over: what was done to start the server is of no interest."""
    _stacks.clear()
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit()


def _look(_signal: int, frame: FrameType | None) -> None:
    stack: list[str] = []
    while frame is not None and len(stack) < _DEEPEST:
        stack.append(_name(frame))
        frame = frame.f_back
    _stacks[tuple(reversed(stack))] += 1


def _name(frame: FrameType) -> str:
    return f"{frame.f_globals.get('__name__', '?')}:{frame.f_code.co_qualname}"


if __name__ == "__main__":
    main()
