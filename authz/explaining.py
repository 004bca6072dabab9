"""Why somebody of one's own union may or may not do something: the gate's own decision about him, with the facts it was made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, literal, select

from authz import guard
from authz.actor import Actor
from authz.errors import UNKNOWN_PERMISSION
from authz.guard import Explanation
from authz.permissions import Permission
from authz.predicate import Columns
from authz.roles import Role
from authz.scope import ReadScope
from authz.subject import Subject
from tenants.accounts.model import Membership


@dataclass(frozen=True)
class Place:
    """Where the facts of one type of object are read that the gate asks for; `kinds` are the kinds its permissions may be of."""

    kinds: frozenset[str]
    columns: Columns
    tenant_id: ColumnElement[UUID] | Any
    account_id: ColumnElement[UUID] | Any | None = None


@dataclass(frozen=True)
class Access:
    """The answer; `is_live`: the member's place holds today (otherwise he has no roles)."""

    explanation: Explanation
    is_live: bool


def require_permission(word: str) -> Permission:
    """The permission that a word names; raises UNKNOWN_PERMISSION."""
    try:
        return Permission(word)
    except ValueError:
        raise UNKNOWN_PERMISSION(path=("action",), permission=word) from None


async def explain_access(
    scope: ReadScope, member_id: UUID | None, permission: Permission, target: tuple[Place, UUID] | None = None
) -> Access | None:
    """The gate's decision about a member, for an object or (without a target) for one that does not exist yet; None for another union's member or object.

    Raises the gate's refusal for whoever may not ask.
    """
    await guard.require(scope, Permission.POLICY_EXPLAIN, Subject("policy"))
    found = await scope.session.execute(
        select(Membership).where(Membership.tenant_id == scope.tenant_id, Membership.id == member_id)
    )
    member = found.scalar_one_or_none()
    if member is None:
        return None
    subject: Subject | None = Subject(permission.kind)
    if target is not None:
        subject = await _find_subject(scope, permission.kind, *target, member.account_id)
    if subject is None:
        return None
    today = scope.clock.today()
    is_live = member.valid_from <= today and (member.valid_to is None or member.valid_to > today)
    roles = frozenset(Role(word) for word in member.roles) if is_live else frozenset[Role]()
    who = Actor(member.account_id, member.name, scope.actor.tenant, roles, membership_id=member.id)
    asked = ReadScope(scope.session, who, scope.clock, scope.request_id)
    return Access(await guard.explain(asked, permission, subject), is_live)


async def _find_subject(
    scope: ReadScope, kind: str, place: Place, key: UUID, account_id: UUID | None
) -> Subject | None:
    row: Sequence[Any] | None = (await scope.session.execute(_facts(scope, place, key, account_id))).one_or_none()
    if row is None:
        return None
    stage, desk, creator, is_self, *about = row
    relations = frozenset({"is_self_account"}) if is_self else frozenset[str]()
    others = tuple(one for one in about if one is not None)
    return Subject(kind, key, stage, desk, relations, creator, about=others)


def _facts(scope: ReadScope, place: Place, key: UUID, account_id: UUID | None) -> Select[*tuple[Any, ...]]:
    """Only what the gate is told: nothing else of the object is read."""
    columns = place.columns
    given = (columns.stage, columns.desk, columns.creator)
    known = [literal(None) if column is None else column for column in given]
    is_self = false() if place.account_id is None else place.account_id == account_id
    return select(*known, is_self, *columns.about).where(place.tenant_id == scope.tenant_id, columns.id == key)
