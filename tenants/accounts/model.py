"""People who sign in. Accounts and sessions belong to the login role alone; memberships are rows of the tenant."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, TenantRow
from kernel.ids import new_id


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
    """An account's place in a tenant: the roles it holds there and for how long (`valid_to` is the first day no longer valid)."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id"),
        Index("ix_membership_account", "account_id"),
        CheckConstraint(
            "cardinality(roles) = 1 or not roles && array['system_admin', 'security_admin', 'audit_admin']",
            name="administrators_apart",
        ),
        CheckConstraint("'courier' <> all (roles)", name="no_machine"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
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


class SecondFactor(Base):
    """An account's TOTP secret, sealed; of no effect until `confirmed_at`. `last_step` is the newest 30-second step whose code was used."""

    __tablename__ = "second_factor"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret: Mapped[bytes]
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


class SignInFailure(Base):
    """A sign-in that did not succeed, by the address it came from; old rows are purged. What was typed is not kept."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_address", "address", "at"), Index("ix_sign_in_failure_at", "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    address: Mapped[str | None]
    account_id: Mapped[UUID | None]
