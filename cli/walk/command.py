"""`jiangti walk`: the whole story against a running demo."""

import sys
from argparse import Namespace

import httpx

from cli.commands import Commands, add_command
from cli.walk import changzhou, city, district, nation
from cli.walk.client import Line, RefusedError
from cli.walk.stage import Stage, UnexpectedError
from kernel.settings import Settings

FIRST_YEAR = 2022


def register(commands: Commands) -> None:
    """Add the command of this module."""
    parser = add_command(commands, "walk", "play a selection from an enterprise union to 大国工匠 over HTTP", walk)
    parser.add_argument("--url", help="of the running server; by default where these settings serve")


def walk(settings: Settings, arguments: Namespace) -> int:
    """Play it; 1 where the server did something else than expected."""
    url = arguments.url or f"http://{settings.host}:{settings.port}"
    with httpx.Client(base_url=url, timeout=30) as http:
        stage = Stage(Line(http), lambda text: print(text, flush=True))
        try:
            if _was_played(stage):
                print(
                    "jiangti: the walk was played here already; it wants a fresh demo (make clean, make demo)",
                    file=sys.stderr,
                )
                return 1
            _play(stage)
        except httpx.ConnectError:
            print(f"jiangti: nothing answers at {url}; run `make demo` first", file=sys.stderr)
            return 1
        except (RefusedError, UnexpectedError, TimeoutError) as wrong:
            print(f"\njiangti: the walk stops here: {wrong}", file=sys.stderr)
            return 1
    print(f"\n走完：{stage.steps} 步，{stage.refusals} 次依规拒绝。")
    return 0


def _was_played(stage: Stage) -> bool:
    """Whether the walk's first edition exists."""
    editions = stage.person("wuhou.reviewer").nodes("Editions", fromYear=2022)
    return any(edition["year"] == FIRST_YEAR for edition in editions)


def _play(stage: Stage) -> None:
    """The years in their order: the clock only goes forward."""
    district.play(stage)
    city.play(stage)
    candidate = nation.select(stage)
    selectee = changzhou.select(stage)
    nation.finish(stage, candidate)
    changzhou.certify(stage, selectee)
