"""Which rows of notices, objections and announcements a person of this union sees: the gate's list predicates."""

from sqlalchemy import ColumnElement

from authz import predicate
from authz.actor import Actor
from authz.permissions import Permission
from authz.predicate import Columns
from programmes.notices.model import Announcement, AnnouncementItem, Notice, NoticeItem, Objection


def visible_notices(actor: Actor) -> ColumnElement[bool]:
    """Notices; they are for everybody."""
    return predicate.visible(Permission.NOTICE_READ, actor, Columns(id=Notice.id, stage=Notice.state))


def visible_notice_items(actor: Actor) -> ColumnElement[bool]:
    """The people on a notice, as the public sees them."""
    return predicate.visible(Permission.NOTICE_READ, actor, Columns(id=NoticeItem.id))


def visible_objections(actor: Actor) -> ColumnElement[bool]:
    """Objections, never one about the reader himself; who objected is in no list."""
    columns = Columns(id=Objection.id, stage=Objection.state, about=(Objection.application_id,))
    return predicate.visible(Permission.OBJECTION_READ, actor, columns)


def visible_announcements(actor: Actor) -> ColumnElement[bool]:
    """Formal documents; they are for everybody."""
    return predicate.visible(Permission.ANNOUNCEMENT_READ, actor, Columns(id=Announcement.id))


def visible_announcement_items(actor: Actor) -> ColumnElement[bool]:
    """The cases a document names."""
    return predicate.visible(Permission.ANNOUNCEMENT_READ, actor, Columns(id=AnnouncementItem.id))
