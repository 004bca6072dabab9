"""The policy rows as one SQL condition, so that a list shows exactly what the single decision would allow.

The roles and the level are known when the statement is made; what differs from row to row is its state, the desk, who created it and what the actor did
with it. What unions forbid beyond the policy are deny rows among the others. A NULL is never a yes, and in a deny row never a no.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, true

from authz import enforcer
from authz.actor import Actor
from authz.duties import CREATED, DUTY_OF_RELATION, Duty
from authz.errors import FORBIDDEN_SCOPE
from authz.model import DutyRecord
from authz.permissions import Permission
from authz.policy_rows import DENY, PolicyRow
from authz.relations import ANY, DESK_RELATIONS, HOLDER, NO_STAGE, PUBLISHED

_DESK_OF_RELATION = {relation: desk for desk, relation in DESK_RELATIONS.items()}


@dataclass(frozen=True)
class Columns:
    """Where a list's statement finds what `Subject` would say of one object.

    `tenant_id` is given only where rows of other tenants can be seen (published ones); without it every row is the actor's tenant's own.
    `relations` gives further words as conditions; duties are found in the duty records by `id` and `about`.
    """

    id: ColumnElement[UUID] | Any
    stage: ColumnElement[str] | Any | None = None
    desk: ColumnElement[str] | Any | None = None
    creator: ColumnElement[UUID | None] | Any | None = None
    tenant_id: ColumnElement[UUID] | Any | None = None
    about: tuple[ColumnElement[UUID | None] | Any, ...] = ()
    relations: Mapping[str, ColumnElement[bool]] = field(default_factory=dict[str, ColumnElement[bool]])


def visible(permission: Permission, actor: Actor, columns: Columns) -> ColumnElement[bool]:
    """True for the rows of which the gate would allow the actor this permission.

    Raises FORBIDDEN_SCOPE where a role of his reads such rows and the token at hand does not cover it.
    """
    roles = {ANY, *(role.value for role in actor.roles)}
    levels = {ANY, actor.tenant.level}
    written = (*enforcer.current().rows_for(permission.value), *actor.denials(permission.value))
    rows = [row for row in written if row.role in roles and row.level in levels]
    if not actor.covers(permission) and any(row.eft != DENY for row in rows):
        raise FORBIDDEN_SCOPE(permission=permission.value)
    allow = _any_of((row for row in rows if row.eft != DENY), actor, columns)
    deny = _any_of((row for row in rows if row.eft == DENY), actor, columns)
    return and_(allow, not_(deny), *_confined(actor, columns))


def holds(permission: Permission, actor: Actor) -> bool:
    """Whether one of the actor's roles has this permission over whatever his own union holds; for what depends on who asks and on no row."""
    if actor.reads_only:
        return False  # what is masked stays so for a visitor
    roles = {role.value for role in actor.roles}
    return actor.covers(permission) and any(
        row.eft != DENY and row.role in roles and row.level in {ANY, actor.tenant.level} and row.rel == HOLDER
        for row in enforcer.current().rows_for(permission.value)
    )


def holds_beyond(permission: Permission, actor: Actor, relation: str) -> bool:
    """Whether one of the actor's roles has this permission by another relation than this one; from whoever has no other, more may be withheld."""
    roles = {role.value for role in actor.roles}
    return any(
        row.eft != DENY and row.role in roles and row.level in {ANY, actor.tenant.level} and row.rel != relation
        for row in enforcer.current().rows_for(permission.value)
    )


def _confined(actor: Actor, columns: Columns) -> list[ColumnElement[bool]]:
    """A visitor who came for one case sees what is of it, or about it."""
    if actor.confined_to is None:
        return []
    only = sorted(actor.confined_to)
    return [or_(columns.id.in_(only), *(func.coalesce(column.in_(only), false()) for column in columns.about))]


def _any_of(rows: Iterable[PolicyRow], actor: Actor, columns: Columns) -> ColumnElement[bool]:
    """Some row matches: for each set of stages, one condition on the relations."""
    stages_of: dict[str, set[str]] = {}
    for row in rows:
        stages_of.setdefault(row.rel, set()).add(row.stage)
    relations_of: dict[frozenset[str], set[str]] = {}
    for relation, stages in stages_of.items():
        key = frozenset({ANY}) if ANY in stages else frozenset(stages)
        relations_of.setdefault(key, set()).add(relation)
    return or_(
        false(),
        *(
            and_(_related(relations, actor, columns), _in_stage(stages, columns))
            for stages, relations in sorted(relations_of.items(), key=lambda item: sorted(item[0]))
        ),
    )


def _in_stage(stages: frozenset[str], columns: Columns) -> ColumnElement[bool]:
    if ANY in stages:
        return true()
    if columns.stage is None:
        return true() if NO_STAGE in stages else false()
    return func.coalesce(columns.stage, NO_STAGE).in_(sorted(stages))


def _related(relations: set[str], actor: Actor, columns: Columns) -> ColumnElement[bool]:
    """The actor stands to the row in one of these ways."""
    duties = sorted(DUTY_OF_RELATION[word].value for word in relations if word in DUTY_OF_RELATION)
    return or_(
        false(),
        *(_given(word, columns) for word in sorted(relations)),
        *(_standing(word, actor, columns) for word in sorted(relations)),
        _has_duty(duties, actor, columns),
    )


def _given(word: str, columns: Columns) -> ColumnElement[bool]:
    condition = columns.relations.get(word)
    return false() if condition is None else func.coalesce(condition, false())


def _standing(word: str, actor: Actor, columns: Columns) -> ColumnElement[bool]:
    own = true() if columns.tenant_id is None else func.coalesce(columns.tenant_id == actor.tenant.id, true())
    if word == ANY:
        return true()
    if word == HOLDER:
        return own
    if word == PUBLISHED:
        return not_(own)
    if word in _DESK_OF_RELATION and columns.desk is not None:
        return and_(own, func.coalesce(columns.desk == _DESK_OF_RELATION[word], false()))
    if word == CREATED and columns.creator is not None and actor.accounts:
        return func.coalesce(columns.creator.in_(actor.accounts), false())
    return false()


def _has_duty(duties: list[str], actor: Actor, columns: Columns) -> ColumnElement[bool]:
    """The duty records name the actor beside the row, or beside what the row is about; who drew up what it is about has not drawn up the row."""
    if not duties or not actor.accounts:
        return false()
    parts = [duty for duty in duties if duty != Duty.CREATED]
    objects, others = _objects(duties, actor), _objects(parts, actor)
    return or_(
        columns.id.in_(objects),
        *(func.coalesce(column.in_(others), false()) for column in columns.about),
    )


def _objects(duties: list[str], actor: Actor) -> Select[UUID]:
    return select(DutyRecord.object_id).where(
        DutyRecord.tenant_id == actor.tenant.id,
        DutyRecord.account_id.in_(actor.accounts),
        DutyRecord.duty.in_(duties),
    )
