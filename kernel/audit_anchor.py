"""The newest seals, kept outside the database: one file that only grows, one line per seal. Back it up elsewhere, or the cut tail is nobody's word."""

import json
import os
from pathlib import Path
from uuid import UUID

from kernel.audit_chain import Anchor


def append_anchor(path: Path, anchor: Anchor) -> None:
    """Add a line in one write, so that several processes may share the file."""
    said = {"tenant": str(anchor.tenant_id), "number": anchor.number, "total": anchor.total, "seal": anchor.seal.hex()}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, json.dumps(said).encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def last_anchors(path: Path) -> dict[UUID, Anchor]:
    """The newest anchor of each tenant; a line that a crash cut short is passed over."""
    newest: dict[UUID, Anchor] = {}
    if not path.exists():
        return newest
    with path.open(encoding="ascii") as lines:
        for line in lines:
            try:
                said = json.loads(line)
                anchor = Anchor(
                    UUID(said["tenant"]), int(said["number"]), int(said["total"]), bytes.fromhex(said["seal"])
                )
            except (ValueError, KeyError, TypeError):
                continue
            if anchor.tenant_id not in newest or newest[anchor.tenant_id].number < anchor.number:
                newest[anchor.tenant_id] = anchor
    return newest
