"""The walls between tenants, read from PostgreSQL's own catalogue and not from our models.

A departure from a rule stands in EXEMPTIONS with its reason; one that is no longer needed fails as well.
"""

import asyncpg
import pytest

from kernel.postgres import DatabaseRole, role_name
from kernel.settings import DatabaseUrls, Settings
from migrations.runner import run_blocking

REFERENCE_TABLES = {
    "account": "a person's login; memberships say in which tenants",
    "alembic_version": "the schema's own state",
    "federated_attempt": "before it is known who comes back from an identity provider; only the door reads it",
    "federated_identity": "of an account; only the door reads it",
    "former_password": "of an account; only the door reads it",
    "level": "the ordered levels of the tree",
    "policy_revision": "the policies that were put in force, the same for all",
    "programme": "the catalogue of programmes, the same for all",
    "rulebook_version": "the catalogue of rulebooks, the same for all",
    "recovery_code": "of an account; only the door reads it",
    "schedule_run": "which slot of the schedule has been run",
    "second_factor": "of an account; only the door reads it",
    "sign_in_challenge": "of an account, between the two steps of signing in; only the door reads it",
    "sign_in_failure": "wrong attempts, counted before any tenant is known",
    "tenant": "the tree of unions",
    "worker_beat": "the workers' signs of life",
}

EXEMPTIONS = {
    ("key begins with the tenant", "job"): "the queue is taken from across tenants, by the courier only",
    ("key begins with the tenant", "sign_in_session"): "looked up by its token, before the tenant is known",
    ("unique begins with the tenant", "sign_in_session"): "a token names its session without naming the tenant",
    ("row-level security is forced", "sign_in_session"): "the web has no right on it at all (tested below)",
    ("only its own rows", "sign_in_session"): "likewise",
    ("key begins with the tenant", "case_claim"): "keeps one person to one case of an edition, across all tenants",
}

FURTHER_POLICIES = {
    ("job", "courier_sees_all", "courier", "ALL", "true"): "workers take jobs of all tenants; the web sees its own",
    (
        "audit_pending",
        "courier_sees_all",
        "courier",
        "ALL",
        "true",
    ): "the sealing job looks for tenants with new entries",
    ("due_item", "courier_sees_all", "courier", "ALL", "true"): "the schedule looks for what is due anywhere",
    (
        "idempotency_key",
        "courier_forgets_old_ones",
        "courier",
        "ALL",
        "(at < (now() - '7 days'::interval))",
    ): "a chore removes used keys of all tenants",
    ("membership", "login_finds_members", "login", "ALL", "true"): "signing in looks for a person's memberships",
    (
        "api_token",
        "login_finds_tokens",
        "login",
        "ALL",
        "true",
    ): "a machine's token is looked up before a tenant is known",
    ("deputy_grant", "login_finds_deputies", "login", "ALL", "true"): "a deputy's session is told what it rests on",
    (
        "substitution",
        "login_finds_substitutes",
        "login",
        "ALL",
        "true",
    ): "a lent officer's session rests on both records",
    ("visit", "login_finds_visits", "login", "ALL", "true"): "a visitor's session is told what it rests on",
    ("policy_tightening", "login_finds_tightenings", "login", "ALL", "true"): "a session is told what superiors forbid",
    (
        "edition",
        "issued_is_public",
        "public",
        "SELECT",
        "(state <> 'draft'::text)",
    ): "an issued edition is a public notice",
}

BOUND = "(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)"

TABLES = """
    select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced, c.relowner::regrole::text as owner,
        exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as of_a_tenant
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1
"""
KEYS = """
    select c.relname as name, i.relname as index, x.indisprimary as is_primary,
        (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = x.indkey[0]) as first
    from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
    where c.relnamespace = 'public'::regnamespace and x.indisunique order by 1, 2
"""
FOREIGN_KEYS = """
    select k.conrelid::regclass::text as name, k.conname as key, k.confrelid::regclass::text as target,
        array(select a.attname::text from unnest(k.conkey) with ordinality u(n, o)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n order by u.o) as columns,
        array(select a.attname::text from unnest(k.confkey) with ordinality u(n, o)
            join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n order by u.o) as targets
    from pg_constraint k where k.contype = 'f' and k.connamespace = 'public'::regnamespace order by 1, 2
"""
POLICIES = """
    select tablename as name, policyname as policy, permissive, roles::text[] as roles, cmd, qual, with_check
    from pg_policies where schemaname = 'public' order by 1, 2
"""


class Catalogue:
    """What PostgreSQL says about the migrated schema."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("+asyncpg", "")
        self.tables = self.fetch(TABLES)
        self.tenant_tables = {row["name"] for row in self.tables if row["of_a_tenant"]}

    def fetch(self, sql: str) -> list[asyncpg.Record]:
        async def work() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self._url)
            try:
                return await connection.fetch(sql)
            finally:
                await connection.close()

        return run_blocking(work())


@pytest.fixture(scope="module")
def catalogue(database_urls: DatabaseUrls) -> Catalogue:
    return Catalogue(database_urls.owner)


def broken_rules(catalogue: Catalogue) -> set[tuple[str, str]]:
    """Every (rule, table) that does not hold, exempt or not."""
    broken = {
        ("row-level security is forced", row["name"])
        for row in catalogue.tables
        if row["of_a_tenant"] and not row["forced"]
    }
    for row in catalogue.fetch(KEYS):
        if row["name"] in catalogue.tenant_tables and row["first"] != "tenant_id":
            rule = "key begins with the tenant" if row["is_primary"] else "unique begins with the tenant"
            broken.add((rule, row["name"]))
    for row in catalogue.fetch(FOREIGN_KEYS):
        inside = row["columns"][0] == "tenant_id" and row["targets"][0] == "tenant_id"
        if row["target"] in catalogue.tenant_tables and not inside:
            broken.add(("foreign key stays inside the tenant", row["name"]))
        if row["target"] not in catalogue.tenant_tables | set(REFERENCE_TABLES):
            broken.add(("foreign key stays inside the tenant", row["name"]))
    return broken | open_tables(catalogue)


def open_tables(catalogue: Catalogue) -> set[tuple[str, str]]:
    """Tenant tables without the plain equality for everybody and everything."""
    plain = {
        row["name"]
        for row in catalogue.fetch(POLICIES)
        if tuple(row)[1:] == ("tenant_isolation", "PERMISSIVE", ["public"], "ALL", BOUND, BOUND)
    }
    return {("only its own rows", name) for name in catalogue.tenant_tables - plain}


def test_the_schema_has_tenant_tables(catalogue: Catalogue) -> None:
    assert len(catalogue.tenant_tables) > 20


def test_every_rule_holds_or_has_its_reason(catalogue: Catalogue) -> None:
    assert sorted(broken_rules(catalogue) - set(EXEMPTIONS)) == []


def test_no_exemption_is_left_over(catalogue: Catalogue) -> None:
    assert sorted(set(EXEMPTIONS) - broken_rules(catalogue)) == []


def test_every_further_policy_has_its_reason(catalogue: Catalogue, settings: Settings) -> None:
    found = {
        (row["name"], row["policy"], role.removeprefix(f"{settings.role_prefix}_"), row["cmd"], row["qual"])
        for row in catalogue.fetch(POLICIES)
        for role in row["roles"]
        if row["policy"] != "tenant_isolation"
    }
    assert found == set(FURTHER_POLICIES)


ALL = "DELETE INSERT SELECT UPDATE"
TOKEN_COLUMNS = " ".join(
    f"SELECT({column})"
    for column in (
        *("account_id", "created_at", "hint", "id", "last_used_at", "membership_id", "name", "permissions"),
        *("revoked_at", "strength", "tenant_id", "valid_to"),
    )
)
"""All of a machine's token but the hash of its text."""
NARROW_RIGHTS = {
    "sign_in_session": {"login": ALL, "courier": "DELETE SELECT(expires_at)"},
    "sign_in_failure": {"login": ALL, "courier": "DELETE SELECT(at)"},
    "deputy_grant": {
        "app": "INSERT SELECT UPDATE(revoked_at) UPDATE(revoked_by)",
        "login": "SELECT",
        "auditor": "SELECT",
    },
    "visit": {"app": "INSERT SELECT", "login": "INSERT SELECT UPDATE(ended_at)", "auditor": "SELECT"},
    "idempotency_key": {"app": "INSERT SELECT UPDATE", "courier": "DELETE SELECT(at)", "auditor": "SELECT"},
    "federated_identity": {"login": ALL},
    "federated_attempt": {"login": ALL, "courier": "DELETE SELECT(expires_at)"},
    "api_token": {
        "login": ALL,
        "app": f"{TOKEN_COLUMNS} UPDATE(revoked_at)",
        "auditor": TOKEN_COLUMNS,
    },
    "case_claim": {"app": "DELETE INSERT SELECT", "courier": "DELETE INSERT SELECT", "auditor": "SELECT"},
}
RIGHTS = """
    with given as (
        select a.grantee, a.privilege_type as word from pg_class c, aclexplode(c.relacl) a where c.oid = '{table}'::regclass
        union all
        select a.grantee, a.privilege_type || '(' || t.attname || ')' from pg_attribute t, aclexplode(t.attacl) a
        where t.attrelid = '{table}'::regclass)
    select replace(grantee::regrole::text, '{prefix}_', ''), string_agg(word, ' ' order by word) from given group by 1
"""


@pytest.mark.parametrize("table", NARROW_RIGHTS)
def test_a_role_has_no_more_rights_than_it_needs(catalogue: Catalogue, settings: Settings, table: str) -> None:
    """The web reads no session and rewrites no claim; the courier of what people leave behind sees no more than its age."""
    rows = catalogue.fetch(RIGHTS.format(table=table, prefix=settings.role_prefix))
    rights = dict(tuple(row) for row in rows)
    del rights["owner"]
    assert rights == NARROW_RIGHTS[table]


def test_every_table_is_a_tenants_or_a_known_reference(catalogue: Catalogue) -> None:
    others = {row["name"] for row in catalogue.tables} - catalogue.tenant_tables
    assert others == set(REFERENCE_TABLES)


def test_the_owner_role_owns_everything_and_the_others_nothing(catalogue: Catalogue, settings: Settings) -> None:
    owner = role_name(settings.role_prefix, DatabaseRole.OWNER)
    assert {row["owner"] for row in catalogue.tables} == {owner}
    owned = catalogue.fetch(
        "select distinct rolname from pg_shdepend d join pg_roles r on r.oid = d.refobjid where d.deptype = 'o' "
        f"and rolname like '{settings.role_prefix}_%' and rolname <> '{owner}' "
        "and d.dbid = (select oid from pg_database where datname = current_database())"
    )
    assert [row[0] for row in owned] == []


def test_no_role_has_powers_or_is_a_member_of_another(catalogue: Catalogue, settings: Settings) -> None:
    names = {role_name(settings.role_prefix, role) for role in DatabaseRole}
    rows = catalogue.fetch(
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin, "
        "(select count(*) from pg_auth_members m where m.member = r.oid) from pg_roles r"
    )
    ours = {row[0]: tuple(row)[1:] for row in rows if row[0] in names}
    assert ours == dict.fromkeys(names, (False, False, False, False, False, True, 0))


def test_a_row_cannot_be_truncated_away(catalogue: Catalogue) -> None:
    """TRUNCATE, TRIGGER and REFERENCES do not ask row-level security; no role but the owner has them."""
    rows = catalogue.fetch(
        "select table_name, grantee, privilege_type from information_schema.role_table_grants where table_schema = 'public' "
        "and privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES') and grantee not like '%\\_owner'"
    )
    assert [tuple(row) for row in rows] == []


def test_there_is_no_trigger(catalogue: Catalogue) -> None:
    rows = catalogue.fetch("select tgname from pg_trigger where not tgisinternal")
    assert [row[0] for row in rows] == []


def test_nobody_reads_a_table_through_public(catalogue: Catalogue) -> None:
    rows = catalogue.fetch(
        "select table_name from information_schema.role_table_grants where grantee = 'PUBLIC' and table_schema = 'public'"
    )
    assert [row[0] for row in rows] == []
