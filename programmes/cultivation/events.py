"""What others may want to know of the cultivation period. Bodies are JSON; ids are text."""

from collections.abc import Sequence

from kernel import outbox
from kernel.database import WriteSession
from kernel.live import announce_change
from programmes.applications.events import case_key
from programmes.applications.model import Application
from programmes.cultivation.model import CultivationPlan, ProgressReport
from programmes.cultivation.rules import CultivationYear

CULTIVATION_YEAR_BEGUN = "cultivation_year_begun"
PLAN_FILED = "plan_filed"
REPORT_OVERDUE = "report_overdue"


async def announce_years(
    session: WriteSession, application: Application, plan: CultivationPlan, years: Sequence[CultivationYear]
) -> None:
    """The years of a period are known when it starts: one event for each, with the day on which it begins."""
    for year in years:
        body = {
            "application_id": str(application.id),
            "case_id": str(application.case_id),
            "edition_id": str(application.edition_id),
            "person_id": str(application.person_id),
            "plan_id": str(plan.id),
            "year": year.number,
            "begins_on": year.begins_on.isoformat(),
        }
        await outbox.emit(session, CULTIVATION_YEAR_BEGUN, body, ordering_key=case_key(application.case_id))


async def announce_filing(session: WriteSession, plan: CultivationPlan) -> None:
    """A plan was filed upward and is in force."""
    body = {"plan_id": str(plan.id), "application_id": str(plan.application_id)}
    await outbox.emit(session, PLAN_FILED, body, ordering_key=f"plan:{plan.id}")


async def announce_overdue(session: WriteSession, report: ProgressReport) -> None:
    """A report's day passed and it is not in."""
    body = {"report_id": str(report.id), "plan_id": str(report.plan_id), "due_on": report.due_on.isoformat()}
    await outbox.emit(session, REPORT_OVERDUE, body, ordering_key=f"plan:{report.plan_id}")
    announce_report(session, report, "overdue")


def announce_report(session: WriteSession, report: ProgressReport, act: str) -> None:
    """A report changed: `submit`, `verify`, `overdue`."""
    announce_change(session, "progress_report", report.id, act, report.updated_at)
