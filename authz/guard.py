"""The one gate: every service function asks it, whoever calls it.

Facts about the person (what he did with the object, whether he is recused, its subject, or assigned to it) are read in the transaction at hand, in at most
one statement; the decision itself is made by the policy in force and remembers nothing about persons or objects.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from sqlalchemy import delete

from authz import carried, enforcer
from authz.actor import Actor
from authz.conflict import conflict_of
from authz.decision import Decision, decide
from authz.duties import CREATED, Duty, relation_of
from authz.enforcer import Enforcer, Request
from authz.errors import FORBIDDEN_SCOPE, OUTSIDE_VISIT, READ_ONLY_VISIT, SECOND_FACTOR_REQUIRED
from authz.masks import BITS, mask_of_act, mask_of_duty
from authz.model import DutyMask, DutyRecord
from authz.permissions import READING_ACTS, Permission
from authz.relations import DESK_RELATIONS, HOLDER, NO_STAGE, PUBLISHED, RELATIONS
from authz.roles import Role
from authz.scope import Scope, WriteScope
from authz.stages import KNOWN_STAGES
from authz.subject import Subject
from kernel.database import ReadSession
from kernel.deferred import SKIP
from kernel.errors import Reason
from kernel.ids import new_id

_ADD_BITS = "ON CONFLICT (tenant_id, object_id, account_id) DO UPDATE SET mask = duty_mask.mask | excluded.mask"
Duties = dict[UUID, frozenset[str]]
"""Relation words of one account to objects, by object."""


@dataclass(frozen=True)
class Explanation:
    """A decision with the facts it was made from."""

    decision: Decision
    roles: frozenset[str]
    level: str
    relations: frozenset[str]
    stage: str
    revision: str


async def require(scope: Scope[ReadSession], permission: Permission, subject: Subject) -> Decision:
    """Raise the refusal unless the scope's actor may do this now; at most one statement."""
    decision = (await judge(scope, [subject], [permission]))[0][permission]
    if (reason := decision.reason) is not None:
        raise reason
    return decision


async def judge(
    scope: Scope[ReadSession], subjects: Sequence[Subject], permissions: Sequence[Permission]
) -> list[dict[Permission, Decision]]:
    """What the actor may do with each of the subjects, in their order; at most one statement for all of them."""
    policy = enforcer.current()
    needed = any(policy.asks_for_person(permission) for permission in permissions)
    duties = await find_duties(scope, subjects) if needed else {}
    return [
        {permission: decision_of(scope.actor, permission, subject, relations, policy) for permission in permissions}
        for subject in subjects
        for relations in (relations_of(scope.actor, subject, duties),)
    ]


async def explain(scope: Scope[ReadSession], permission: Permission, subject: Subject) -> Explanation:
    """The decision about the scope's actor with the facts it rests on; asks nobody's leave, the caller must."""
    relations = relations_of(scope.actor, subject, await find_duties(scope, [subject]))
    policy = enforcer.current()
    decision = decision_of(scope.actor, permission, subject, relations, policy)
    request = decision.request
    return Explanation(
        decision=decision,
        roles=request.roles,
        level=request.level,
        relations=relations,
        stage=request.stage,
        revision=policy.revision,
    )


def decision_of(
    actor: Actor, permission: Permission, subject: Subject, relations: frozenset[str], policy: Enforcer | None = None
) -> Decision:
    """The decision, once all words for how the actor stands to the subject are known (`relations_of`).

    What only a role would allow that is withheld from this session is refused as that; what the person may and his token does not cover, likewise.
    """
    policy = policy or enforcer.current()
    if actor.standing is not None and (barred := _bar(actor, permission, subject)) is not None:
        plain = decide(policy, _request(actor, permission, subject, relations))
        return replace(plain, allowed=False, barred=barred)
    denials = actor.denials(permission.value)
    decision = decide(policy, _request(actor, permission, subject, relations), denials)
    if decision.allowed and not actor.covers(permission):
        return replace(decision, allowed=False, barred=FORBIDDEN_SCOPE)
    if decision.allowed or not actor.withheld:
        return decision
    stronger = decide(policy, _request(actor, permission, subject, relations, actor.roles | actor.withheld), denials)
    return replace(stronger, allowed=False, barred=SECOND_FACTOR_REQUIRED) if stronger.allowed else decision


def _bar(actor: Actor, permission: Permission, subject: Subject) -> Reason | None:
    """Why a visitor may not, whatever his roles say; None for everybody else."""
    if actor.reads_only and permission.act not in READING_ACTS:
        return READ_ONLY_VISIT
    if actor.confined_to is not None and actor.confined_to.isdisjoint(subject.duty_ids):
        return OUTSIDE_VISIT
    return None


async def note(
    scope: WriteScope,
    duty: Duty,
    subject: Subject,
    *,
    by: Permission | None = None,
    account_id: UUID | None = None,
) -> None:
    """Write down that the actor (or `account_id`) took this part in the subject, doing the act `by`; once, however often it is said.

    A deputy's part is also that of the person he stands in for.
    The machinery takes no part in anything: nothing is written for an actor without an account. The object must exist. Raises DUTY_CONFLICT where the
    part excludes one that another transaction has written down since the gate was asked.
    """
    accounts = scope.actor.accounts if account_id is None else (account_id,)
    if not accounts:
        return
    if subject.id is None:
        message = f"a duty needs an object, and this {subject.kind} has no id"
        raise ValueError(message)
    rows = [
        {
            "tenant_id": scope.tenant_id,
            "id": new_id(),
            "object_kind": subject.kind,
            "object_id": subject.id,
            "account_id": account,
            "duty": duty.value,
            "at": scope.clock.now(),
        }
        for account in sorted(accounts)
    ]
    for row in rows:
        scope.session.deferred.insert(DutyRecord, row, conflict=SKIP)
    await _mark(scope, subject, accounts, duty=duty, by=by)


async def bind(scope: WriteScope, by: Permission, subject: Subject) -> None:
    """For an act that is no duty of its own but that duties bar from: hold it against those written down meanwhile. Raises DUTY_CONFLICT."""
    await _mark(scope, subject, scope.actor.accounts, duty=None, by=by)


async def _mark(
    scope: WriteScope, subject: Subject, accounts: tuple[UUID, ...], *, duty: Duty | None, by: Permission | None
) -> None:
    """Add the bits to the accounts' masks of each object, in the order of their ids; the write waits for another transaction that adds to the same mask."""
    act = 0 if by is None else mask_of_act(by.value)
    part = 0 if duty is None else mask_of_duty(duty)
    masks = {(object_id, account): act for object_id in subject.about for account in accounts}
    if subject.id is not None:
        for account in accounts:
            masks[subject.id, account] = act | part | (BITS[CREATED] if subject.creator == account else 0)
    for account in accounts:
        objects = {object_id for object_id, _ in masks}
        for object_id, bits in (await carried.find_bits(scope.session, account, objects)).items():
            masks[object_id, account] |= bits if object_id == subject.id else bits & ~BITS[CREATED]
    waiting = {(row["object_id"], row["account_id"]): row for row in scope.session.deferred.rows_of(DutyMask)}
    for (object_id, account), mask in sorted(masks.items()):
        if (row := waiting.get((object_id, account))) is not None:
            row["mask"] |= mask
        elif mask:
            row = {"tenant_id": scope.tenant_id, "object_id": object_id, "account_id": account, "mask": mask}
            scope.session.deferred.insert(DutyMask, row, conflict=_ADD_BITS)
    scope.session.deferred.translate(DutyMask, partial(conflict_of, kind=subject.kind, by=by))


async def release(scope: WriteScope, duty: Duty, subject: Subject, *, account_id: UUID) -> None:
    """Take back a fact that no longer holds (an assignment, a recusal); acts that were done are never taken back."""
    if not relation_of(duty).startswith("did_"):
        await scope.session.execute(
            delete(DutyRecord).where(
                DutyRecord.tenant_id == scope.tenant_id,
                DutyRecord.object_id == subject.id,
                DutyRecord.account_id == account_id,
                DutyRecord.duty == duty.value,
            )
        )
        return
    message = f"{duty.value} was done and stays done"
    raise ValueError(message)


async def find_duties(scope: Scope[ReadSession], subjects: Sequence[Subject]) -> Duties:
    """The relation words of the actor, and of whom he stands in for, to the subjects' objects, from what they did here and below; one statement.

    None, and no statement, for a worker.
    """
    ids = sorted({object_id for subject in subjects for object_id in subject.duty_ids})
    if not scope.actor.accounts or not ids:
        return {}
    return await carried.find_words(scope.session, scope.actor.accounts, ids)


def relations_of(actor: Actor, subject: Subject, duties: Duties) -> frozenset[str]:
    """All words for how the actor and his tenant stand to the subject; raises ValueError for a word nobody knows."""
    unknown = subject.relations - RELATIONS
    if unknown:
        message = f"unknown relation words {sorted(unknown)}"
        raise ValueError(message)
    words = set(subject.relations)
    if subject.tenant_id is None or subject.tenant_id == actor.tenant.id:
        words.add(HOLDER)
        if subject.desk is not None:
            words.add(DESK_RELATIONS[subject.desk])
    else:
        words.add(PUBLISHED)
    if subject.creator in actor.accounts:
        words.add(CREATED)
    about = frozenset[str]().union(*(duties.get(object_id, frozenset()) for object_id in subject.about))
    own = frozenset[str]() if subject.id is None else duties.get(subject.id, frozenset())
    return frozenset(words) | own | (about - {CREATED})


def _request(
    actor: Actor,
    permission: Permission,
    subject: Subject,
    relations: frozenset[str],
    roles: frozenset[Role] | None = None,
) -> Request:
    stage = subject.stage or NO_STAGE
    if stage not in KNOWN_STAGES:
        message = f"unknown stage '{stage}' of a {subject.kind}"
        raise ValueError(message)
    words = frozenset(role.value for role in (actor.roles if roles is None else roles))
    return Request(words, permission.kind, permission.act, actor.tenant.level, relations, stage)
