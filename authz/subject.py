"""What the gate is asked about: one object, as far as a decision needs to know it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Subject:
    """One object of the bound tenant.

    `stage` is its state (None before it exists; which state for which kind: see `authz.permissions`), `desk` the part this tenant plays in its edition,
    `relations` further words of `authz.relations` the caller knows, `creator` the account that created it. `about` are other objects whose duties count
    too: the application an objection or a payment speaks of. `tenant_id` is set only for what another tenant has published to all; such an object is
    not held, it is `published`.
    """

    kind: str
    id: UUID | None = None
    stage: str | None = None
    desk: str | None = None
    relations: frozenset[str] = frozenset()
    creator: UUID | None = None
    tenant_id: UUID | None = None
    about: tuple[UUID, ...] = ()

    @property
    def duty_ids(self) -> tuple[UUID, ...]:
        """The objects whose duty records are facts about this subject."""
        return self.about if self.id is None else (self.id, *self.about)
