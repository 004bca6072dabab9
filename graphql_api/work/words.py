"""The words of what is told."""

from enum import StrEnum

import strawberry


@strawberry.enum(description="What something happened to; RESYNC: no object, but something may have been missed.")
class WorkKind(StrEnum):
    """The kinds of `kernel.live` that are told, and RESYNC."""

    APPLICATION = "application"
    HANDOVER = "handover"
    NOTICE = "notice"
    FUNDING_RECORD = "funding_record"
    PROGRESS_REPORT = "progress_report"
    RESYNC = "resync"


SHOWN_AS = {
    WorkKind.APPLICATION: "Application",
    WorkKind.HANDOVER: "Handover",
    WorkKind.NOTICE: "Notice",
    WorkKind.FUNDING_RECORD: "FundingRecord",
    WorkKind.PROGRESS_REPORT: "ProgressReport",
}
"""The type that an object of a kind is read as."""
KINDS = {kind.value: kind for kind in SHOWN_AS}
