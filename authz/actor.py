"""Who acts: a person in one tenant with the roles of his membership, or a worker on a tenant's behalf."""

from dataclasses import dataclass
from uuid import UUID

from authz.roles import Role
from tenants.accounts.facts import SignedIn
from tenants.facts import TenantFacts


@dataclass(frozen=True)
class Actor:
    """`account_id` is None for a worker; `name` is what audit entries and histories show."""

    account_id: UUID | None
    name: str
    tenant: TenantFacts
    roles: frozenset[Role]
    membership_id: UUID | None = None
    session_id: UUID | None = None


def worker(tenant: TenantFacts, name: str = "courier") -> Actor:
    """The machinery acting for a tenant, with no more than the courier's role."""
    return Actor(account_id=None, name=name, tenant=tenant, roles=frozenset({Role.COURIER}))


def actor_from(signed_in: SignedIn) -> Actor:
    """The person of a live session, with the roles of his membership; raises ValueError where the membership holds a word that is no role."""
    return Actor(
        account_id=signed_in.account_id,
        name=signed_in.name,
        tenant=signed_in.tenant,
        roles=frozenset(Role(word) for word in signed_in.roles),
        membership_id=signed_in.membership_id,
        session_id=signed_in.session_id,
    )
