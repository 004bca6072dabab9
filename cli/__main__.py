"""`jiangti <command>`, also `python -m cli <command>`.

Exit codes: 0 done, 1 failed, 2 wrong arguments or settings, 3 the port is taken or the product already runs here.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from socket import gaierror

from sqlalchemy.exc import DBAPIError

from authz.policy_rows import PolicyError
from authz.revisions import SupersededPolicyError
from cli import audit, database, founding, health, jobs, keys, programmes, reconcile, serve
from cli.demo import command as demo
from cli.walk import command as walk
from kernel.errors import Failure
from kernel.keyring import KeyringError
from kernel.postgres import PostgresError
from kernel.settings import Settings, SettingsError

_UNREACHABLE = (
    "08",
    "28",
    "3D",
    "53",
    "57P",
)  # what PostgreSQL says of connections, passwords, databases, room, its end

COMMANDS = (demo, walk, serve, database, founding, programmes, health, jobs, reconcile, audit, keys)


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
        return _run(Settings.from_env(os.environ), given)
    except (SettingsError, KeyringError) as wrong:
        return _fail(wrong, 2)
    except serve.AlreadyRunningError as wrong:
        return _fail(wrong, 3)
    except (PostgresError, PolicyError, SupersededPolicyError) as wrong:
        return _fail(wrong, 1)
    except Failure as refused:
        return _fail(f"{refused.code} {refused.sentence()}", 1)
    except KeyboardInterrupt:
        return 130


def _run(settings: Settings, given: Namespace) -> int:
    """Run the command; that the database cannot be reached is a sentence, not a traceback."""
    try:
        return given.run(settings, given)
    except (ConnectionRefusedError, ConnectionResetError, TimeoutError, gaierror, DBAPIError) as failure:
        cause = failure.orig if isinstance(failure, DBAPIError) else failure
        if isinstance(failure, DBAPIError) and not str(getattr(cause, "sqlstate", "")).startswith(_UNREACHABLE):
            raise
        embedded = (
            f"the PostgreSQL of {settings.home} cannot be used: {cause}; `make demo` or `jiangti serve` starts it"
        )
        message = f"the server of DATABASE_URL cannot be used: {cause}" if settings.database_url else embedded
        raise PostgresError(message) from failure


def _fail(wrong: Exception | str, code: int) -> int:
    print(f"jiangti: {wrong}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
