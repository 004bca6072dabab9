"""Which policy is in force everywhere: the one recorded last. A process that was built with another answers nothing.

A policy is recorded by the database's owner, when the release that brings it prepares the database; from that commit on, every process with other files
refuses each request and each job, until it is replaced. So between two releases a request may wait, but none passes that the newer policy denies.
"""

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from authz.enforcer import Enforcer, current
from authz.errors import POLICY_OUTDATED
from kernel.ids import new_id
from tenants.policies.model import PolicyRevision


class SupersededPolicyError(RuntimeError):
    """The policy at hand was in force once and has been replaced; the text says what to do."""


class OutdatedPolicyError(RuntimeError):
    """This process was built with another policy than the one in force; its work must wait."""


async def record(connection: AsyncConnection, policy: Enforcer, *, acknowledged: bool = False) -> bool:
    """Put the policy in force, as the owner; False where it is already. Raises SupersededPolicyError for a way back that nobody acknowledged."""
    known = list(
        (await connection.execute(select(PolicyRevision.revision).order_by(PolicyRevision.number.desc()))).scalars()
    )
    if known and known[0] == policy.revision:
        return False
    if policy.revision in known and not acknowledged:
        message = (
            f"the policy {policy.revision[:12]} was replaced by {known[0][:12]}; to go back to it,"
            " run `jiangti migrate --acknowledge-policy`"
        )
        raise SupersededPolicyError(message)
    lines = list(dict.fromkeys(str(row.line) for row in policy.rows))
    await connection.execute(insert(PolicyRevision).values(id=new_id(), revision=policy.revision, lines=lines))
    return True


def require_in_force(newest: str | None) -> None:
    """Raise POLICY_OUTDATED unless this process holds the policy recorded last; None: nobody looked, as for a worker, who looks himself."""
    if newest is not None and newest != current().revision:
        raise POLICY_OUTDATED(recorded=newest[:12], held=current().revision[:12])


async def require_newest(session: AsyncSession) -> None:
    """Raise OutdatedPolicyError unless this process holds the policy recorded last; one statement."""
    statement = select(PolicyRevision.revision).order_by(PolicyRevision.number.desc()).limit(1)
    newest = (await session.execute(statement)).scalar_one_or_none()
    if newest != current().revision:
        message = f"the policy in force is {newest}, this process holds {current().revision}"
        raise OutdatedPolicyError(message)
