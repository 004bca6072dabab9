"""Reading plans, tasks, reports and assessments, and when a case was announced."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from kernel.clock import CHINA
from kernel.database import ReadSession
from kernel.errors import NOT_FOUND
from programmes.applications.model import CaseAct
from programmes.applications.rules.transitions import Act
from programmes.cultivation.model import Assessment, CultivationPlan, CultivationTask, ProgressReport


async def get_plan(session: ReadSession, plan_id: UUID) -> CultivationPlan:
    """The plan; raises NOT_FOUND."""
    query = select(CultivationPlan).where(CultivationPlan.tenant_id == session.tenant_id, CultivationPlan.id == plan_id)
    plan = (await session.execute(query)).scalar_one_or_none()
    if plan is None:
        raise NOT_FOUND()
    return plan


async def find_plan(session: ReadSession, application_id: UUID) -> CultivationPlan | None:
    """The plan of a case, if its cultivation has begun here."""
    query = select(CultivationPlan).where(
        CultivationPlan.tenant_id == session.tenant_id, CultivationPlan.application_id == application_id
    )
    return (await session.execute(query)).scalar_one_or_none()


async def list_tasks(session: ReadSession, plan_id: UUID) -> Sequence[CultivationTask]:
    """The tasks of a plan, in the order they were entered."""
    query = (
        select(CultivationTask)
        .where(CultivationTask.tenant_id == session.tenant_id, CultivationTask.plan_id == plan_id)
        .order_by(CultivationTask.id)
    )
    return (await session.execute(query)).scalars().all()


async def list_reports(session: ReadSession, plan_id: UUID) -> Sequence[ProgressReport]:
    """The reports of a plan, by the day they are due."""
    query = (
        select(ProgressReport)
        .where(ProgressReport.tenant_id == session.tenant_id, ProgressReport.plan_id == plan_id)
        .order_by(ProgressReport.due_on)
    )
    return (await session.execute(query)).scalars().all()


async def find_assessment(session: ReadSession, application_id: UUID) -> Assessment | None:
    """How a case's period was assessed, if it was."""
    query = select(Assessment).where(
        Assessment.tenant_id == session.tenant_id, Assessment.application_id == application_id
    )
    return (await session.execute(query)).scalar_one_or_none()


async def find_announcement(session: ReadSession, application_id: UUID) -> tuple[date, str | None] | None:
    """The day (in China) on which a case was announced here and the document's number; None where it was not."""
    query = (
        select(CaseAct.at, CaseAct.document_no)
        .where(
            CaseAct.tenant_id == session.tenant_id,
            CaseAct.application_id == application_id,
            CaseAct.act == Act.ANNOUNCE,
        )
        .order_by(CaseAct.id.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row.at.astimezone(CHINA).date(), row.document_no)
