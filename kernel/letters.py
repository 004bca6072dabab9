"""A letter as its receiver gets it from the courier."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Letter:
    """`attachment` is the clear content of a sealed snapshot that the letter named by `snapshot_id`; the courier opened it at the sender.

    What a letter says may be personal data: neither body nor attachment is in its repr, so neither gets into a log or a job's error.
    """

    id: UUID
    sender_id: UUID
    kind: str
    body: Mapping[str, Any] = field(repr=False)
    attachment: bytes | None = field(default=None, repr=False)
