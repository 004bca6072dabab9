"""Which handovers and register entries a person of this tenant sees in lists: the policy's own rows, as SQL."""

from sqlalchemy import ColumnElement, select

from authz.actor import Actor
from authz.permissions import Permission
from authz.predicate import Columns, visible
from programmes.handovers.model import Drift, Handover, RegisterEntry


def visible_handovers(actor: Actor) -> ColumnElement[bool]:
    """Handovers the gate would show this actor."""
    return visible(Permission.HANDOVER_READ, actor, Columns(id=Handover.id, stage=Handover.state))


def visible_drift(actor: Actor) -> ColumnElement[bool]:
    """What changed below, for those who see the handover."""
    own = (Handover.tenant_id == actor.tenant.id, Handover.id == Drift.handover_id)
    return select(Handover.id).where(*own, visible_handovers(actor)).exists()


def visible_register(actor: Actor) -> ColumnElement[bool]:
    """Register entries the gate would show this actor."""
    return visible(Permission.REGISTER_READ, actor, Columns(id=RegisterEntry.id, stage=RegisterEntry.state))
