"""Who acts, when, and in which transaction: the first argument of every service function."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from authz.actor import Actor
from kernel import audit
from kernel.clock import Clock
from kernel.database import ReadSession, WriteSession
from tenants.delegation.acts import LentAct, remember_lent_act
from tenants.delegation.facts import Basis

S_co = TypeVar("S_co", bound=ReadSession, covariant=True)


@dataclass(frozen=True)
class Scope(Generic[S_co]):
    """One use of one transaction by one actor."""

    session: S_co
    actor: Actor
    clock: Clock
    request_id: str | None = None

    @property
    def tenant_id(self) -> UUID:
        """The tenant whose rows are at hand."""
        return self.session.tenant_id


ReadScope = Scope[ReadSession]
WriteScope = Scope[WriteSession]


def audit_act(
    scope: WriteScope,
    act: str,
    object_kind: str,
    object_id: UUID,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Leave the audit entry of this act, by the scope's actor, in the scope's transaction; it names what lets him stand in for somebody."""
    standing = scope.actor.standing
    if standing is not None:
        after = {**(after or {}), **standing.named}
    if standing is not None and standing.basis is Basis.SUBSTITUTE and standing.home_id is not None:
        done = LentAct(standing.id, standing.home_id, scope.clock.now(), act, object_kind)
        remember_lent_act(scope.session, done)
    audit.record(
        scope.session,
        at=scope.clock.now(),
        account_id=scope.actor.account_id,
        actor=scope.actor.name,
        act=act,
        object_kind=object_kind,
        object_id=object_id,
        before=before,
        after=after,
        request_id=scope.request_id,
        acting_for=scope.actor.acting_for,
    )
