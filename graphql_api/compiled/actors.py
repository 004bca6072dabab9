"""What a statement may depend on of whoever asks: the shape of an actor. Everything else of him is a parameter.

A statement is written for a stand-in who has the roles, the level and the rules of the actor at hand and of whom nothing else is known: each key, path and
name of his is a `Slot`. A condition that tried to make more of one than a parameter would fail there and then, and the selection would not be compiled.
"""

import dataclasses
from collections.abc import Hashable
from typing import Any, cast

from authz.actor import Actor
from graphql_api.reads import Slot
from tenants.facts import TenantFacts


def is_compilable(actor: Actor) -> bool:
    """Visitors are not: what they look at is recorded table by table, and they may be confined to some objects."""
    return not actor.reads_only and actor.confined_to is None


def shape_of(actor: Actor) -> Hashable:
    """Equal for actors for whom every statement reads the same."""
    tenant = actor.tenant
    return (
        actor.roles,
        actor.withheld,
        actor.only,
        actor.acting_for is None,
        actor.account_id is None,
        None if actor.standing is None else actor.standing.basis,
        tenant.level,
        tenant.level_rank,
        tenant.line,
        tenant.parent_id is None,
        tenant.industry_parent_id is None,
        tenant.industry_path is None,
        tenant.rules,
    )


def _slot(*names: str) -> Any:  # noqa: ANN401 - stands for a value of any type
    def read(env: Any) -> Any:  # noqa: ANN401 - an Env
        value = env.actor
        for name in names:
            value = getattr(value, name)
        return value

    return Slot(".".join(names), read)


def _side(name: str, side: int) -> Any:  # noqa: ANN401
    return Slot(f"{name}[{side}]", lambda env: getattr(env.actor.tenant, name)[side])


TENANT_ID = _slot("tenant", "id")
_ABOVE, _ABOVE_IN_INDUSTRY = _slot("tenant", "above"), _slot("tenant", "above_in_industry")
_RANGE = (_side("range", 0), _side("range", 1))
_RANGE_IN_INDUSTRY = (_side("range_in_industry", 0), _side("range_in_industry", 1))
_UNKNOWN_OF_TENANT = ("code", "name", "path")
_PERHAPS_OF_TENANT = ("industry_path", "parent_id", "industry_parent_id")
_PERHAPS_OF_ACTOR = ("account_id", "membership_id", "session_id", "acting_for")


@dataclasses.dataclass(frozen=True)
class _UnknownTenant(TenantFacts):
    """A union of which only the level, the line and the rules are known."""

    @property
    def above(self) -> list[str]:
        return _ABOVE

    @property
    def above_in_industry(self) -> list[str]:
        return _ABOVE_IN_INDUSTRY

    @property
    def range(self) -> tuple[str, str]:
        return _RANGE

    @property
    def range_in_industry(self) -> tuple[str, str] | None:
        return None if self.industry_path is None else _RANGE_IN_INDUSTRY


def stand_in(actor: Actor) -> Actor:
    """Somebody of the same shape; raises TypeError where more is made of him."""
    tenant = actor.tenant
    known: dict[str, Any] = {one.name: getattr(tenant, one.name) for one in dataclasses.fields(tenant)}
    known["id"] = TENANT_ID
    known |= {name: _slot("tenant", name) for name in _UNKNOWN_OF_TENANT}
    known |= {name: _slot("tenant", name) for name in _PERHAPS_OF_TENANT if known[name] is not None}
    unknown = {name: _slot(name) for name in _PERHAPS_OF_ACTOR if getattr(actor, name) is not None}
    return dataclasses.replace(actor, name=cast("str", _slot("name")), tenant=_UnknownTenant(**known), **unknown)
