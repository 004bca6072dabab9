"""A letter as its receiver gets it from the courier."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Letter:
    """`attachment` is the clear content of a sealed snapshot that the letter named by `snapshot_id`; the courier opened it at the sender."""

    id: UUID
    sender_id: UUID
    kind: str
    body: Mapping[str, Any]
    attachment: bytes | None = None
