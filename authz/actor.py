"""Who acts: a person in one tenant with the roles of his membership, or a worker on a tenant's behalf."""

from dataclasses import dataclass
from uuid import UUID

from authz.denials import denials_of
from authz.policy_rows import PolicyRow
from authz.revisions import require_in_force
from authz.roles import FULL_STRENGTH, NEEDS_SECOND_FACTOR, Role
from tenants.accounts.facts import SignedIn
from tenants.facts import TenantFacts


@dataclass(frozen=True)
class Actor:
    """`account_id` is None for a worker; `name` is what audit entries and histories show.

    `roles` are those that work now. `withheld` are the others of his membership: they need a second factor, and this session was begun with one.
    """

    account_id: UUID | None
    name: str
    tenant: TenantFacts
    roles: frozenset[Role]
    membership_id: UUID | None = None
    session_id: UUID | None = None
    acting_for: UUID | None = None
    """Whose duties a deputy does, as an account."""
    withheld: frozenset[Role] = frozenset()

    def denials(self, permission: str) -> tuple[PolicyRow, ...]:
        """What his union, or one above it, forbids beyond the policy; nothing binds the machinery, which has no session."""
        return denials_of(self.tenant.rules.tightenings).get(permission, ())


def worker(tenant: TenantFacts, name: str = "courier") -> Actor:
    """The machinery acting for a tenant, with no more than the courier's role."""
    return Actor(account_id=None, name=name, tenant=tenant, roles=frozenset({Role.COURIER}))


def actor_from(signed_in: SignedIn) -> Actor:
    """The person of a live session, with the roles of his membership that this session may use and what his union forbids.

    Raises POLICY_OUTDATED where this process does not hold the policy in force, ValueError where membership or tightenings hold a word that nobody knows.
    """
    require_in_force(signed_in.tenant.rules.revision)
    denials_of(signed_in.tenant.rules.tightenings)
    held = frozenset(Role(word) for word in signed_in.roles)
    withheld = held & NEEDS_SECOND_FACTOR if signed_in.strength < FULL_STRENGTH else frozenset[Role]()
    return Actor(
        account_id=signed_in.account_id,
        name=signed_in.name,
        tenant=signed_in.tenant,
        roles=held - withheld,
        membership_id=signed_in.membership_id,
        session_id=signed_in.session_id,
        withheld=withheld,
    )
