"""Drafting, changing, signing and filing a plan. The organiser keeps it; who makes and signs it is the edition's rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.stages import stage_name
from authz.subject import Subject
from kernel.errors import Citation
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.catalogue.queries import rulebook_of
from programmes.cultivation import repository
from programmes.cultivation.errors import (
    AMEND_REASON_MISSING,
    PART_NAMES,
    PLAN_INCOMPLETE,
    PLAN_NOT_SIGNED,
    PLAN_STATE,
    SIGNED_IN_FUTURE,
    SIGNER_NAMES,
    TASK_OUTSIDE_PERIOD,
)
from programmes.cultivation.events import announce_filing
from programmes.cultivation.model import CultivationPlan, CultivationTask
from programmes.cultivation.queries import list_tasks
from programmes.cultivation.rules import PlanState, Signer, missing_signers

_LONG_TEXT = 4000
_SHORT_TEXT = 200


@dataclass(frozen=True)
class TaskDraft:
    """A task as it is entered; `due_on` lies within the period, its last day included."""

    title: str
    due_on: date


@dataclass(frozen=True)
class PlanDraft:
    """A plan as it is entered: what is to be reached, by which tasks, with what support, under which mentor."""

    goals: str
    safeguards: str
    tasks: Sequence[TaskDraft]
    mentor: str | None = None


def plan_subject(plan: CultivationPlan) -> Subject:
    """The plan as the gate sees it; duties in its case count."""
    return Subject(kind="plan", id=plan.id, stage=plan.state, desk="organiser", about=(plan.application_id,))


async def draft_plan(scope: WriteScope, plan_id: UUID, draft: PlanDraft, *, version: int) -> CultivationPlan:
    """Write the plan, or write it anew while nobody has signed it. Raises PLAN_STATE once it is signed (then `amend_plan`)."""
    plan = await repository.lock_plan(scope.session, plan_id)
    await guard.require(scope, Permission.PLAN_DRAFT, plan_subject(plan))
    require_version(plan, version)
    _require_state(plan, PlanState.NONE, PlanState.DRAFTED)
    await _write(scope, plan, draft)
    audit_act(scope, "plan:draft", "cultivation_plan", plan.id, after={"tasks": len(draft.tasks)})
    await scope.session.flush()
    return plan


async def amend_plan(
    scope: WriteScope, plan_id: UUID, draft: PlanDraft, *, reason: str, version: int
) -> CultivationPlan:
    """Change a signed or filed plan. The change must be signed and filed again; tasks that have an outcome stay as they are."""
    plan = await repository.lock_plan(scope.session, plan_id)
    await guard.require(scope, Permission.PLAN_DRAFT, plan_subject(plan))
    require_version(plan, version)
    _require_state(plan, PlanState.SIGNED, PlanState.FILED)
    if not reason.strip():
        raise AMEND_REASON_MISSING(path=("input", "reason"))
    before = plan.state
    plan.amend_reason = clean_text(reason, path=("input", "reason"), limit=_LONG_TEXT)
    plan.signed_by_owner_on = plan.signed_by_candidate_on = plan.filed_on = None
    await _write(scope, plan, draft)
    after = {"tasks": len(draft.tasks), "reasoned": plan.amend_reason is not None}
    audit_act(scope, "plan:draft", "cultivation_plan", plan.id, before={"state": before}, after=after)
    await scope.session.flush()
    return plan


async def sign_plan(
    scope: WriteScope, plan_id: UUID, *, signer: Signer, signed_on: date, version: int
) -> CultivationPlan:
    """Record one signature; with both the plan is signed. Raises PLAN_INCOMPLETE where goals, safeguards or tasks are missing."""
    plan = await repository.lock_plan(scope.session, plan_id)
    await guard.require(scope, Permission.PLAN_SIGN, plan_subject(plan))
    require_version(plan, version)
    _require_state(plan, PlanState.NONE, PlanState.DRAFTED)
    if signed_on > scope.clock.today():
        raise SIGNED_IN_FUTURE(path=("input", "signedOn"))
    await _require_complete(scope, plan)
    if signer is Signer.OWNER:
        plan.signed_by_owner_on = signed_on
    else:
        plan.signed_by_candidate_on = signed_on
    if not _missing(plan):
        plan.state = PlanState.SIGNED
    touch(plan, scope.clock.now())
    after = {"signer": signer.value, "signed_on": signed_on.isoformat(), "state": plan.state}
    audit_act(scope, "plan:sign", "cultivation_plan", plan.id, after=after)
    await scope.session.flush()
    return plan


async def file_plan(scope: WriteScope, plan_id: UUID, *, version: int) -> CultivationPlan:
    """File the plan for record: from now it is in force. Raises PLAN_NOT_SIGNED, naming who has not signed, with the article."""
    plan = await repository.lock_plan(scope.session, plan_id)
    await guard.require(scope, Permission.PLAN_FILE, plan_subject(plan))
    require_version(plan, version)
    missing = _missing(plan)
    if missing:
        rule = await _plan_rule(scope, plan)
        raise PLAN_NOT_SIGNED(signer="、".join(SIGNER_NAMES[_party(plan, signer)] for signer in missing), rule=rule)
    _require_state(plan, PlanState.SIGNED)
    plan.state = PlanState.FILED
    plan.filed_on = scope.clock.today()
    touch(plan, scope.clock.now())
    audit_act(scope, "plan:file", "cultivation_plan", plan.id, after={"state": plan.state})
    await scope.session.flush()
    await announce_filing(scope.session, plan)
    return plan


async def _write(scope: WriteScope, plan: CultivationPlan, draft: PlanDraft) -> None:
    plan.goals = clean_text(draft.goals, path=("input", "goals"), limit=_LONG_TEXT)
    plan.safeguards = clean_text(draft.safeguards, path=("input", "safeguards"), limit=_LONG_TEXT)
    plan.mentor = clean_text(draft.mentor, path=("input", "mentor"), limit=_SHORT_TEXT) if draft.mentor else None
    plan.state = PlanState.DRAFTED
    touch(plan, scope.clock.now())
    tasks = [_new_task(scope, plan, position, task) for position, task in enumerate(draft.tasks)]
    await repository.replace_tasks(scope.session, plan.id, tasks)


def _new_task(scope: WriteScope, plan: CultivationPlan, position: int, task: TaskDraft) -> CultivationTask:
    path = ("input", "tasks", str(position))
    if not plan.starts_on <= task.due_on <= plan.ends_on:
        raise TASK_OUTSIDE_PERIOD(
            path=(*path, "dueOn"), starts=plan.starts_on.isoformat(), ends=plan.ends_on.isoformat()
        )
    now = scope.clock.now()
    return CultivationTask(
        tenant_id=scope.tenant_id,
        id=new_id(),
        plan_id=plan.id,
        title=clean_text(task.title, path=(*path, "title"), limit=_SHORT_TEXT),
        due_on=task.due_on,
        created_at=now,
        updated_at=now,
    )


async def _require_complete(scope: WriteScope, plan: CultivationPlan) -> None:
    tasks = await list_tasks(scope.session, plan.id)
    parts = {"goals": bool(plan.goals), "tasks": bool(tasks), "safeguards": bool(plan.safeguards)}
    missing = [PART_NAMES[name] for name, present in parts.items() if not present]
    if missing:
        raise PLAN_INCOMPLETE(missing="、".join(missing), rule=await _plan_rule(scope, plan))


async def _plan_rule(scope: WriteScope, plan: CultivationPlan) -> Citation | None:
    rulebook = await rulebook_of(scope.session, plan.edition_id)
    return rulebook.cultivation.cite.citation if rulebook.cultivation else None


def _missing(plan: CultivationPlan) -> tuple[Signer, ...]:
    return missing_signers(
        signed_by_owner=plan.signed_by_owner_on is not None,
        signed_by_candidate=plan.signed_by_candidate_on is not None,
    )


def _party(plan: CultivationPlan, signer: Signer) -> str:
    return plan.owner_kind if signer is Signer.OWNER else signer.value


def _require_state(plan: CultivationPlan, *states: PlanState) -> None:
    if plan.state not in states:
        raise PLAN_STATE(state=stage_name("plan", plan.state))
