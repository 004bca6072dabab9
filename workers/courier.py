"""The one road between tenants: a letter is read in a transaction bound to the sender and takes effect in one bound to the receiver."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from authz.scope import WriteScope
from kernel.outbox import InboxEntry
from kernel.outbox_queue import LeasedJob
from kernel.sealing import unseal
from programmes.applications.model import Snapshot
from workers.workshop import HopelessError, Letter, Workshop


async def deliver_letter(workshop: Workshop, job: LeasedJob) -> None:
    """Bring one letter; however often it is tried, the receiver takes it in once."""
    try:
        receiver, kind = UUID(job.body["to"]), str(job.body["kind"])
        body = dict(job.body["body"]) if "body" in job.body else None
        snapshot_id = UUID(body["snapshot_id"]) if body and body.get("snapshot_id") else None
    except (AttributeError, KeyError, TypeError, ValueError) as malformed:
        message = f"the letter is malformed: {malformed!r}"
        raise HopelessError(message) from malformed
    if body is None:
        await _require_taken_in(workshop, job, receiver)
        return
    handler = workshop.letters.get(kind)
    if handler is None:
        message = f"nobody takes in letters of the kind {kind!r}"
        raise HopelessError(message)
    attachment = None if snapshot_id is None else await _open_snapshot(workshop, job.tenant_id, snapshot_id)
    letter = Letter(id=job.id, sender_id=job.tenant_id, kind=kind, body=body, attachment=attachment)
    async with workshop.act(job, receiver) as scope:
        if await _note_arrival(scope, letter):
            await handler(scope, letter)


async def _require_taken_in(workshop: Workshop, job: LeasedJob, receiver: UUID) -> None:
    """A letter that was emptied when it was done, and comes again: the receiver has it, or somebody has tampered with the queue."""
    async with workshop.act(job, receiver) as scope:
        known = select(InboxEntry.id).where(InboxEntry.tenant_id == scope.tenant_id, InboxEntry.id == job.id)
        if (await scope.session.execute(known)).first() is None:
            message = "the letter is empty, and its receiver never had it"
            raise HopelessError(message)


async def _open_snapshot(workshop: Workshop, sender_id: UUID, snapshot_id: UUID) -> bytes:
    """The clear bytes of a dossier the sender has frozen; only its own can be enclosed."""
    async with workshop.database.read(sender_id) as session:
        query = select(Snapshot.sealed).where(Snapshot.tenant_id == sender_id, Snapshot.id == snapshot_id)
        sealed = (await session.execute(query)).scalar_one_or_none()
        if sealed is None:
            message = f"the sender has no snapshot {snapshot_id}"
            raise HopelessError(message)
        return unseal(session, sealed, table=Snapshot.__tablename__, column="sealed", row_id=snapshot_id)


async def _note_arrival(scope: WriteScope, letter: Letter) -> bool:
    """False where the receiver has taken this letter in before; a delivery under way elsewhere is waited for."""
    row = {"tenant_id": scope.tenant_id, "id": letter.id, "sender_id": letter.sender_id, "kind": letter.kind}
    arrival = insert(InboxEntry).values(row).on_conflict_do_nothing().returning(InboxEntry.id)
    return (await scope.session.execute(arrival)).first() is not None
