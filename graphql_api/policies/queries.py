"""Reading policies, and asking why."""

from uuid import UUID

import strawberry

from authz import enforcer, guard
from authz.denials import TighteningLine
from authz.errors import OTHER_KIND
from authz.explaining import Access, Place, explain_access, require_permission
from authz.permissions import Permission
from authz.roles import Role
from authz.subject import Subject
from graphql_api.context import Info
from graphql_api.gate_objects import PLACES
from graphql_api.ids import decode_id, find_key
from graphql_api.pagination import Connection
from graphql_api.policies.types import (
    AccessExplanation,
    BindingTightening,
    PolicyLineType,
    PolicyRevisionType,
    PolicyRows,
    PolicyTighteningType,
)
from graphql_api.policies.words import sentence_of
from graphql_api.sources import many
from tenants.policies.facts import Tightening


@strawberry.type
class PoliciesQuery:
    policy_tightenings: Connection[PolicyTighteningType] | None = many(
        description="What this union forbids beyond the policy, lifted rows too, the newest first; for administrators and auditors."
    )
    policy_revisions: Connection[PolicyRevisionType] | None = many(
        description="The policies that were put in force, the newest first; for administrators and auditors."
    )

    @strawberry.field(
        description="The policy in force as it was reviewed, and what binds this union beyond it; for administrators and auditors."
    )
    async def policy_rows(self, info: Info, kind: str | None = None, role: Role | None = None) -> PolicyRows | None:
        """At most a few hundred lines; narrowed by kind of object and by role."""
        async with info.context.read() as scope:
            await guard.require(scope, Permission.POLICY_READ, Subject("policy"))
            bound = scope.actor.tenant.rules.tightenings
        policy = enforcer.current()
        wanted = [
            row.line
            for row in policy.rows
            if kind in {None, row.typ} and (role is None or row.role in {"*", role.value})
        ]
        lines = [PolicyLineType(file=line.file, number=line.number, text=line.text) for line in dict.fromkeys(wanted)]
        chosen = [one for one in bound if kind in {None, one.typ} and (role is None or one.role == role.value)]
        return PolicyRows(revision=policy.revision, lines=lines, tightenings=[_binding(one) for one in chosen])

    @strawberry.field(
        description=(
            "Why a member of this union may or may not do something (`kind:act`), with an object or, for what does not exist yet, without; "
            "for administrators. Null for another union's member or object."
        )
    )
    async def explain_access(
        self, info: Info, member_id: strawberry.ID, action: str, object_id: strawberry.ID | None = None
    ) -> AccessExplanation | None:
        """Tells nothing of the object but its state and how the member stands to it."""
        permission = require_permission(action)
        target = None if object_id is None else _target(object_id, permission)
        is_strange = object_id is not None and target is None
        member = None if is_strange else find_key(member_id, "Member")
        async with info.context.read() as scope:
            found = await explain_access(scope, member, permission, target)
        return None if found is None else _explanation(found, info.context.language)


def _target(object_id: str, permission: Permission) -> tuple[Place, UUID] | None:
    """Where the object's facts are, and its key; None for an id that is none. Raises OTHER_KIND."""
    decoded = decode_id(object_id)
    if decoded is None:
        return None
    type_name, key = decoded
    if type_name not in PLACES or permission.kind not in PLACES[type_name].kinds:
        raise OTHER_KIND(path=("objectId",), permission=permission.value)
    return PLACES[type_name], key


def _explanation(access: Access, language: str) -> AccessExplanation:
    told = access.explanation
    decision, reason = told.decision, told.decision.reason
    line = None if decision.row is None else decision.row.line
    return AccessExplanation(
        allowed=decision.allowed,
        sentence=sentence_of(decision, language),
        code=None if reason is None else reason.code,
        policy_row=decision.policy,
        revision=told.revision,
        is_live=access.is_live,
        roles=[role for role in Role if role.value in told.roles],
        level=told.level,
        stage=told.stage,
        relations=sorted(told.relations),
        tightening=_binding(line.tightening) if isinstance(line, TighteningLine) else None,
    )


def _binding(found: Tightening) -> BindingTightening:
    return BindingTightening(
        role=Role(found.role),
        action=f"{found.typ}:{found.act}",
        stage=found.stage,
        is_own=found.is_own,
        union=found.union,
        document=found.document,
        reason=found.reason,
    )
