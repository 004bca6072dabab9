"""`jiangti serve` and `jiangti worker`: the whole process tree, or one process of it in the foreground."""

import runpy
import signal
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress

from authz import enforcer
from cli.attached import run_api
from cli.claim import AlreadyRunningError, claim
from cli.commands import Commands, add_command
from cli.database import report
from cli.tree import ENDING, Tree
from kernel.budget import require_room
from kernel.listening import DATABASE_AWAY
from kernel.postgres import Server, find_server, server_in_use
from kernel.settings import Settings
from migrations import runner

__all__ = ["AlreadyRunningError", "register", "run_tree"]

Banner = Callable[[], str]
Load = Callable[[Server], None]


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = add_command(commands, "serve", "run PostgreSQL, the API and the workers in one process tree", serve)
    parser.add_argument(
        "--api-only", action="store_true", help="only the API, in the foreground; the database must be ready"
    )
    add_command(commands, "worker", "run one worker in the foreground; the database must be ready", work)


def run_tree(settings: Settings, *, banner: Banner, load: Load = lambda _: None) -> int:
    """Run everything until a signal comes, and stop everything that was started; returns the exit code.

    First looks at the policy and claims home and port (raises PolicyError, AlreadyRunningError before anything slow), then starts or adopts PostgreSQL,
    migrates, calls `load(server)` (demo data), starts API and workers, waits for `/readyz` and prints `banner()`. A signal before that ends it like Ctrl-C.
    """
    for number in ENDING:
        signal.signal(number, signal.default_int_handler)
    enforcer.current()
    with claim(settings) as held, server_in_use(settings, report=report) as server:
        urls = runner.prepare(settings, server)
        runner.run_blocking(require_room(settings, urls.app))
        load(server)
        return Tree(settings, held, server, report).run(banner)


def serve(settings: Settings, arguments: Namespace) -> int:
    """The tree, or with `--api-only` this process as the API."""
    if not arguments.api_only:
        return run_tree(settings, banner=lambda: f"匠梯 serves http://{settings.host}:{settings.port}/graphql")
    enforcer.current()
    with claim(settings, exclusive=False) as held:
        _look_for_room(settings)
        run_api(settings, held.listener)
    return 0


def work(settings: Settings, _arguments: Namespace) -> int:
    """This process as a worker."""
    enforcer.current()
    _look_for_room(settings)
    sys.argv = ["workers"]
    runpy.run_module("workers", run_name="__main__", alter_sys=True)
    return 0


def _look_for_room(settings: Settings) -> None:
    """Raises SettingsError where the server cannot give the connections that are promised; one that is away is waited for by the process itself."""
    with suppress(*DATABASE_AWAY):
        runner.run_blocking(require_room(settings, runner.urls(settings, find_server(settings)).app))
