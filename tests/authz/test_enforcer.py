import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from authz import enforcer
from authz.enforcer import Enforcer
from authz.names import LEVEL_NAMES
from authz.permissions import Permission
from authz.policy_rows import Policies, PolicyError, PolicyLine, PolicyRow, Request, parse, read_files
from authz.relations import RELATIONS
from authz.roles import Role
from authz.stages import KNOWN_STAGES, stages_of

POLICIES = parse(read_files())


def requests(seed: int, count: int) -> Iterator[Request]:
    """Random requests, half of them close to a row so that many are allowed."""
    chance = random.Random(seed)
    relations, stages, levels = sorted(RELATIONS), sorted(KNOWN_STAGES), [*LEVEL_NAMES, "county_town"]
    for number in range(count):
        row = chance.choice(POLICIES.rows)
        if number % 2:
            permission = chance.choice(list(Permission))
            row = replace(row, typ=permission.kind, act=permission.act)
        roles = {role.value for role in chance.sample(list(Role), chance.randrange(4))}
        rels = set(chance.sample(relations, chance.randrange(4)))
        stage = row.stage if row.stage != "*" and chance.random() < 0.8 else chance.choice(stages)
        level = row.level if row.level != "*" and chance.random() < 0.8 else chance.choice(levels)
        roles |= {row.role} - {"*"} if chance.random() < 0.9 else set()
        rels |= {row.rel} if chance.random() < 0.9 else set()
        yield Request(frozenset(roles), row.typ, row.act, level, frozenset(rels), stage)


def by_hand(rows: tuple[PolicyRow, ...], request: Request) -> bool:
    """The meaning of a policy, said once more without casbin: a matching deny row wins, else a matching allow row is needed."""
    effects = {
        row.eft
        for row in rows
        if (row.typ, row.act) == (request.typ, request.act)
        and row.role in request.roles | {"*"}
        and row.level in {request.level, "*"}
        and row.rel in request.rels
        and row.stage in {request.stage, "*"}
    }
    return effects == {"allow"}


def test_casbin_decides_what_the_rows_mean() -> None:
    policy = Enforcer(POLICIES)
    asked = list(requests(1, 6000))
    answers = [policy.decide(request).allowed for request in asked]
    assert answers == [by_hand(POLICIES.rows, request) for request in asked]
    assert 1500 < sum(answers) < 4500


def test_the_deciding_row_is_named() -> None:
    policy = enforcer.current()
    for request in requests(2, 2000):
        verdict = policy.decide(request)
        if verdict.row is None:
            assert not verdict.allowed
        elif verdict.allowed:
            assert verdict.row.eft == "allow"
            assert by_hand((verdict.row,), request)
        elif verdict.denied_by_row:
            assert by_hand((replace(verdict.row, eft="allow"),), request)
        else:
            assert not by_hand((verdict.row,), request)


def test_many_threads_get_the_answers_of_one() -> None:
    policy = Enforcer(POLICIES)
    asked = list(requests(3, 1500))
    expected = [by_hand(POLICIES.rows, request) for request in asked]

    def ask(seed: int) -> list[bool]:
        order = random.Random(seed).sample(range(len(asked)), len(asked))
        answers = {number: policy.decide(asked[number]).allowed for number in order}
        return [answers[number] for number in range(len(asked))]

    with ThreadPoolExecutor(8) as pool:
        assert all(answers == expected for answers in pool.map(ask, range(8)))


def test_an_empty_policy_is_refused() -> None:
    with pytest.raises(PolicyError, match="an empty policy is refused"):
        Enforcer(Policies((), "none"))


def random_row(chance: random.Random, eft: str) -> PolicyRow:
    permission = chance.choice(list(Permission))
    stage = chance.choice(["*", *sorted(stages_of(permission.kind))])
    role = "*" if eft == "deny" else chance.choice(list(Role)).value
    level = "*" if eft == "deny" else chance.choice(["*", *LEVEL_NAMES])
    line = PolicyLine("added.csv", 1, "")
    return PolicyRow(role, permission.kind, permission.act, level, chance.choice(sorted(RELATIONS)), stage, eft, line)


def asked_about(row: PolicyRow, chance: random.Random) -> list[Request]:
    """Requests that the row speaks of, or nearly."""
    asked = [replace(request, typ=row.typ, act=row.act) for request in requests(chance.randrange(10**6), 40)]
    return asked + [
        replace(request, rels=request.rels | {row.rel}, roles=request.roles | {row.role}) for request in asked
    ]


@pytest.mark.parametrize("seed", range(40))
def test_more_allow_rows_never_take_away_and_more_deny_rows_never_give(seed: int) -> None:
    chance = random.Random(seed)
    before = Enforcer(POLICIES)
    allow, deny = random_row(chance, "allow"), random_row(chance, "deny")
    wider = Enforcer(Policies((*POLICIES.rows, allow), "wider"))
    narrower = Enforcer(Policies((*POLICIES.rows, deny), "narrower"))
    for request in asked_about(allow, chance):
        assert wider.decide(request).allowed >= before.decide(request).allowed
    for request in asked_about(deny, chance):
        assert narrower.decide(request).allowed <= before.decide(request).allowed


def test_one_more_role_never_takes_away() -> None:
    chance = random.Random(5)
    policy = enforcer.current()
    for request in requests(6, 2000):
        richer = replace(request, roles=request.roles | {chance.choice(list(Role)).value})
        assert policy.decide(richer).allowed >= policy.decide(request).allowed


def test_no_roles_and_no_relation_mean_no() -> None:
    policy = enforcer.current()
    for permission in Permission:
        for stage in stages_of(permission.kind):
            for request in (
                Request(frozenset(), permission.kind, permission.act, "city", frozenset({"holder"}), stage),
                Request(
                    frozenset(role.value for role in Role), permission.kind, permission.act, "city", frozenset(), stage
                ),
            ):
                assert not policy.decide(request).allowed


def test_an_unknown_level_has_only_what_every_level_has() -> None:
    policy = enforcer.current()
    held = frozenset({"holder", "holder.recommending_unit"})
    chair = frozenset({"recommender"})
    assert not policy.decide(Request(chair, "case", "recommend", "county_town", held, "at_recommending_unit")).allowed
    assert policy.decide(Request(chair, "case", "read", "county_town", held, "at_recommending_unit")).allowed


def test_swapping_is_one_step() -> None:
    before = enforcer.current()
    bare = Enforcer(Policies(tuple(row for row in POLICIES.rows if row.role == "auditor"), "auditors only"))
    clerk = Request(frozenset({"clerk"}), "case", "read", "city", frozenset({"holder"}), "draft")
    try:
        enforcer.swap(bare)
        assert not enforcer.current().decide(clerk).allowed
    finally:
        enforcer.swap(before)
    assert enforcer.current().decide(clerk).allowed
