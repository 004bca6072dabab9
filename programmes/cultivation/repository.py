"""Plans, tasks, reports and assessments in the database, for writing."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select

from kernel.database import WriteSession
from kernel.errors import NOT_FOUND
from programmes.cultivation.model import CultivationPlan, CultivationTask, ProgressReport


async def lock_plan(session: WriteSession, plan_id: UUID) -> CultivationPlan:
    """The plan, held until the transaction ends; raises NOT_FOUND."""
    query = (
        select(CultivationPlan)
        .where(CultivationPlan.tenant_id == session.tenant_id, CultivationPlan.id == plan_id)
        .with_for_update()
    )
    plan = (await session.execute(query)).scalar_one_or_none()
    if plan is None:
        raise NOT_FOUND()
    return plan


async def find_plan_of_application(session: WriteSession, application_id: UUID) -> CultivationPlan | None:
    """The case's plan, held until the transaction ends."""
    query = (
        select(CultivationPlan)
        .where(CultivationPlan.tenant_id == session.tenant_id, CultivationPlan.application_id == application_id)
        .with_for_update()
    )
    return (await session.execute(query)).scalar_one_or_none()


async def lock_task(session: WriteSession, task_id: UUID) -> CultivationTask:
    """The task, held until the transaction ends; raises NOT_FOUND."""
    query = (
        select(CultivationTask)
        .where(CultivationTask.tenant_id == session.tenant_id, CultivationTask.id == task_id)
        .with_for_update()
    )
    task = (await session.execute(query)).scalar_one_or_none()
    if task is None:
        raise NOT_FOUND()
    return task


async def lock_report(session: WriteSession, report_id: UUID) -> ProgressReport:
    """The report, held until the transaction ends; raises NOT_FOUND."""
    query = (
        select(ProgressReport)
        .where(ProgressReport.tenant_id == session.tenant_id, ProgressReport.id == report_id)
        .with_for_update()
    )
    report = (await session.execute(query)).scalar_one_or_none()
    if report is None:
        raise NOT_FOUND()
    return report


async def replace_tasks(session: WriteSession, plan_id: UUID, tasks: Sequence[CultivationTask]) -> None:
    """The tasks of a plan that is being drafted anew; tasks that have an outcome stay."""
    await session.execute(
        delete(CultivationTask).where(
            CultivationTask.tenant_id == session.tenant_id,
            CultivationTask.plan_id == plan_id,
            CultivationTask.outcome.is_(None),
        ),
    )
    session.add_all(tasks)
    await session.flush()
