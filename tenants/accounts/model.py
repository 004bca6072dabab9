"""People who sign in. Accounts and sessions belong to the login role alone; memberships are rows of the tenant."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow, within_tenant
from kernel.ids import new_id
from kernel.resealing import DOMAIN


class Account(Base):
    """A person who can sign in, in whatever tenants. `state`: active or disabled."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    failed_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    password_set_at: Mapped[datetime | None]
    """Null: when the account was made."""
    must_change_password: Mapped[bool] = mapped_column(default=False)
    """Somebody else knows the password: an administrator gave it."""
    active_at: Mapped[datetime | None]
    """When it was last signed in with, or enabled; null: not since it was made."""


class FormerPassword(Base):
    """A password that the account had before, as its hash, so that it is not taken again."""

    __tablename__ = "former_password"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    replaced_at: Mapped[datetime]
    password_hash: Mapped[str]


class Membership(TenantRow, Base):
    """An account's place in a tenant: the roles it holds there and for how long (`valid_to` is the first day no longer valid).

    A place that is offered to a login (`offered_to`) has no account until its holder signs in here, and no roles before. Whoever made the place
    (`made_by`; null: the installation's owner) is not the one who gives it roles (`granted_by`).
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id"),
        Index("ix_membership_account", "account_id"),
        CheckConstraint(
            "cardinality(roles) = 1 or not roles && array['system_admin', 'security_admin', 'audit_admin']",
            name="administrators_apart",
        ),
        CheckConstraint("'courier' <> all (roles)", name="no_machine"),
        CheckConstraint(
            "cardinality(roles) = 0 or made_by is null or granted_by is not null and granted_by <> made_by",
            name="two_hands",
        ),
        CheckConstraint(
            "account_id is not null or offered_to is not null and cardinality(roles) = 0", name="taken_before_roles"
        ),
        Index(
            "uq_membership_offered_to",
            "tenant_id",
            "offered_to",
            unique=True,
            postgresql_where=text("account_id IS NULL"),
        ),
    )

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    offered_to: Mapped[str | None]
    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    proposed_roles: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """What whoever made the place would have it do; gives nothing."""
    made_by: Mapped[UUID | None]
    granted_by: Mapped[UUID | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class SignInSession(Base):
    """A sign-in, bound to one tenant; only the hash of its token is kept."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index("ix_sign_in_session_account", "account_id", "issued_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    membership_id: Mapped[UUID]
    issued_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    strength: Mapped[int] = mapped_column(SmallInteger, default=1)
    """With how many factors he came in: 1 (password) or 2."""
    address: Mapped[str | None]
    """Where he came in from, as far as it is known."""
    provider: Mapped[str | None]
    """Which identity provider said who he is; null: he gave his password."""
    basis: Mapped[str] = mapped_column(default="membership", server_default=text("'membership'"))
    """What the session rests on, a word of `tenants.delegation.facts.Basis`; `basis_id` is the row of this tenant that says so."""
    basis_id: Mapped[UUID | None]
    home_id: Mapped[UUID | None]
    """The union of the person's own place, where that is another one."""


class SecondFactor(Base):
    """An account's TOTP secret, sealed; of no effect until `confirmed_at`. `last_step` is the newest 30-second step whose code was used."""

    __tablename__ = "second_factor"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(info={DOMAIN: "account_id"})
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code that stands in for the second factor once; only its hash is kept."""

    __tablename__ = "recovery_code"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class SignInChallenge(Base):
    """The right password was given for a place (`membership_id`), and the second factor is awaited; only the hash of its token is kept."""

    __tablename__ = "sign_in_challenge"
    __table_args__ = (Index("ix_sign_in_challenge_expires", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    membership_id: Mapped[UUID]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    provider: Mapped[str | None]
    """Which identity provider took the first step; null: the password did."""


class ApiToken(TenantRow, Base):
    """A machine's key to one place of an account, narrower than the account; only the hash of its text is kept, which the web cannot read."""

    __tablename__ = "api_token"
    __table_args__ = (
        within_tenant("membership_id", "membership"),
        Index("ix_api_token_hash", "token_hash"),
        Index("ix_api_token_account", "account_id"),
        Index("ix_api_token_created", "tenant_id", "created_at", "id"),
        CheckConstraint("cardinality(permissions) > 0", name="covers_something"),
    )

    token_hash: Mapped[bytes] = mapped_column(deferred=True)
    hint: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    membership_id: Mapped[UUID]
    name: Mapped[str]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    strength: Mapped[int] = mapped_column(SmallInteger)
    """With how many factors its owner came in to make it."""
    created_at: Mapped[datetime]
    valid_to: Mapped[date]
    """The first day on which it no longer holds."""
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FederatedIdentity(Base):
    """Somebody at an identity provider who is this account's person: linked beforehand, by a security administrator. The subject is kept as a keyed hash."""

    __tablename__ = "federated_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject_hash"), UniqueConstraint("account_id", "provider"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    provider: Mapped[str]
    issuer: Mapped[str]
    subject_hash: Mapped[str]
    linked_at: Mapped[datetime]


class FederatedAttempt(Base):
    """A state that came back from an identity provider, so that it comes back once; and, where all was right, the ticket that was given for it."""

    __tablename__ = "federated_attempt"
    __table_args__ = (
        Index("ix_federated_attempt_ticket", "ticket_hash"),
        Index("ix_federated_attempt_expires", "expires_at"),
    )

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    provider: Mapped[str]
    expires_at: Mapped[datetime]
    ticket_hash: Mapped[bytes | None]
    proof: Mapped[str | None]
    """What the verifier must hash to that redeems the ticket (S256)."""
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    membership_id: Mapped[UUID | None]
    strength: Mapped[int] = mapped_column(SmallInteger, default=1)
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """A sign-in that did not succeed, by the address it came from; old rows are purged. What was typed is not kept."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_address", "address", "at"), Index("ix_sign_in_failure_at", "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    address: Mapped[str | None]
    account_id: Mapped[UUID | None]
