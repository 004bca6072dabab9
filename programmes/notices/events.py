"""By which words the machinery knows what concerns notices. That a case was announced is told by `application_moved`."""

from kernel.database import WriteSession
from kernel.live import announce_change
from programmes.notices.model import Notice

NOTICE_DUE = "notice_end"
"""The kind by which the end of a notice is remembered (`kernel.schedule`); its handler calls `end_due_notice`."""


def announce_notice(session: WriteSession, notice: Notice, act: str) -> None:
    """A notice began or ended: `publish` or `end`."""
    announce_change(session, "notice", notice.id, act, notice.updated_at)
