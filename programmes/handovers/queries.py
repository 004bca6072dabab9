"""Which handovers and register entries a person of this tenant sees in lists: the policy's own rows, as SQL."""

from sqlalchemy import ColumnElement

from authz.actor import Actor
from authz.permissions import Permission
from authz.predicate import Columns, visible
from programmes.handovers.model import Handover, RegisterEntry


def visible_handovers(actor: Actor) -> ColumnElement[bool]:
    """Handovers the gate would show this actor."""
    return visible(Permission.HANDOVER_READ, actor, Columns(id=Handover.id, stage=Handover.state))


def visible_register(actor: Actor) -> ColumnElement[bool]:
    """Register entries the gate would show this actor."""
    return visible(Permission.REGISTER_READ, actor, Columns(id=RegisterEntry.id, stage=RegisterEntry.state))
