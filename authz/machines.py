"""Tokens for machines, as the gate sees them: a person makes and ends his own, and gives each no more than he has himself."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import ColumnElement

from authz import enforcer, guard
from authz.actor import Actor
from authz.errors import TOKEN_PERMISSION
from authz.grantable import is_grantable
from authz.permissions import Permission
from authz.policy_rows import DENY
from authz.predicate import Columns, visible
from authz.relations import ANY
from authz.scope import ReadScope, WriteScope, audit_act
from authz.subject import Subject
from tenants.accounts import api_tokens
from tenants.accounts.api_tokens import MadeToken, NewToken
from tenants.accounts.entrance import Entrance
from tenants.accounts.facts import SignedIn
from tenants.accounts.model import ApiToken
from tenants.accounts.second_factor import require_own_password

_WORDS = {permission.value: permission for permission in Permission}
_OWN = frozenset({"is_self_account"})
PATH = ("input", "permissions")


def require_grantable(actor: Actor, words: Iterable[str]) -> frozenset[str]:
    """The words, each a permission that the actor has in some case; raises TOKEN_PERMISSION for the first that he cannot give, and for none at all."""
    found: set[str] = set()
    for word in words:
        permission = _WORDS.get(word)
        if permission is None or not is_grantable(permission) or not _is_held(permission, actor):
            raise TOKEN_PERMISSION(path=PATH, permission=word)
        found.add(word)
    if not found:
        raise TOKEN_PERMISSION(path=PATH, permission="")
    return frozenset(found)


async def create_token(
    scope: ReadScope, entrance: Entrance, signed_in: SignedIn, new: NewToken, password: str
) -> MadeToken:
    """Make a token for the place at hand. Raises the gate's refusals, TOKEN_PERMISSION, WRONG_PASSWORD and the refusals of `api_tokens.create_token`.

    The deed and its entry are one transaction of the login role; the scope only asks.
    """
    await guard.require(scope, Permission.TOKEN_CREATE, Subject("token", relations=_OWN))
    words = require_grantable(scope.actor, new.permissions)
    await require_own_password(entrance, signed_in, password, scope.clock)
    fit = replace(new, permissions=words)
    return await api_tokens.create_token(entrance, signed_in, fit, scope.clock, request_id=scope.request_id)


async def revoke_token(scope: WriteScope, token_id: UUID) -> UUID:
    """End a token from its next request on: one's own, or as security administrator anybody's in the union. Ending it twice changes nothing.

    Raises NOT_FOUND and the gate's refusals.
    """
    token = await api_tokens.lock_token(scope.session, token_id)
    relations = _OWN if token.account_id == scope.actor.account_id else frozenset[str]()
    await guard.require(scope, Permission.TOKEN_REVOKE, Subject("token", id=token_id, relations=relations))
    before = api_tokens.shown(token)
    token.revoked_at = token.revoked_at or scope.clock.now()
    audit_act(scope, Permission.TOKEN_REVOKE, "api_token", token_id, before=before, after=api_tokens.shown(token))
    return token_id


def visible_tokens(actor: Actor) -> ColumnElement[bool]:
    """For lists: one's own; the security administrator sees all of his union's."""
    own = {"is_self_account": ApiToken.account_id == actor.account_id}
    return visible(Permission.TOKEN_READ, actor, Columns(id=ApiToken.id, relations=own))


def _is_held(permission: Permission, actor: Actor) -> bool:
    """Some row allows it to one of his roles at his union's level, whatever else it asks for."""
    roles, levels = {role.value for role in actor.roles}, {ANY, actor.tenant.level}
    rows = enforcer.current().rows_for(permission.value)
    return any(row.eft != DENY and row.role in roles and row.level in levels for row in rows)
