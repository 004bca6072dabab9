"""By which words the machinery knows what concerns notices. That a case was announced is told by `application_moved`."""

NOTICE_DUE = "notice_end"
"""The kind by which the end of a notice is remembered (`kernel.schedule`); its handler calls `end_due_notice`."""
