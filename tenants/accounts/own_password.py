"""Changing one's own password: the old one is asked for, the last ones are not taken again, and whoever else is signed in with it is so no longer."""

from collections.abc import Sequence

from sqlalchemy import select, update

from kernel import audit
from kernel.clock import Clock
from tenants.accounts.attempts import CLEARED, hold_open
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import SignedIn
from tenants.accounts.model import Account, FormerPassword
from tenants.accounts.passwords import require_strong
from tenants.accounts.second_factor import require_own_password
from tenants.accounts.sessions import revoke_all_sessions
from tenants.errors import PASSWORD_REUSED, WRONG_PASSWORD

OLD_PATH = ("input", "oldPassword")
NEW_PATH = ("input", "newPassword")


async def change_own_password(
    entrance: Entrance, signed_in: SignedIn, old: str, new: str, clock: Clock, *, request_id: str | None = None
) -> None:
    """The session at hand stays, all others of the account end. Raises WRONG_PASSWORD (which counts into the lock-out), WEAK_PASSWORD, PASSWORD_REUSED."""
    await require_own_password(entrance, signed_in, old, clock, OLD_PATH)
    strong = require_strong(new, login=signed_in.login, path=NEW_PATH)
    known = await _known_hashes(entrance, signed_in)
    for stored in known:
        if await entrance.passwords.is_right(strong, stored):
            raise PASSWORD_REUSED(path=NEW_PATH, memory=entrance.policy.password_memory)
    now, hashed = clock.now(), await entrance.passwords.hash(strong)
    values = {**CLEARED, "password_hash": hashed, "password_set_at": now, "must_change_password": False}
    async with entrance.database.write(signed_in.tenant.id) as session:
        unchanged = update(Account).where(Account.id == signed_in.account_id, Account.password_hash == known[0])
        written = unchanged.values(password_hash=hashed).returning(Account.id)
        done = await session.execute(written.execution_options(synchronize_session=False))
        if done.scalar_one_or_none() is None or not await hold_open(session, signed_in.account_id, now, values):
            raise WRONG_PASSWORD(path=OLD_PATH)
        session.add(FormerPassword(account_id=signed_in.account_id, replaced_at=now, password_hash=known[0]))
        await revoke_all_sessions(session, signed_in.account_id, now, but=signed_in.session_id)
        audit.record(
            session,
            at=now,
            account_id=signed_in.account_id,
            actor=signed_in.name,
            act="account:change_password",
            object_kind="account",
            object_id=signed_in.account_id,
            request_id=request_id,
        )


async def _known_hashes(entrance: Entrance, signed_in: SignedIn) -> Sequence[str]:
    """The present password's, then those before it, the latest first."""
    present = select(Account.password_hash).where(Account.id == signed_in.account_id)
    former = (
        select(FormerPassword.password_hash)
        .where(FormerPassword.account_id == signed_in.account_id)
        .order_by(FormerPassword.id.desc())
        .limit(entrance.policy.password_memory - 1)
    )
    async with entrance.database.plain() as session:
        return [(await session.execute(present)).scalar_one(), *(await session.execute(former)).scalars()]
