"""Standings as plain values; role words are those of `authz`, which alone knows what they mean."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Basis(StrEnum):
    """What a session rests on: the person's own place, or something that lets him stand in."""

    MEMBERSHIP = "membership"
    DEPUTY = "deputy"
    VISIT = "visit"
    SUBSTITUTE = "substitute"


@dataclass(frozen=True)
class Standing:
    """Why a session has other roles than its person's own place gives; read with each request, so never staler than that.

    `roles` are what it gives now; `own_roles` are those of the person's own place, which do not work in this session. `behalf` is whom he stands in for,
    by name; `acting_for` that person's account. It is over on the first day `ends_on`, or at `ends_at`.
    """

    basis: Basis
    id: UUID
    roles: frozenset[str]
    own_roles: frozenset[str]
    behalf: str
    ends_on: date | None
    ends_at: datetime | None
    acting_for: UUID | None = None
    home_id: UUID | None = None
    """The union he comes from, where that is another one."""
    confined_to: frozenset[UUID] | None = None
    """The only objects it lets see; None: whatever its roles do."""

    @property
    def named(self) -> dict[str, object]:
        """What an audit entry made in such a session says of what it rests on."""
        return {"standing": {"basis": self.basis.value, "id": str(self.id)}}

    @property
    def reads_only(self) -> bool:
        """It changes nothing here, and everything it looks at is recorded."""
        return self.basis is Basis.VISIT
