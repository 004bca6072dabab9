"""Which rows of scoring and meetings a person sees: the gate's list predicates, an expert's own part told apart from the others'."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm import InstrumentedAttribute

from authz import predicate
from authz.actor import Actor
from authz.permissions import Permission
from authz.predicate import Columns
from authz.roles import Role
from programmes.applications.model import Application
from programmes.scoring.model import Assignment, Expert, Meeting, MeetingItem, Resolution, ScoreSheet, ScoreSummary
from tenants.accounts.model import Membership


def visible_candidates(actor: Actor) -> ColumnElement[bool]:
    """The members of this union with the experts' role, for those who assign; an expert sees himself."""
    own = {"assigned": _is_own(actor, Membership.account_id)}
    seen = predicate.visible(Permission.ASSIGNMENT_READ, actor, Columns(id=Membership.id, relations=own))
    return and_(Membership.roles.contains([Role.EXPERT.value]), seen)


def visible_experts(actor: Actor) -> ColumnElement[bool]:
    """The pool, for those who assign; an expert sees himself."""
    own = {"assigned": _is_own(actor, Expert.account_id)}
    return predicate.visible(Permission.ASSIGNMENT_READ, actor, Columns(id=Expert.id, relations=own))


def visible_assignments(actor: Actor) -> ColumnElement[bool]:
    """All assignments for those who run the review, his own for an expert: nobody learns who else scores a case he scores."""
    own = {"assigned": _is_own(actor, Assignment.expert_account_id)}
    return predicate.visible(Permission.ASSIGNMENT_READ, actor, Columns(id=Assignment.id, relations=own))


def visible_sheets(actor: Actor) -> ColumnElement[bool]:
    """His own sheets for an expert; all of a case when it is aggregated, for those who may read them then (D12)."""
    columns = Columns(
        id=ScoreSheet.id,
        stage=_case_state(ScoreSheet),
        creator=ScoreSheet.expert_account_id,
        about=(ScoreSheet.application_id,),
    )
    return predicate.visible(Permission.SHEET_READ, actor, columns)


def visible_summaries(actor: Actor) -> ColumnElement[bool]:
    """What the sheets came to, for those who may read the sheets by then."""
    columns = Columns(id=ScoreSummary.id, stage=_case_state(ScoreSummary), about=(ScoreSummary.application_id,))
    return predicate.visible(Permission.SHEET_READ, actor, columns)


def visible_meetings(actor: Actor) -> ColumnElement[bool]:
    """Meetings, with their minutes."""
    return predicate.visible(Permission.MEETING_READ, actor, Columns(id=Meeting.id, stage=Meeting.state))


def visible_meeting_items(actor: Actor) -> ColumnElement[bool]:
    """What a meeting said of each case."""
    return predicate.visible(Permission.MEETING_READ, actor, Columns(id=MeetingItem.id))


def visible_resolutions(actor: Actor) -> ColumnElement[bool]:
    """Recorded collective decisions."""
    return predicate.visible(Permission.RESOLUTION_READ, actor, Columns(id=Resolution.id))


def _is_own(
    actor: Actor, account: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]
) -> ColumnElement[bool]:
    """The row is about the actor himself."""
    return false() if actor.account_id is None else account == actor.account_id


def _case_state(table: type[ScoreSheet | ScoreSummary]) -> ColumnElement[str]:
    """Where the row's case stands."""
    return (
        select(Application.state)
        .where(Application.tenant_id == table.tenant_id, Application.id == table.application_id)
        .scalar_subquery()
    )
