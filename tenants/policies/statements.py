"""The rules in force for a union, as one column of the statement that says who somebody is: so they are as fresh as the session itself.

Danger: the text speaks of the table `tenant` of the statement around it, and takes its parameter `today`.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Date, Dialect, ScalarSelect, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from tenants.policies.facts import RulesInForce, Tightening

_RULES = """
jsonb_build_object(
    'revision', coalesce((SELECT r.revision FROM policy_revision r ORDER BY r.number DESC LIMIT 1), ''),
    'rows', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(
            p.id, p.role, p.typ, p.act, p.stage, p.tenant_id = tenant.id, u.name, p.document, p.reason) ORDER BY p.id), '[]')
        FROM (
            SELECT a.id, a.name FROM generate_series(1, length(tenant.path)) n
                JOIN tenant a ON a.path = left(tenant.path, n)
                WHERE substr(tenant.path, n, 1) = '.'
            UNION
            SELECT a.id, a.name FROM generate_series(1, length(tenant.industry_path)) n
                JOIN tenant a ON a.industry_path = left(tenant.industry_path, n)
                WHERE substr(tenant.industry_path, n, 1) = '.'
        ) u
        JOIN policy_tightening p ON p.tenant_id = u.id
        WHERE (p.binds_below OR p.tenant_id = tenant.id) AND p.lifted_at IS NULL
            AND p.valid_from <= :today AND (p.valid_to IS NULL OR p.valid_to > :today)
    )
)
"""


class _Rules(TypeDecorator[RulesInForce]):
    """Makes values of what PostgreSQL put together."""

    impl = JSONB
    cache_ok = True

    def process_result_value(self, value: Any | None, dialect: Dialect) -> RulesInForce | None:  # noqa: ANN401 - JSON
        del dialect
        if value is None:
            return None
        return RulesInForce(value["revision"], tuple(Tightening(UUID(row[0]), *row[1:]) for row in value["rows"]))


def rules_in_force() -> ScalarSelect[RulesInForce]:
    """The column; for statements over `Tenant` that may read memberships and tightenings of all unions: those of the login role."""
    found = text(f"SELECT {_RULES} AS rules").bindparams(bindparam("today", type_=Date()))
    return found.columns(rules=_Rules()).scalar_subquery()
