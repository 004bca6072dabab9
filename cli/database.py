"""`jiangti migrate`, `status`, `stop`, `purge`: the database server and the schema."""

import sys
from argparse import Namespace

from cli.claim import end_running
from cli.commands import Commands, add_command
from kernel.postgres import find_server, purge, server_in_use, server_status, stop_server
from kernel.settings import Settings
from migrations import runner


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = add_command(
        commands, "migrate", "make roles and database where missing, bring the schema to its head", migrate
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="only look: fail if the schema is not what this version needs; change nothing",
    )
    parser.add_argument(
        "--acknowledge-policy",
        action="store_true",
        help="put this version's policy in force although a newer one replaced it",
    )
    add_command(commands, "status", "what runs, and where its data are", status)
    add_command(commands, "stop", "stop everything that runs from this home", stop)
    remove = add_command(
        commands,
        "purge",
        "stop everything that runs from this home and delete the embedded PostgreSQL's data",
        remove_data,
    )
    remove.add_argument("--yes", action="store_true", required=True, help="there is no way back")


def migrate(settings: Settings, arguments: Namespace) -> int:
    """Prepare the database; with `--check` only compare it with this version: no role, no table, no embedded server is made."""
    if arguments.check:
        find_server(settings)
    with server_in_use(settings, report=report) as server:
        if not arguments.check:
            runner.prepare(settings, server, acknowledge_policy=arguments.acknowledge_policy)
        elif found := runner.differences(runner.urls(settings, server).owner):
            for difference in found:
                report(f"not what this version needs: {difference}")
            return 1
    print(f"database {settings.database_name} on {server.host}:{server.port} is at the head of the schema")
    return 0


def status(settings: Settings, _arguments: Namespace) -> int:
    """Print what runs; exit code 1 when the server does not."""
    if settings.database_url is not None:
        print(f"PostgreSQL: the server of DATABASE_URL, database {settings.database_name}")
        return 0
    found = server_status(settings)
    if found.pid is None:
        print(f"PostgreSQL: not running (home {settings.home})")
        return 1
    print(f"PostgreSQL: process {found.pid}, 127.0.0.1:{found.port}, data in {found.data}")
    return 0


def stop(settings: Settings, _arguments: Namespace) -> int:
    """Stop the tree, and the embedded server where another command still held it."""
    tree, server = end_running(settings), stop_server(settings)
    print("stopped" if tree or server else "nothing was running")
    return 0


def remove_data(settings: Settings, _arguments: Namespace) -> int:
    """Stop the embedded server and remove what it stored, also outside the home."""
    end_running(settings)
    purge(settings)
    return 0


def report(sentence: str) -> None:
    """Tell the person at the keyboard what is going on."""
    print(f"jiangti: {sentence}", file=sys.stderr, flush=True)
