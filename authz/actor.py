"""Who acts: a person in one tenant with the roles of his membership, or a worker on a tenant's behalf."""

from dataclasses import dataclass
from uuid import UUID

from authz.denials import denials_of
from authz.grantable import grantable
from authz.names import standing_name, token_bearer
from authz.permissions import Permission
from authz.policy_rows import PolicyRow
from authz.revisions import require_in_force
from authz.roles import FULL_STRENGTH, NEEDS_SECOND_FACTOR, Role, may_be_held_together
from tenants.accounts.facts import SignedIn
from tenants.delegation.facts import Standing
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
    only: frozenset[Permission] | None = None
    """All that the token at hand may do, of what the roles allow; None: a session, which may do all of that."""
    standing: Standing | None = None
    """What lets him stand in for somebody; None: he acts in his own name."""

    def covers(self, permission: Permission) -> bool:
        """Whether what he came in with is good for this; says nothing of whether he himself may."""
        return self.only is None or permission in self.only

    @property
    def accounts(self) -> tuple[UUID, ...]:
        """Whose hands these are: his own, and those of whom he stands in for. What bars one of them bars him, what he does is noted for both."""
        return tuple(account for account in (self.account_id, self.acting_for) if account is not None)

    @property
    def reads_only(self) -> bool:
        """Whether he is a visitor from a union above, who changes nothing."""
        return self.standing is not None and self.standing.reads_only

    @property
    def confined_to(self) -> frozenset[UUID] | None:
        """The only objects he may see; None: whatever his roles do."""
        return None if self.standing is None else self.standing.confined_to

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
    standing = signed_in.standing
    held = frozenset(Role(word) for word in signed_in.roles)
    if standing is not None and not may_be_held_together(held | {Role(word) for word in standing.own_roles}):
        held = frozenset[Role]()  # he became an administrator, or ceased to be one, since it was granted
    withheld = held & NEEDS_SECOND_FACTOR if signed_in.strength < FULL_STRENGTH else frozenset[Role]()
    token = signed_in.token
    return Actor(
        account_id=signed_in.account_id,
        name=standing_name(signed_in.name, standing) if token is None else token_bearer(signed_in.name, token.name),
        tenant=signed_in.tenant,
        roles=held - withheld,
        membership_id=signed_in.membership_id,
        session_id=signed_in.session_id,
        acting_for=None if standing is None else standing.acting_for,
        withheld=withheld,
        only=None if token is None else grantable(token.permissions),
        standing=standing,
    )
