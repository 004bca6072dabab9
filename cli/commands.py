"""What a command is: a parser, and a function from settings and arguments to an exit code."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

from kernel.settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    Commands = _SubParsersAction[ArgumentParser]
else:
    Commands = object

Run = Callable[[Settings, Namespace], int]


def add_command(commands: "Commands", name: str, description: str, run: Run) -> ArgumentParser:
    """Add a command; the returned parser takes its arguments."""
    parser = commands.add_parser(name, help=description, description=description)
    parser.set_defaults(run=run)
    return parser
