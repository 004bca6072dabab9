"""The policies as a table for people: who may do what, at which levels, at which desk, in which states."""

from collections.abc import Iterable, Iterator

from authz.duties import EXCLUSIONS
from authz.enforcer import Enforcer, current
from authz.names import ACT_NAMES, KIND_NAMES, LEVEL_NAMES, RELATION_NAMES, ROLE_NAMES
from authz.permissions import Permission
from authz.policy_rows import ALLOW, DENY, POLICY_FOLDER, PolicyRow
from authz.relations import ANY
from authz.roles import Role

README = POLICY_FOLDER / "README.md"

_HEAD = """# Who may do what

Generated from the policy files of this folder by `python -m authz.matrix`; a test fails when it is stale. Do not edit it.

A row of a policy file reads `role,typ,act,level,rel,stage,eft`: this role, on this kind of object, may (or, with `deny`, may not) do this act, in a union of
this level, which stands so to the object, while it is in this state. `|` separates alternatives, `*` is every one. A deny row always wins. Nothing that no
row allows is allowed. A union sees only its own rows, so `holder` is said of each of them; `holder.<desk>` names the part the union plays in the edition
(applying_unit, recommending_unit, organiser), `published` what another union has published. What a person did before (`did_…`, `self_created`), whether he is
concerned himself (`is_subject`), recused or assigned is read from the record of duties at each decision.

A union may forbid its people more than this (docs/decisions/0024), never allow more. The public has no role: what is public is read without an account. An
applicant reads only the case he is recorded as the subject of.
"""


def document(policy: Enforcer) -> str:
    """The whole text of the README beside the policy files."""
    parts = [
        _HEAD,
        *_levels(policy),
        "\n## Separation of duty\n",
        *_denials(policy),
        "\n## At which desk and in which state\n",
        *_places(policy),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _levels(policy: Enforcer) -> Iterator[str]:
    """One table per level; levels whose tables are the same share it."""
    tables: dict[tuple[str, ...], list[str]] = {}
    for level in LEVEL_NAMES:
        acts = ((role, _acts_of(policy, role, level)) for role in Role)
        table = tuple(f"| {ROLE_NAMES[role]} `{role.value}` | {may} |" for role, may in acts if may)
        tables.setdefault(table, []).append(level)
    for table, levels in tables.items():
        yield "\n## " + "、".join(f"{LEVEL_NAMES[level]} `{level}`" for level in levels) + "\n"
        yield "| role | may |"
        yield "| --- | --- |"
        yield from table


def _acts_of(policy: Enforcer, role: Role, level: str) -> str:
    """`kind: act act …` for everything some row allows this role at this level."""
    by_kind: dict[str, list[str]] = {}
    for permission in Permission:
        for row in policy.rows_for(permission.value):
            if row.eft == ALLOW and row.role == role.value and row.level in {ANY, level}:
                by_kind.setdefault(permission.kind, []).append(permission.act)
                break
    return "; ".join(f"**{kind}** {' '.join(acts)}" for kind, acts in by_kind.items())


def _denials(policy: Enforcer) -> Iterator[str]:
    yield "| act | is barred to whoever |"
    yield "| --- | --- |"
    for permission in Permission:
        barred = {row.rel for row in policy.rows_for(permission.value) if row.eft == DENY}
        if barred:
            words = "、".join(f"{RELATION_NAMES.get(word, word)} `{word}`" for word in sorted(barred))
            yield f"| {_name(permission)} | {words} |"
    yield f"\n{len(EXCLUSIONS)} acts are barred by an earlier part in the same case, the others only to the person concerned or recused."


def _places(policy: Enforcer) -> Iterator[str]:
    yield "| act | standing | states | roles | levels |"
    yield "| --- | --- | --- | --- | --- |"
    for permission in Permission:
        for (rel, stages, levels), roles in _grouped(policy.rows_for(permission.value)).items():
            names = "、".join(ROLE_NAMES[role] for role in Role if role.value in roles)
            yield f"| {_name(permission)} | `{rel}` | {_every(stages)} | {names} | {_every(levels)} |"


def _grouped(rows: Iterable[PolicyRow]) -> dict[tuple[str, frozenset[str], frozenset[str]], set[str]]:
    """Allow rows put together again: roles by standing, states and levels."""
    stages: dict[tuple[str, str], set[str]] = {}
    levels: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        if row.eft == ALLOW:
            stages.setdefault((row.rel, row.role), set()).add(row.stage)
            levels.setdefault((row.rel, row.role), set()).add(row.level)
    grouped: dict[tuple[str, frozenset[str], frozenset[str]], set[str]] = {}
    for (rel, role), states in stages.items():
        key = (rel, frozenset(states), frozenset(levels[rel, role]))
        grouped.setdefault(key, set()).add(role)
    return grouped


def _every(words: frozenset[str]) -> str:
    return "every" if ANY in words else " ".join(sorted(words))


def _name(permission: Permission) -> str:
    return f"{KIND_NAMES[permission.kind]}·{ACT_NAMES[permission.act]} `{permission.value}`"


def write() -> None:
    """Write the document where it belongs."""
    README.write_text(document(current()), encoding="utf-8")


if __name__ == "__main__":
    write()
