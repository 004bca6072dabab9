"""What a token for a machine may cover: every kind of object is decided, and the house's own keys are never lent."""

import pytest

from authz import enforcer
from authz.actor import Actor
from authz.errors import FORBIDDEN_SCOPE, TOKEN_PERMISSION
from authz.grantable import CLOSED_KINDS, OPEN_KINDS, grantable, is_grantable
from authz.guard import decision_of
from authz.machines import require_grantable
from authz.permissions import Permission
from authz.predicate import holds
from authz.relations import HOLDER
from authz.roles import Role
from authz.subject import Subject
from kernel.errors import Failure
from tests.authz.world import tenant


def actor(*roles: Role, only: frozenset[Permission] | None = None) -> Actor:
    return Actor(None, "王某", tenant("city"), frozenset(roles), only=only)


def test_every_kind_is_open_or_closed() -> None:
    kinds = {permission.kind for permission in Permission}
    assert (frozenset(), kinds) == (OPEN_KINDS & CLOSED_KINDS, OPEN_KINDS | CLOSED_KINDS)


def test_these_are_never_lent() -> None:
    whole = ("membership", "session", "token", "policy", "deputy", "visit", "substitute", "retention", "erasure")
    closed = {permission.value for permission in Permission if not is_grantable(permission)}
    assert {word for word in closed if word.partition(":")[0] not in whole} == {
        "tenant:create",
        "tenant:move",
        "person:erase",
        "person:export",
    }
    assert {word.partition(":")[0] for word in closed} == {*whole, "tenant", "person"}


def test_what_is_unknown_or_closed_is_left_out() -> None:
    assert grantable(["case:list", "token:create", "no:such", ""]) == {Permission.CASE_LIST}


@pytest.mark.parametrize("permission", Permission)
def test_a_token_never_decides_more_than_its_owner(permission: Permission) -> None:
    """For each permission: covered, the answer is the owner's; not covered, it is no, and says so where the owner may."""
    roles = tuple(role for role in Role if role is not Role.COURIER)
    policy = enforcer.current()
    for relations in (frozenset({HOLDER}), frozenset({HOLDER, "holder.organiser"})):
        for stage in (None, "draft", "received"):
            subject = Subject(permission.kind, stage=stage)
            owner = decision_of(actor(*roles), permission, subject, relations, policy)
            covered = decision_of(actor(*roles, only=frozenset({permission})), permission, subject, relations, policy)
            other = decision_of(actor(*roles, only=frozenset()), permission, subject, relations, policy)
            assert (covered.allowed, covered.reason and covered.reason.code) == (
                owner.allowed,
                owner.reason and owner.reason.code,
            )
            assert not other.allowed
            assert other.reason is not None
            assert (other.reason.code == FORBIDDEN_SCOPE.code) == owner.allowed
    assert not holds(permission, actor(*roles, only=frozenset()))


@pytest.mark.parametrize("words", [[], [""], ["case:*"], ["funding:approve"], ["case:list", "membership:read"]])
def test_only_what_one_has_is_given(words: list[str]) -> None:
    with pytest.raises(Failure) as refused:
        require_grantable(actor(Role.CLERK), words)
    assert refused.value.code == TOKEN_PERMISSION.code


def test_a_word_twice_is_one() -> None:
    assert require_grantable(actor(Role.CLERK), ["case:list", "case:list"]) == {"case:list"}
