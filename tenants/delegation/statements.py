"""What a session rests on, as one column of the statement that says who somebody is: so a revocation holds from the next request on.

Danger: the text speaks of the tables `sign_in_session`, `membership` and `tenant` of the statement around it, and takes its parameters `now` and `today`.
"""

from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Date, DateTime, Dialect, ScalarSelect, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from tenants.delegation.facts import Basis, Standing

D = TypeVar("D", bound=date)

_DEPUTY = """
SELECT jsonb_build_object(
    'basis', sign_in_session.basis, 'id', g.id, 'own_roles', to_jsonb(membership.roles), 'behalf', granter.name, 'ends_on', g.valid_to,
    'acting_for', g.granter_id, 'roles', (SELECT jsonb_agg(r) FROM unnest(g.roles) r WHERE r = ANY (granter.roles)))
FROM deputy_grant g
    JOIN membership granter ON granter.tenant_id = g.tenant_id AND granter.account_id = g.granter_id
    JOIN account behind ON behind.id = g.granter_id
WHERE g.tenant_id = sign_in_session.tenant_id AND g.id = sign_in_session.basis_id AND g.deputy_id = sign_in_session.account_id
    AND g.revoked_at IS NULL AND g.valid_from <= :today AND g.valid_to > :today
    AND granter.valid_from <= :today AND (granter.valid_to IS NULL OR granter.valid_to > :today)
    AND granter.roles && g.roles AND behind.state = 'active'
"""
_VISIT = """
SELECT jsonb_build_object(
    'basis', sign_in_session.basis, 'id', v.id, 'own_roles', to_jsonb(membership.roles), 'behalf', home.name, 'home_id', home.id, 'ends_at', v.ends_at,
    'roles', jsonb_build_array('auditor'), 'confined_to', to_jsonb(v.confined_to))
FROM visit v JOIN tenant home ON home.id = sign_in_session.home_id
WHERE v.tenant_id = sign_in_session.tenant_id AND v.id = sign_in_session.basis_id AND v.visitor_id = sign_in_session.account_id
    AND v.counterpart_id = home.id AND v.side = 'visited' AND v.ended_at IS NULL AND v.ends_at > :now
    AND home.active AND 'auditor' = ANY (membership.roles) AND home.id <> tenant.id
    AND (starts_with(tenant.path, home.path) OR starts_with(tenant.industry_path, home.industry_path))
"""
_SUBSTITUTE = """
SELECT jsonb_build_object(
    'basis', sign_in_session.basis, 'id', asking.id, 'own_roles', to_jsonb(membership.roles), 'behalf', home.name, 'ends_on', asking.valid_to,
    'roles', to_jsonb(asking.roles), 'home_id', home.id)
FROM substitution asking
    JOIN substitution lending ON lending.tenant_id = sign_in_session.home_id AND lending.id = asking.id
    JOIN tenant home ON home.id = sign_in_session.home_id
WHERE asking.tenant_id = sign_in_session.tenant_id AND asking.id = sign_in_session.basis_id
    AND asking.officer_id = sign_in_session.account_id AND lending.officer_id = sign_in_session.account_id
    AND asking.side = 'asking' AND lending.side = 'lending' AND asking.state = 'assigned' AND lending.state = 'assigned'
    AND asking.valid_to > :today AND lending.valid_to > :today AND asking.counterpart_id = home.id AND home.active
    AND (tenant.parent_id = home.id OR tenant.industry_parent_id = home.id)
"""
_STANDING = (
    f"SELECT CASE sign_in_session.basis WHEN 'deputy' THEN ({_DEPUTY}) WHEN 'visit' THEN ({_VISIT})"
    f" WHEN 'substitute' THEN ({_SUBSTITUTE}) END AS standing"
)


class _AsStanding(TypeDecorator[Standing]):
    """Makes a value of what PostgreSQL put together; null stays None."""

    impl = JSONB
    cache_ok = True

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Standing | None:  # noqa: ANN401 - JSON
        del dialect
        if value is None:
            return None
        return Standing(
            basis=Basis(value["basis"]),
            id=UUID(value["id"]),
            roles=frozenset(value["roles"]),
            own_roles=frozenset(value["own_roles"]),
            behalf=value["behalf"],
            ends_on=_parsed(date, value.get("ends_on")),
            ends_at=_parsed(datetime, value.get("ends_at")),
            acting_for=None if value.get("acting_for") is None else UUID(value["acting_for"]),
            home_id=None if value.get("home_id") is None else UUID(value["home_id"]),
            confined_to=_ids(value.get("confined_to")),
        )


def _parsed(kind: type[D], said: str | None) -> D | None:
    return None if said is None else kind.fromisoformat(said)


def _ids(words: list[str] | None) -> frozenset[UUID] | None:
    return None if words is None else frozenset(UUID(word) for word in words)


def standing_in_force() -> ScalarSelect[Standing]:
    """The column: null for a session that rests on the person's own place, and for one whose ground is gone."""
    found = text(_STANDING).bindparams(
        bindparam("today", type_=Date()), bindparam("now", type_=DateTime(timezone=True))
    )
    return found.columns(standing=_AsStanding()).scalar_subquery()
