"""`jiangti audit verify`: read every sealed audit entry again and name the first that is not as it was written."""

from argparse import Namespace
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select

from cli.commands import Commands, add_command
from kernel.audit_anchor import last_anchors
from kernel.audit_chain import Anchor, Verdict, verify
from kernel.audit_mirror import find_mirror
from kernel.database import Database
from kernel.postgres import database_urls, find_server
from kernel.settings import Settings
from migrations.runner import run_blocking
from tenants.model import Tenant
from workers.main import ANCHOR_FILE, SEAL_PURPOSE


def register(commands: Commands) -> None:
    """Add the command of this module."""
    parser = add_command(commands, "audit", "verify the audit trail; exit code 1 if anything was changed", run)
    parser.add_argument("act", choices=("verify",))
    parser.add_argument("--tenant", metavar="CODE", help="only this union; else all")


def run(settings: Settings, arguments: Namespace) -> int:
    """Verify as the auditor's role, tenant by tenant."""
    return run_blocking(_run(settings, arguments.tenant))


async def _run(settings: Settings, code: str | None) -> int:
    database = Database(database_urls(settings, find_server(settings)).auditor, pool_size=1)
    anchors = last_anchors(settings.home / ANCHOR_FILE)
    try:
        return await verify_all(database, settings.derive(SEAL_PURPOSE), anchors, code)
    finally:
        await database.close()


async def verify_all(database: Database, key: bytes, anchors: Mapping[UUID, Anchor], code: str | None = None) -> int:
    """Print one line per union that has entries; 1 if one of them is not right, or unknown."""
    async with database.plain() as session:
        above = func.coalesce(Tenant.parent_id, Tenant.industry_parent_id).label("parent_id")
        query = select(Tenant.id, Tenant.code, Tenant.name, above).order_by(Tenant.path)
        tenants = (await session.execute(query if code is None else query.where(Tenant.code == code))).all()
    wrong = 0 if tenants else 1
    for row in tenants:
        anchor = _newest(anchors.get(row.id), await _mirrored(database, row.parent_id, row.id))
        async with database.read(row.id) as session:
            verdict = await verify(session, key, anchor)
        wrong += verdict.fault is not None
        if verdict.fault or verdict.sealed or verdict.unsealed:
            print(f"{row.code} {row.name}: {_sentence(verdict)}")
    print(f"{len(tenants)} unions, {wrong} not right")
    return 1 if wrong else 0


async def _mirrored(database: Database, parent_id: UUID | None, tenant_id: UUID) -> Anchor | None:
    """What the union above remembers."""
    if parent_id is None:
        return None
    async with database.read(parent_id) as session:
        return await find_mirror(session, tenant_id)


def _newest(*anchors: Anchor | None) -> Anchor | None:
    return max((anchor for anchor in anchors if anchor is not None), key=lambda anchor: anchor.number, default=None)


def _sentence(verdict: Verdict) -> str:
    if verdict.fault is None:
        return f"right; {verdict.sealed} entries under {verdict.seals} seals, {verdict.unsealed} not sealed yet"
    where = f", entry {verdict.fault.entry_id}" if verdict.fault.entry_id else ""
    return f"NOT RIGHT: {verdict.fault.kind} at seal {verdict.fault.seal_number}{where}"
