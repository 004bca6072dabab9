"""What of the catalogue an act may fetch ahead, together with what else it needs (`kernel.foresight`); `queries` finds it there."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from kernel.database import WriteSession
from kernel.foresight import Piece, foresee, found
from programmes.catalogue.model import Edition, Programme, RecommendingGrant, RulebookVersion


def _edition_row(row: Sequence[Any]) -> tuple[Edition, str]:
    return _EDITION_ALONE.made(row[:-1]), row[-1]


_EDITION_ALONE = Piece.of_rows(
    Edition, lambda chosen: chosen.where(Edition.id == bindparam("edition_id")), without=("rules",)
)
EDITION = Piece(
    select(*(column for column in Edition.__table__.columns if column.key != "rules"), RulebookVersion.sha256)
    .join(RulebookVersion, RulebookVersion.id == Edition.rulebook_version_id)
    .where(Edition.id == bindparam("edition_id")),
    _edition_row,
)
"""An edition (its `rules` are not there) with the hash of its programme's shipped rules."""
GRANT = Piece.of_rows(
    RecommendingGrant,
    lambda chosen: chosen.where(
        RecommendingGrant.tenant_id == bindparam("tenant_id"), RecommendingGrant.edition_id == bindparam("edition_id")
    ),
)


PROGRAMMES = Piece.of_rows(Programme, lambda chosen: chosen.order_by(Programme.code))
_HELD_GRANT = Piece.of_rows(RecommendingGrant, lambda chosen: chosen.with_for_update())


def hold_grant(session: WriteSession, edition_id: UUID, locked: list[RecommendingGrant]) -> None:
    """What an edition allows this tenant is held together with something else; it is known ahead."""
    foresee(session, GRANT.of(edition_id=edition_id), locked)
    foresee(session, _HELD_GRANT.of(edition_id=edition_id), locked)


def held_grant(session: WriteSession, edition_id: UUID) -> list[RecommendingGrant] | None:
    """The grant that is held (none where there is none); None where nobody has looked."""
    return found(session, _HELD_GRANT, edition_id=edition_id)
