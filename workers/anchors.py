"""Every seal's anchor goes to three places: the log, a file, and the union above."""

from authz.scope import WriteScope
from kernel import outbox
from kernel.audit_anchor import append_anchor
from kernel.audit_chain import Anchor
from kernel.audit_mirror import keep_mirror
from kernel.letters import Letter
from kernel.logging import get_logger
from tenants.queries import get_tenant
from workers.workshop import Workshop

AUDIT_ANCHOR = "audit_anchor"
_log = get_logger(__name__)


async def send_anchor(scope: WriteScope, anchor: Anchor) -> None:
    """Tell the union right above; the highest union has only the file."""
    above = scope.actor.tenant.parent_id or scope.actor.tenant.industry_parent_id
    if above is not None:
        body = {"number": anchor.number, "total": anchor.total, "seal": anchor.seal.hex()}
        await outbox.post(scope.session, to=above, kind=AUDIT_ANCHOR, body=body, ordering_key=AUDIT_ANCHOR)


async def receive_anchor(scope: WriteScope, letter: Letter) -> None:
    """Keep the anchor of a union right below; nobody else's. Leaves no audit entry, or seals would call for seals all the way up."""
    sender = await get_tenant(scope.session, letter.sender_id)
    if scope.tenant_id in {sender.parent_id, sender.industry_parent_id}:
        seal = bytes.fromhex(letter.body["seal"])
        await keep_mirror(scope.session, Anchor(sender.id, letter.body["number"], letter.body["total"], seal))


def leave_anchor(workshop: Workshop, anchor: Anchor) -> None:
    """Log it, and add it to the file."""
    said = {"tenant": str(anchor.tenant_id), "seal_number": anchor.number, "entries": anchor.total}
    _log.info("audit sealed", **said, seal=anchor.seal.hex())
    if workshop.anchor_file is not None:
        append_anchor(workshop.anchor_file, anchor)
