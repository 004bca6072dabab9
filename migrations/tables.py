"""What a revision says about a table beside its columns: whose rows it shows, and which roles may do what.

    from migrations.tables import APPEND_ONLY, grant_tenant_table, protect

    protect(op, "application")
    grant_tenant_table(op, "application")
    grant_tenant_table(op, "audit_entry", rights=APPEND_ONLY)

Roles are named by their part (`DatabaseRole`), never by their name in PostgreSQL: that begins with the installation's prefix.
"""

from collections.abc import Iterable
from typing import Any

from alembic import context
from alembic.operations import Operations

from kernel.postgres import DatabaseRole, role_name

READ_WRITE = "SELECT, INSERT, UPDATE, DELETE"
APPEND_ONLY = "SELECT, INSERT"
READ_ONLY = "SELECT"
BOUND_TENANT = "(tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)"


def protect(op: Operations | Any, table: str) -> None:  # noqa: ANN401 - Alembic's `op` is a module that proxies Operations
    """Only rows of the bound tenant, for everybody, the table's owner included; without a binding no rows."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant_isolation ON {table} USING {BOUND_TENANT} WITH CHECK {BOUND_TENANT}")


def open_to(op: Operations | Any, table: str, role: DatabaseRole, name: str, condition: str = "true") -> None:  # noqa: ANN401
    """One further policy: the role also sees the rows that meet the condition (the courier's queue, the login's accounts)."""
    op.execute(
        f"CREATE POLICY {name} ON {table} TO {role_in_database(role)} USING ({condition}) WITH CHECK ({condition})"
    )


def grant(op: Operations | Any, table: str, role: DatabaseRole, rights: str) -> None:  # noqa: ANN401
    """Give one role rights on a table; columns may be named: `"SELECT, UPDATE (seen_at)"`."""
    op.execute(f"GRANT {rights} ON {table} TO {role_in_database(role)}")


def revoke(op: Operations | Any, table: str, role: DatabaseRole) -> None:  # noqa: ANN401
    """Take a role's rights on a table back; only where the table itself stays."""
    op.execute(f"REVOKE ALL ON {table} FROM {role_in_database(role)}")


def grant_tenant_table(op: Operations | Any, table: str, rights: str = READ_WRITE) -> None:  # noqa: ANN401
    """The usual rights on a tenant table: web and courier alike (both are bound to one tenant), the auditor reads."""
    for role in (DatabaseRole.APP, DatabaseRole.COURIER):
        grant(op, table, role, rights)
    grant(op, table, DatabaseRole.AUDITOR, READ_ONLY)


def grant_reference_table(op: Operations | Any, table: str, writers: Iterable[DatabaseRole] = ()) -> None:  # noqa: ANN401
    """The usual rights on a reference table: everybody reads, the named roles also write."""
    for role in (DatabaseRole.APP, DatabaseRole.COURIER, DatabaseRole.LOGIN, DatabaseRole.AUDITOR):
        grant(op, table, role, READ_WRITE if role in set(writers) else READ_ONLY)


def role_in_database(role: DatabaseRole) -> str:
    """The role's name in the installation that is being migrated."""
    return role_name(context.config.attributes["role_prefix"], DatabaseRole(role))
