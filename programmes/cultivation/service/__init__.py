"""What people and workers do in the cultivation period; every function asks the gate."""

from programmes.cultivation.service.course import (
    assess,
    fail,
    on_application_moved,
    resume,
    start_cultivation,
    stop,
    suspend,
)
from programmes.cultivation.service.plans import PlanDraft, TaskDraft, amend_plan, draft_plan, file_plan, sign_plan
from programmes.cultivation.service.reports import (
    REPORT_DUE,
    complete_task,
    on_report_due,
    submit_report,
    verify_report,
)

__all__ = [
    "REPORT_DUE",
    "PlanDraft",
    "TaskDraft",
    "amend_plan",
    "assess",
    "complete_task",
    "draft_plan",
    "fail",
    "file_plan",
    "on_application_moved",
    "on_report_due",
    "resume",
    "sign_plan",
    "start_cultivation",
    "stop",
    "submit_report",
    "suspend",
    "verify_report",
]
