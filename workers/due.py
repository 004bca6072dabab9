"""What happens when a date comes that a service remembered (`kernel.schedule.remember_due`), in the tenant that remembered it.

The clock may have jumped far past the date and the matter may be settled: each function looks at the object and at `scope.clock.today()` first.
"""

from programmes.catalogue.events import EDITION_CLOSES, EDITION_OPENS
from programmes.catalogue.service import on_edition_due
from programmes.cultivation.service import REPORT_DUE, on_report_due
from programmes.notices.events import NOTICE_DUE
from programmes.notices.service import end_due_notice
from programmes.retention.service import ERASURE_DUE, RETENTION_DUE, erase_due, erase_granted
from workers.workshop import DueHandler

DUES: dict[str, DueHandler] = {
    EDITION_OPENS: on_edition_due,
    EDITION_CLOSES: on_edition_due,
    NOTICE_DUE: end_due_notice,
    REPORT_DUE: on_report_due,
    RETENTION_DUE: erase_due,
    ERASURE_DUE: erase_granted,
}
