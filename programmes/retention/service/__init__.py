"""Periods are set, requests are decided, files are erased, and other unions are told."""

from programmes.retention.service.erasing import BATCH, ERASURE_DUE, RETENTION_DUE, erase_due, erase_granted
from programmes.retention.service.periods import list_questions, set_period
from programmes.retention.service.requests import Verdict, decide_request, record_request
from programmes.retention.service.telling import FILE_ERASED, hear_file_erased

__all__ = [
    "BATCH",
    "ERASURE_DUE",
    "FILE_ERASED",
    "RETENTION_DUE",
    "Verdict",
    "decide_request",
    "erase_due",
    "erase_granted",
    "hear_file_erased",
    "list_questions",
    "record_request",
    "set_period",
]
