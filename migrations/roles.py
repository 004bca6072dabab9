"""Making the product's roles and its database on a server; the administrator need only be allowed to create both."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.postgres import DatabaseRole, PostgresError, role_name, role_password
from kernel.settings import Settings

_FIRST_WITH_TRANSACTION_TIMEOUT = 170000
_TIMEOUTS: dict[DatabaseRole, dict[str, str]] = {
    DatabaseRole.OWNER: {
        "statement_timeout": "5min",
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "5min",
    },
    DatabaseRole.APP: {
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
        "transaction_timeout": "30s",
    },
    DatabaseRole.COURIER: {
        "statement_timeout": "5min",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "1min",
    },
    DatabaseRole.LOGIN: {
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
        "transaction_timeout": "30s",
    },
    DatabaseRole.AUDITOR: {
        "statement_timeout": "5min",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "1min",
    },
}


async def ensure_roles(connection: AsyncConnection, settings: Settings) -> None:
    """Create or correct the five roles: rights, password, timeouts. The names and values are ours, never a person's."""
    version = int((await connection.execute(text("SHOW server_version_num"))).scalar_one())
    existing = set((await connection.execute(text("SELECT rolname FROM pg_roles"))).scalars())
    for role in DatabaseRole:
        name = role_name(settings.role_prefix, role)
        if name not in existing:
            await connection.execute(text(f"CREATE ROLE {name} LOGIN NOCREATEDB NOCREATEROLE INHERIT"))
        await _refuse_powers(connection, name)
        await connection.execute(text(f"ALTER ROLE {name} LOGIN PASSWORD '{role_password(settings, role)}'"))
        for setting, value in _TIMEOUTS[role].items():
            if setting != "transaction_timeout" or version >= _FIRST_WITH_TRANSACTION_TIMEOUT:
                await connection.execute(text(f"ALTER ROLE {name} SET {setting} = '{value}'"))


async def ensure_database(connection: AsyncConnection, settings: Settings, name: str) -> None:
    """Create the database, owned by the owner role, unless it is there."""
    owner = role_name(settings.role_prefix, DatabaseRole.OWNER)
    await connection.execute(text(f"GRANT {owner} TO CURRENT_USER"))
    found = text("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = :name")
    current = (await connection.execute(found, {"name": name})).scalar_one_or_none()
    if current is None:
        await connection.execute(text(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'"))
    elif current != owner:
        await connection.execute(text(f"ALTER DATABASE {name} OWNER TO {owner}"))


async def open_database(connection: AsyncConnection, settings: Settings, name: str) -> None:
    """Only the product's roles may connect; only the owner may create anything. Run inside the database."""
    roles = {role: role_name(settings.role_prefix, role) for role in DatabaseRole}
    others = ", ".join(named for role, named in roles.items() if role is not DatabaseRole.OWNER)
    for statement in (
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {name} TO {others}",
        f"SET ROLE {roles[DatabaseRole.OWNER]}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {others}",
        "RESET ROLE",
    ):
        await connection.execute(text(statement))


async def _refuse_powers(connection: AsyncConnection, name: str) -> None:
    """A role of ours that was given power over row-level security would make every wall void: refuse to go on."""
    query = text("SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = :name")
    if (await connection.execute(query, {"name": name})).scalar_one():
        message = f"the database role {name} has powers it must not have (superuser, bypassrls, createrole or createdb)"
        raise PostgresError(message)
