"""Somebody has the web's database password and a shell: what he still cannot do, and as honestly what he can. docs/security.md is made of this.

Each attempt is raw SQL over a connection as the web's role, against a database with years of work in it.
"""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from kernel.settings import DatabaseUrls
from tests.isolation.fixtures import Year
from tests.programmes.people import id_number

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
BEGIN, END = "<!-- attempts -->", "<!-- end of attempts -->"
REFUSED, NO_ROLE, CANCELLED, CHECKED = "42501", "28P01", "57014", "23514"
SAYS = {
    REFUSED: "permission denied (42501)",
    CHECKED: "refused by a constraint (23514)",
    "0": "no rows",
}


@dataclass(frozen=True)
class Attempt:
    """Statements, all of them tried in a transaction bound as said; `expected` is the error's code, or `0` for no rows."""

    what: str
    statements: tuple[str, ...]
    expected: str = REFUSED
    bound_to: str | None = None


def at(*tables: str, form: str) -> tuple[str, ...]:
    return tuple(form.format(table) for table in tables)


SECRETS = ("account", "former_password", "second_factor", "recovery_code", "sign_in_challenge", "sign_in_session")
CASES = ("person", "application", "evidence", "handover", "snapshot", "objection", "title", "consent", "funding_record")
ONLY_ADDED = ("audit_entry", "read_entry", "case_act", "snapshot", "inbox_entry")
CANNOT: dict[str, Attempt] = {
    "unbound": Attempt(
        "read files, cases, dossiers, objections, titles or money without naming a union",
        at(*CASES, form="SELECT id FROM {} LIMIT 1"),
        "0",
    ),
    "another's rows": Attempt(
        "reach another union's rows while bound to one, by whatever condition",
        at(*CASES, form="SELECT id FROM {} WHERE tenant_id <> current_setting('app.tenant')::uuid LIMIT 1"),
        "0",
        "wuhou",
    ),
    "move a row": Attempt(
        "move a row into another union, or write one there",
        (
            "UPDATE person SET tenant_id = gen_random_uuid()",
            "UPDATE application SET tenant_id = gen_random_uuid()",
            "INSERT INTO inbox_entry (tenant_id, id, sender_id, kind) VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'x')",
        ),
        REFUSED,
        "wuhou",
    ),
    "switch the wall off": Attempt(
        "switch row-level security off, drop or change a policy, own a table",
        (
            "ALTER TABLE person DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE person NO FORCE ROW LEVEL SECURITY",
            "DROP POLICY tenant_isolation ON person",
            "CREATE POLICY mine ON person USING (true)",
            "ALTER TABLE person OWNER TO CURRENT_USER",
            "SET LOCAL row_security = off; SELECT id FROM person",
        ),
        REFUSED,
        "wuhou",
    ),
    "secrets of the door": Attempt(
        "read password hashes, former passwords, TOTP secrets, recovery codes, challenges or session tokens",
        at(*SECRETS, form="SELECT * FROM {} LIMIT 1"),
    ),
    "change the door": Attempt(
        "write any of these: set a password, make an account or a session",
        (*at(*SECRETS, form="DELETE FROM {}"), "UPDATE account SET password_hash = 'x'"),
    ),
    "audit": Attempt(
        "change or delete an audit entry, a record of reads, a step of a case, a frozen dossier, a letter's arrival",
        at(*ONLY_ADDED, form="DELETE FROM {}") + at(*ONLY_ADDED, form="UPDATE {} SET tenant_id = tenant_id"),
        REFUSED,
        "wuhou",
    ),
    "seals": Attempt(
        "read, forge or remove seals and their mirrored anchors",
        at("audit_seal", "audit_mirror", form="SELECT * FROM {} LIMIT 1")
        + at("audit_seal", "audit_mirror", form="DELETE FROM {}")
        + at("audit_seal", "audit_mirror", form="INSERT INTO {} (tenant_id) VALUES (gen_random_uuid())"),
        REFUSED,
        "wuhou",
    ),
    "truncate": Attempt(
        "empty any table", at(*CASES, "audit_entry", "job", "tenant", "membership", form="TRUNCATE {} CASCADE")
    ),
    "policies": Attempt(
        "change the policy in force, or lift or delete a union's own tightening as if it had never been",
        (
            "INSERT INTO policy_revision (id, revision, lines) VALUES (gen_random_uuid(), 'x', '[]')",
            "UPDATE policy_revision SET lines = '[]'",
            "DELETE FROM policy_tightening",
            "UPDATE policy_tightening SET role = 'expert'",
        ),
        REFUSED,
        "wuhou",
    ),
    "the machinery's role": Attempt(
        "seat somebody as the courier, or an administrator with a second part",
        (
            "UPDATE membership SET roles = array['courier']",
            "UPDATE membership SET roles = array['system_admin', 'clerk']",
        ),
        CHECKED,
        "wuhou",
    ),
    "catalogue": Attempt(
        "change unions, levels, programmes or rulebooks",
        (
            "UPDATE tenant SET parent_id = NULL",
            "DELETE FROM level",
            "UPDATE programme SET name = 'x'",
            "UPDATE rulebook_version SET content = '{}'",
        ),
    ),
    "queue": Attempt(
        "see, take, change or delete jobs and letters, or post one in another union's name",
        (
            "SELECT body FROM job",
            "UPDATE job SET state = 'done'",
            "DELETE FROM job",
            "INSERT INTO job (id, tenant_id, actor, body) VALUES (gen_random_uuid(), gen_random_uuid(), 'x', '{}')",
        ),
        REFUSED,
        "wuhou",
    ),
    "become another": Attempt(
        "become the courier, the owner, the door or a superuser",
        (
            "SET ROLE {prefix}_courier",
            "SET ROLE {prefix}_owner",
            "SET ROLE {prefix}_login",
            "SET SESSION AUTHORIZATION {prefix}_courier",
            "GRANT {prefix}_owner TO CURRENT_USER",
            "ALTER ROLE CURRENT_USER BYPASSRLS",
            "ALTER ROLE CURRENT_USER SUPERUSER",
            "CREATE ROLE mallory",
            "ALTER ROLE {prefix}_courier PASSWORD 'x'",
        ),
    ),
    "create": Attempt(
        "create anything that stays or runs: tables, functions, triggers, schemas, extensions",
        (
            "CREATE TABLE mine (id int)",
            "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE VIEW public.mine AS SELECT 1",
            "CREATE TRIGGER mine BEFORE INSERT ON person EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "CREATE SCHEMA mine",
            "CREATE EXTENSION pg_trgm",
            "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        ),
    ),
    "the host": Attempt(
        "reach the server's files, programs or settings",
        (
            "COPY (SELECT 1) TO PROGRAM 'id'",
            "COPY person FROM PROGRAM 'id'",
            "COPY (SELECT 1) TO '/tmp/mallory'",
            "COPY person FROM '/etc/passwd'",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT pg_ls_dir('.')",
            "SELECT lo_import('/etc/passwd')",
            "ALTER SYSTEM SET log_statement = 'all'",
            "SET session_replication_role = replica",
            "SELECT pg_reload_conf()",
        ),
    ),
    "passwords of roles": Attempt(
        "read the passwords of database roles, or end other roles' connections",
        (
            "SELECT rolpassword FROM pg_authid",
            "SELECT passwd FROM pg_shadow",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user",
        ),
    ),
}

CAN = {
    "bind": "bind any union, and then read and change what the web itself may read and change there: names, deeds, opinions, states. Row-level security keeps"
    " a faulty statement in; it cannot know who sends the statement",
    "seat": "having bound a union, seat an account there with ordinary roles (never the courier's), until the next look at the members",
    "forge": "having bound a union, *add* an audit entry that says what did not happen; it cannot remove the true ones, nor date itself before a seal",
    "post": "put letters into the queue in the name of the union it has bound; receivers compare the sender with the passing a letter speaks of",
    "timeouts": "lift its own timeouts and keep the server busy; the connections of the other roles go on",
}


@pytest.fixture
async def shell(year_urls: DatabaseUrls) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the web's role, with nothing of the product around it."""
    connection = await asyncpg.connect(plain(year_urls.app))
    yield connection
    await connection.close()


def plain(url: str) -> str:
    return url.replace("+asyncpg", "")


async def bind(shell: asyncpg.Connection, year: Year, code: str | None) -> None:
    if code is not None:
        await shell.execute(f"SET LOCAL app.tenant = '{year.tenants[code].id}'")


async def outcome(shell: asyncpg.Connection, year: Year, attempt: Attempt, statement: str) -> str:
    """The error's code, or how many rows."""
    if statement.startswith("ALTER SYSTEM"):  # not within a transaction
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await shell.execute(statement)
        return REFUSED
    transaction = shell.transaction()
    await transaction.start()
    try:
        await bind(shell, year, attempt.bound_to)
        *before, last = statement.split("; ")
        for each in before:
            await shell.execute(each)
        return str(len(await shell.fetch(last)))
    except asyncpg.PostgresError as refused:
        return str(refused.as_dict()["sqlstate"])
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("name", CANNOT)
async def test_it_cannot(shell: asyncpg.Connection, year: Year, name: str) -> None:
    attempt = CANNOT[name]
    prefix = str(await shell.fetchval("SELECT current_user")).removesuffix("_app")
    answers = {
        statement: await outcome(shell, year, attempt, statement.replace("{prefix}", prefix))
        for statement in attempt.statements
    }
    assert answers == dict.fromkeys(attempt.statements, attempt.expected)


async def test_there_would_have_been_rows(shell: asyncpg.Connection, year: Year) -> None:
    """What it did not find unbound is there: also the first thing that it can do."""
    for table in CASES:
        answers = [
            await outcome(shell, year, Attempt("", (), bound_to=code), f"SELECT id FROM {table}")
            for code in ("wuhou", "chengdu")
        ]
        assert any(int(answer) for answer in answers), table


async def test_no_temporary_tables_where_the_database_was_opened_as_an_installation_does(
    shell: asyncpg.Connection, template: str
) -> None:
    """A clone has its own rights, so the template is asked."""
    assert await shell.fetchval("SELECT has_database_privilege(current_user, $1, 'TEMP')", template) is False
    assert await shell.fetchval("SELECT has_database_privilege(current_user, $1, 'CREATE')", template) is False


async def test_no_other_role_opens_by_this_password(year_urls: DatabaseUrls) -> None:
    parts = urlsplit(plain(year_urls.app))
    assert parts.password is not None
    for role in ("courier", "owner", "login", "auditor"):
        user = f"{(parts.username or '').removesuffix('_app')}_{role}"
        netloc = f"{user}:{parts.password}@{parts.hostname}:{parts.port}"
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(urlunsplit(parts._replace(netloc=netloc)))


async def test_what_is_sealed_stays_sealed(shell: asyncpg.Connection, year: Year) -> None:
    """No numbers in the clear columns, no key in the database, and no function that would open anything."""
    async with shell.transaction():
        await bind(shell, year, "wuhou")
        rows = await shell.fetch("SELECT t::text AS row, id_number_sealed, phone_sealed FROM person t")
        functions = await shell.fetchval("SELECT count(*) FROM pg_proc WHERE proname ~ 'decrypt|pgp_'")
    numbers = [id_number(serial) for serial in range(1, 120)]
    assert len(rows) >= 5
    for row in rows:
        held = row["row"].encode() + row["id_number_sealed"] + (row["phone_sealed"] or b"")
        assert [number for number in numbers if number.encode() in held] == []
    assert functions == 0


async def test_statements_of_other_roles_are_not_shown(shell: asyncpg.Connection) -> None:
    rows = await shell.fetch("SELECT query FROM pg_stat_activity WHERE usename IS DISTINCT FROM current_user")
    assert {row["query"] for row in rows} <= {"<insufficient privilege>", ""}


async def test_the_web_itself_is_cut_off_after_seconds(shell: asyncpg.Connection) -> None:
    shown = {name: await shell.fetchval(f"SHOW {name}") for name in ("statement_timeout", "lock_timeout")}
    assert shown == {"statement_timeout": "5s", "lock_timeout": "2s"}


async def test_what_it_can_do_is_said_as_well(shell: asyncpg.Connection, year: Year) -> None:
    """The lines under CAN are not fears but facts; should one become false, the page is wrong."""
    done: dict[str, Any] = {}
    transaction = shell.transaction()
    await transaction.start()
    try:
        await bind(shell, year, "chengdu")
        done["bind"] = await shell.fetchval("SELECT count(*) FROM application")
        done["seat"] = await shell.execute("UPDATE membership SET roles = array['clerk'] WHERE roles = array['expert']")
        forged = (
            "INSERT INTO audit_entry (tenant_id, id, at, actor, act, object_kind, object_id, before, after) SELECT"
            " current_setting('app.tenant')::uuid, gen_random_uuid(), now(), 'x', 'case:certify', 'application', gen_random_uuid(), '{}', '{}'"
        )
        done["forge"] = await shell.execute(forged)
        posted = (
            "INSERT INTO job (id, tenant_id, actor, body) SELECT gen_random_uuid(), current_setting('app.tenant')::uuid,"
            " 'deliver_letter', '{}'"
        )
        done["post"] = await shell.execute(posted)
        await shell.execute("SET LOCAL statement_timeout = 0")
        done["timeouts"] = await shell.fetchval("SHOW statement_timeout") == "0"
    finally:
        await transaction.rollback()
    assert {name: bool(value) and value != "UPDATE 0" for name, value in done.items()} == dict.fromkeys(CAN, True)


def tables() -> str:
    """The generated part of the page."""
    cannot = "\n".join(
        f"| {attempt.what} | {len(attempt.statements)} | {SAYS[attempt.expected]} |" for attempt in CANNOT.values()
    )
    can = "\n".join(f"- {line}." for line in CAN.values())
    total = sum(len(attempt.statements) for attempt in CANNOT.values())
    return (
        f"{BEGIN}\nIt cannot ({total} statements, each tried by `tests/isolation/test_stolen_password.py`):\n\n"
        f"| attempt | statements | answer |\n| --- | --- | --- |\n{cannot}\n"
        "| make temporary tables | — | no right to (asked of the database) |\n"
        "| connect as another role with this password | 4 | wrong password (28P01) |\n"
        "| open a sealed ID number, phone or dossier | — | the key is in no table, and nothing in the database decrypts |\n"
        "| see what other roles are just asking | 1 | `<insufficient privilege>` |\n\n"
        f"It can, and the same tests show it:\n\n{can}\n{END}"
    )


def test_the_page_says_so() -> None:
    written = PAGE.read_text(encoding="utf-8")
    made = re.sub(f"{BEGIN}.*{END}", lambda _: tables(), written, flags=re.DOTALL)
    if os.environ.get("JIANGTI_WRITE") == "1":
        PAGE.write_text(made, encoding="utf-8")
        written = made
    assert tables() in written
