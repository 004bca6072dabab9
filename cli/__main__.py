"""`jiangti <command>`, also `python -m cli <command>`.

Exit codes: 0 done, 1 failed, 2 wrong arguments or settings, 3 the port is taken or the product already runs here.
"""

import os
import sys
from argparse import ArgumentParser

from cli import audit, database, health, jobs, reconcile, serve
from cli.demo import command as demo
from cli.walk import command as walk
from kernel.postgres import PostgresError
from kernel.settings import Settings, SettingsError

COMMANDS = (demo, walk, serve, database, health, jobs, reconcile, audit)


def build_parser() -> ArgumentParser:
    """All commands."""
    parser = ArgumentParser(prog="jiangti", description="匠梯, the craftsman's ladder")
    commands = parser.add_subparsers(metavar="command", required=True)
    for module in COMMANDS:
        module.register(commands)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code."""
    given = build_parser().parse_args(arguments)
    try:
        return given.run(Settings.from_env(os.environ), given)
    except SettingsError as wrong:
        return _fail(wrong, 2)
    except serve.AlreadyRunningError as wrong:
        return _fail(wrong, 3)
    except PostgresError as wrong:
        return _fail(wrong, 1)
    except KeyboardInterrupt:
        return 130


def _fail(wrong: Exception, code: int) -> int:
    print(f"jiangti: {wrong}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
