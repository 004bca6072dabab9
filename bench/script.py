"""A pgbench script: statements with their values in variables, so that each is prepared once; and running it."""

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from bench.house import House, connect, dsn
from bench.load import Outcome
from kernel.ids import new_id
from kernel.postgres import DatabaseRole, role_name
from kernel.postgres.binaries import find_binaries

FLOOR_ROLE = "bench_floor"
Statement = tuple[str, Sequence[object]]
_PLACE = re.compile(r"\$(\d+)")
_LITERAL = re.compile(r"'[^']*'")
_SPEED = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Raw:
    """A value that is written as it is: a variable of the script's own, or a function."""

    text: str


class Script:
    """Round trip by round trip."""

    def __init__(self, lines: Sequence[str] = ()) -> None:
        self.lines = list(lines)
        self.variables: dict[str, str] = {}

    def say(self, *statements: Statement) -> None:
        """One round trip."""
        if len(statements) > 1:
            self.lines.append("\\startpipeline")
        self.lines += [self._filled(text, values) + ";" for text, values in statements]
        if len(statements) > 1:
            self.lines.append("\\endpipeline")

    def _filled(self, text: str, values: Sequence[object]) -> str:
        plain = _LITERAL.sub(lambda found: found[0].replace(":", "'||chr(58)||'"), text)  # else pgbench sees variables
        return _PLACE.sub(lambda found: self._place(values[int(found[1]) - 1]), plain)

    def _place(self, value: object) -> str:
        if isinstance(value, Raw):
            return value.text
        if value is None:
            return "NULL"
        name = f"v{len(self.variables)}"
        self.variables[name] = _text(value)
        return f":{name}"


def roles(house: House) -> tuple[Statement, Statement]:
    """Becoming the login role, and the web's."""
    prefix = house.settings.role_prefix
    login, app = (role_name(prefix, role) for role in (DatabaseRole.LOGIN, DatabaseRole.APP))
    return (f"SET ROLE {login}", ()), (f"SET ROLE {app}", ())


def run(house: House, script: Script, connections: int, *limit: str) -> Outcome:
    """`limit`: `-T seconds`, or `-t times` for each connection."""
    folder = Path(house.settings.home) / f"floor-{new_id()}"
    folder.mkdir()
    path = folder / "script.sql"
    path.write_text("\n".join(script.lines), encoding="utf-8")
    defined = [part for name, value in script.variables.items() for part in ("-D", f"{name}={value}")]
    url = dsn(house.server.url(house.settings.database_name, FLOOR_ROLE, FLOOR_ROLE))
    command = [find_binaries().program("pgbench"), "-n", "-M", "prepared", "-l", "-c", str(connections), "-j", "1"]
    command += [*limit, "-f", str(path), *defined, url]
    before = os.times()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    after = os.times()
    speed = _SPEED.search(done.stdout)
    if done.returncode != 0 or speed is None:
        message = f"pgbench failed: {done.stderr[-2000:]}"
        raise RuntimeError(message)
    lines = [line for log in folder.glob("pgbench_log.*") for line in log.read_text(encoding="ascii").splitlines()]
    latencies = [int(line.split()[2]) / 1e6 for line in lines]
    own = after.children_user + after.children_system - before.children_user - before.children_system
    return Outcome(latencies, len(latencies) / float(speed[1]), own_cpu=own)


async def prepare_floor(house: House) -> None:
    """The role that may take the product's two roles; no wall opens for it."""
    prefix = house.settings.role_prefix
    taken = ", ".join(role_name(prefix, role) for role in (DatabaseRole.APP, DatabaseRole.LOGIN))
    connection = await connect(house.admin_dsn)
    try:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", FLOOR_ROLE):
            await connection.execute(f"DROP OWNED BY {FLOOR_ROLE}")  # a country that is kept has been measured before
            await connection.execute(f"DROP ROLE {FLOOR_ROLE}")
        await connection.execute(f"CREATE ROLE {FLOOR_ROLE} LOGIN INHERIT PASSWORD '{FLOOR_ROLE}' IN ROLE {taken}")
        await connection.execute(f"GRANT CONNECT ON DATABASE {house.settings.database_name} TO {FLOOR_ROLE}")
    finally:
        await connection.close()


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, date):  # a moment is one, too
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "{" + ",".join(f'"{one}"' for one in cast("Sequence[Any]", value)) + "}"
    return str(value)
