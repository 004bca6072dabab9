"""Notice, objection, announcement; every function asks the gate."""

from programmes.notices.service.announcing import AnnouncementEntry, announce
from programmes.notices.service.concluding import apply_objection, conclude_objection, review_conclusion
from programmes.notices.service.objecting import (
    ObjectionEntry,
    admit_objection,
    lodge_objection,
    reject_objection,
    reveal_complainant,
)
from programmes.notices.service.publishing import NoticeEntry, draft_notice, end_due_notice, end_notice, publish_notice

__all__ = [
    "AnnouncementEntry",
    "NoticeEntry",
    "ObjectionEntry",
    "admit_objection",
    "announce",
    "apply_objection",
    "conclude_objection",
    "draft_notice",
    "end_due_notice",
    "end_notice",
    "lodge_objection",
    "publish_notice",
    "reject_objection",
    "reveal_complainant",
    "review_conclusion",
]
