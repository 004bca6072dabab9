"""The cultivation period: how long it is, when it is reported on, and when it may end with a certificate.

培育期一般为两年；对完成培育任务且评价合格的，颁发证书 (总工发〔2024〕1号 第十条；常工发〔2024〕60号 第十一条).
推荐单位制定实施培养方案，定期报备进展情况 (总工发〔2024〕1号 第十一条).
所在单位制定、签订、实施培育方案：培育目标、培育任务、保障措施 (常工发〔2024〕60号 第十三条).
停止培育的情形：弄虚作假；违纪违法；其他不宜继续培育 (总工发〔2024〕1号 第二十二条；常工发〔2024〕60号 第十六条).

Length, interval of reports and owner of the plan are values of the edition's rulebook; nothing here knows a programme.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MONTHS_IN_YEAR = 12


class Ground(StrEnum):
    """Why cultivation is stopped, or a title revoked; the three of the source documents."""

    FRAUD = "fraud"
    DISCIPLINE_OR_LAW = "discipline_or_law"
    UNSUITABLE = "unsuitable"


class PlanState(StrEnum):
    """Where a plan stands; it is in force once it is filed."""

    NONE = "none"
    DRAFTED = "drafted"
    SIGNED = "signed"
    FILED = "filed"
    CLOSED = "closed"
    STOPPED = "stopped"


class ReportState(StrEnum):
    """Where a progress report stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    VERIFIED = "verified"


class Signer(StrEnum):
    """Who signs a plan: the party that makes it (employer or recommending unit, as the edition says) and the candidate."""

    OWNER = "owner"
    CANDIDATE = "candidate"


@dataclass(frozen=True)
class CultivationYear:
    """One year of a period; the last one may be shorter."""

    number: int
    begins_on: date


@dataclass(frozen=True)
class TaskFacts:
    """What the assessment asks of a task: has it an outcome, and was it completed."""

    has_outcome: bool
    completed: bool


class AssessmentObstacle(StrEnum):
    """What stands in the way of an assessment."""

    PLAN_NOT_IN_FORCE = "plan_not_in_force"
    PERIOD_RUNNING = "period_running"
    TASKS_OPEN = "tasks_open"
    TASKS_NOT_COMPLETED = "tasks_not_completed"
    FINAL_REPORT_MISSING = "final_report_missing"


def months_later(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, MONTHS_IN_YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def report_dates(starts_on: date, months: int, every_months: int | None) -> tuple[date, ...]:
    """When reports are due: after each interval, and the final one at the end; none where the edition sets no interval."""
    if every_months is None:
        return ()
    between = (months_later(starts_on, passed) for passed in range(every_months, months, every_months))
    return (*between, months_later(starts_on, months))


def years_of_period(starts_on: date, months: int) -> tuple[CultivationYear, ...]:
    """The years of a period, numbered from 1; a remainder of months counts as a year of its own."""
    count = -(-months // MONTHS_IN_YEAR)
    return tuple(
        CultivationYear(number + 1, months_later(starts_on, number * MONTHS_IN_YEAR)) for number in range(count)
    )


def missing_signers(*, signed_by_owner: bool, signed_by_candidate: bool) -> tuple[Signer, ...]:
    """Who has not signed yet; a plan takes effect only with both signatures."""
    signed = {Signer.OWNER: signed_by_owner, Signer.CANDIDATE: signed_by_candidate}
    return tuple(signer for signer, has_signed in signed.items() if not has_signed)


def assessment_obstacle(
    *,
    plan_state: str,
    ends_on: date,
    today: date,
    tasks: Iterable[TaskFacts],
    final_report_in: bool,
    claims_completed: bool,
) -> AssessmentObstacle | None:
    """The first thing that forbids the assessment, or None.

    `ends_on` is the first day after the period; `claims_completed` is what the assessor is about to record of the tasks.
    """
    known = tuple(tasks)
    checks = {
        AssessmentObstacle.PLAN_NOT_IN_FORCE: plan_state != PlanState.FILED,
        AssessmentObstacle.PERIOD_RUNNING: today < ends_on,
        AssessmentObstacle.TASKS_OPEN: not known or not all(task.has_outcome for task in known),
        AssessmentObstacle.TASKS_NOT_COMPLETED: claims_completed and not all(task.completed for task in known),
        AssessmentObstacle.FINAL_REPORT_MISSING: not final_report_in,
    }
    return next((obstacle for obstacle, stands in checks.items() if stands), None)


def earns_certificate(*, tasks_completed: bool, qualified: bool) -> bool:
    """Both are needed: tasks completed, and assessed as qualified."""
    return tasks_completed and qualified
