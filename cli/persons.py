"""People whom the installation's owner seats: with a password of theirs, or one that is made up and shown once.

A password never comes from the command line or the environment, where other users and logs see it: from a file, from standard input, or it is made here.
"""

import secrets
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID

from authz.administration import found_member, require_roles
from cli.owner import Owner
from kernel.database import WriteSession
from kernel.settings import SettingsError
from tenants.accounts.passwords import Passwords
from tenants.accounts.service import NewAccount, Seat, create_account, find_account_id

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 5, 4


@dataclass(frozen=True)
class Person:
    """Somebody to be seated; the password is for an account that does not exist yet."""

    login: str
    name: str
    roles: frozenset[str]
    password: str = field(repr=False)
    made_up: bool


@dataclass(frozen=True)
class Seated:
    """What became of a person: `new_account` is False where the login existed, with its own password."""

    person: Person
    membership_id: UUID
    new_account: bool


def add_password_file(parser: ArgumentParser, order: str) -> None:
    """The option that says where passwords come from."""
    parser.add_argument(
        "--password-file",
        metavar="FILE",
        help=f"first passwords, one per line ({order}); - reads standard input; else they are made up and shown once",
    )


def read_passwords(file: str | None, count: int) -> list[str | None]:
    """The passwords of that many persons, None for each that is to be made up; raises SettingsError."""
    if file is None:
        return [None] * count
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        message = f"the passwords cannot be read from {file}: {failure}"
        raise SettingsError(message) from failure
    lines = text.splitlines()
    if len(lines) != count:
        message = f"{count} lines with passwords are needed, and {file} has {len(lines)}"
        raise SettingsError(message)
    return list(lines)


def person(login: str, name: str, roles: Sequence[str], password: str | None) -> Person:
    """A person to be seated; raises UNKNOWN_ROLE, EXCLUSIVE_ROLES."""
    made_up = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    words = frozenset(role.value for role in require_roles(roles))
    return Person(login, name, words, password or made_up, made_up=password is None)


async def seat(
    session: WriteSession, owner: Owner, someone: Person, *, since: date | None = None, until: date | None = None
) -> Seated:
    """Give a person a place in the union at hand, and an account where the login has none. Raises the refusals of both."""
    account_id = await find_account_id(session, someone.login)
    new = account_id is None
    if account_id is None:
        account = NewAccount(
            login=someone.login, name=someone.name, password=someone.password, must_change_password=True
        )
        account_id = await create_account(session, Passwords(), owner.clock, account)
    place = Seat(name=someone.name, roles=someone.roles, valid_from=since or owner.clock.today(), valid_to=until)
    membership_id = await found_member(session, owner.clock, account_id, place, by=owner.by)
    return Seated(someone, membership_id, new_account=new)


def show(seated: Seated) -> None:
    """Tell what was done, and a password that was made up: this once, for it is stored nowhere."""
    someone = seated.person
    print(f"{someone.login} {someone.name}: {', '.join(sorted(someone.roles))}")
    if not seated.new_account:
        print("  the account existed; its password is what it was")
    elif someone.made_up:
        print(f"  password, shown this once: {someone.password}")
