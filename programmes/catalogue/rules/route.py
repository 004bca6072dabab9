"""Who may recommend, and which way a case goes up.

S1 第六条: 按属地管理和行业归口推荐的原则，以各省（区、市）总工会和各全国产业工会为推荐单位，经研究批准……也可作为推荐单位. S0 第七条 says the same of its own
units. So a title's rung and the road of a recommendation are two different graphs: a city never sends to 全总 directly.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from programmes.catalogue.rules.rulebook import RecommendingUnit, Rulebook
from programmes.catalogue.rules.values import Cite
from programmes.catalogue.rules.words import Line
from tenants.facts import TenantFacts
from tenants.levels import standard_levels
from tenants.lines import is_above
from tenants.tree import is_ancestor

Problem = Literal["not_allowed", "not_applying", "no_recommender", "outside"]
_LEVEL_NAMES = {level.code: level.name for level in standard_levels()}
_LINE_NAMES: dict[Line, str] = {"territorial": "属地", "industry": "行业"}


@dataclass(frozen=True)
class Road:
    """The way of a case from its applying unit: who recommends it, who organises, by which article and line."""

    recommending_unit: TenantFacts
    organiser: TenantFacts
    line: Line
    cite: Cite

    def is_own_recommender(self, unit: TenantFacts) -> bool:
        """Whether the applying unit is itself the recommending unit: the desk moves on in place."""
        return self.recommending_unit.id == unit.id

    @property
    def ends_at_recommender(self) -> bool:
        """Whether the recommending unit is itself the organiser."""
        return self.recommending_unit.id == self.organiser.id


@dataclass(frozen=True)
class RouteRefusal:
    """Why there is no such way: what is wrong, with whom, who would be allowed, and the article."""

    problem: Problem
    unit: str
    organiser: str
    allowed: str
    cite: Cite


def next_desk_holder(
    rulebook: Rulebook,
    unit: TenantFacts,
    above: Sequence[TenantFacts],
    organiser: TenantFacts,
    *,
    line: Line | None = None,
    extra_units: Collection[UUID] = (),
) -> Road | RouteRefusal:
    """The road of a case of `unit`; `above` are all its ancestors on both lines, the highest first.

    The nearest recommending unit is taken, on the territorial line first unless `line` names one. A unit that may recommend does so itself.
    """
    if organiser.id not in {unit.id, *(tenant.id for tenant in above)}:
        return _refusal(rulebook, "outside", unit, organiser)
    itself = _entry_for(rulebook, unit, unit, line, extra_units)
    if itself is not None:
        return Road(unit, organiser, *itself)
    if unit.level not in rulebook.route.applying_levels:
        return _refusal(rulebook, "not_applying", unit, organiser)
    for wanted in (line,) if line is not None else ("territorial", "industry"):
        for tenant in _from_below(above, organiser):
            found = _entry_for(rulebook, tenant, unit, wanted, extra_units)
            if found is not None:
                return Road(tenant, organiser, *found)
    return _refusal(rulebook, "no_recommender", unit, organiser)


def refuse_recommending(
    rulebook: Rulebook, unit: TenantFacts, organiser: TenantFacts, *, has_extra_grant: bool
) -> RouteRefusal | None:
    """None where `unit` may recommend to the organiser: by its level and line, or by a recorded approval."""
    if unit.id != organiser.id and not is_above(organiser, unit) and not has_extra_grant:
        return _refusal(rulebook, "outside", unit, organiser)
    by_approval = has_extra_grant and rulebook.route.extra_units.allowed
    if by_approval or _entry_for(rulebook, unit, unit, None, ()) is not None:
        return None
    return _refusal(rulebook, "not_allowed", unit, organiser)


def may_skip_recommender(rulebook: Rulebook) -> bool:
    """Whether an edition has no recommendation at all, so that a case goes from its unit to the organiser at once."""
    return not rulebook.has_stage("recommend")


def may_be_granted_places(rulebook: Rulebook, unit: TenantFacts, organiser: TenantFacts) -> bool:
    """Whether places of a quota may be given to this unit: a recommending unit by rule, below the organiser or the organiser itself."""
    return refuse_recommending(rulebook, unit, organiser, has_extra_grant=False) is None


def recommending_names(rulebook: Rulebook) -> str:
    """Who may recommend, as a sentence names them."""
    return "、".join(recommending_name(entry) for entry in rulebook.recommending_units) or "原文未规定"


def recommending_name(entry: RecommendingUnit) -> str:
    """One kind of recommending unit, as the document names it, else by its level and line."""
    level = _LEVEL_NAMES.get(entry.level, entry.level)
    return entry.name or f"{level}工会（{_LINE_NAMES[entry.line]}）"


def _entry_for(
    rulebook: Rulebook,
    candidate: TenantFacts,
    applicant: TenantFacts,
    line: Line | None,
    extra_units: Collection[UUID],
) -> tuple[Line, Cite] | None:
    """By which line and article the candidate recommends for the applicant."""
    if rulebook.route.extra_units.allowed and candidate.id in extra_units:
        return line or "territorial", rulebook.route.extra_units.cite
    for entry in rulebook.recommending_units:
        fits = entry.level == candidate.level and line in {None, entry.line}
        if fits and _stands(candidate, applicant, entry.line):
            return entry.line, entry.cite
    return None


def _stands(candidate: TenantFacts, applicant: TenantFacts, line: Line) -> bool:
    """Whether the candidate is the applicant, or above it on the line; a federation's industry department acts for all below the federation."""
    if candidate.id == applicant.id:
        return True
    on_territory = is_ancestor(candidate.path, applicant.path)
    if line == "territorial":
        return on_territory
    upper, lower = candidate.industry_path, applicant.industry_path
    on_industry = upper is not None and lower is not None and is_ancestor(upper, lower)
    return on_industry or (candidate.line == "territorial" and on_territory)


def _from_below(above: Sequence[TenantFacts], organiser: TenantFacts) -> Iterator[TenantFacts]:
    """Those above, the nearest first, up to the organiser."""
    return (tenant for tenant in reversed(above) if tenant.id == organiser.id or is_above(organiser, tenant))


def _refusal(rulebook: Rulebook, problem: Problem, unit: TenantFacts, organiser: TenantFacts) -> RouteRefusal:
    first = next(iter(rulebook.recommending_units), None)
    cite = rulebook.route.cite if first is None else first.cite
    return RouteRefusal(problem, unit.name, organiser.name, recommending_names(rulebook), cite)
