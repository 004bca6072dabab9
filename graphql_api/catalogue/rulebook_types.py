"""What the contract shows of a rulebook: each value with the article it stands in, null and named where the document is silent."""

from enum import StrEnum
from typing import Any, TypeVar, cast

import strawberry

from graphql_api.catalogue.words import Basis, CiteType, StageCode
from graphql_api.scalars import Date, Decimal, Money, money_of
from programmes.catalogue.rules import rulebook as rules
from programmes.catalogue.rules.values import Cite, Silence, Value

T = TypeVar("T")


@strawberry.type(name="SourceDocument", description="The paper the rules stand in.")
class DocumentType:
    number: str | None
    name: str
    issuer: str | None
    instrument: str
    force: str
    effective_from: Date | None
    effective_to: Date | None = strawberry.field(description="The last day; null: no end is written.")
    note: str | None


@strawberry.type(name="Stage", description="A step of the pipeline, in its place.")
class StageType:
    code: StageCode
    name: str
    body: str | None = strawberry.field(description="Who does it; null: silent.")
    cite: CiteType


@strawberry.type(name="Target", description="How many an edition means to select; a soft number.")
class TargetType:
    count: int | None
    per: str
    cite: CiteType


@strawberry.type(name="RecommendingUnitRule", description="A kind of union that may recommend.")
class RecommendingUnitType:
    level: str
    line: str
    name: str | None
    cite: CiteType


@strawberry.type(name="ExtraUnitsRule", description="Who may recommend only by a recorded approval.")
class ExtraUnitsType:
    allowed: bool
    who: str | None
    cite: CiteType


@strawberry.type(name="DirectRecognitionRule", description="Recognition of an inbound title holder without review.")
class DirectRecognitionType:
    from_level: str
    money_applies: bool | None
    waits_for_naming: bool | None
    cite: CiteType


@strawberry.type(name="Route", description="Who applies, recommends and organises.")
class RouteType:
    applying_levels: list[str]
    recommending: list[RecommendingUnitType] | None = strawberry.field(
        description="Null: the document does not say who nominates."
    )
    organiser_level: str
    extra_units: ExtraUnitsType
    direct_recognition: DirectRecognitionType | None
    cite: CiteType


@strawberry.type(name="LettersRule", description="Recommendations by senior peers from outside the unit.")
class LettersType:
    count: int
    cite: CiteType


@strawberry.type(name="QuotaFactor", description="One of the things places are weighed by.")
class FactorType:
    key: str
    name: str


@strawberry.type(name="QuotaRule", description="Whether recommending units have a number of places.")
class QuotaRuleType:
    mode: str
    factors: list[FactorType]
    cite: CiteType


@strawberry.type(name="Gate", description="A condition; a hard one fails the formal review, a soft one warns.")
class GateType:
    key: str
    check: str
    hard: bool
    wording: str
    cite: CiteType


@strawberry.type(name="Criterion", description="One item of the five forces.")
class CriterionType:
    key: str
    force: str
    item: int
    name: str
    text: str
    max_points: int | None
    weight: int | None
    cite: CiteType


@strawberry.type(name="ScoringRule", description="How score sheets become a score.")
class ScoringType:
    aggregation: str | None
    experts_per_case: int | None
    pass_score: int | None = strawberry.field(description="In hundredths of a point.")
    cite: CiteType


@strawberry.type(name="NoticeRule", description="The public notice: its length and all it may show of a person.")
class NoticeRuleType:
    working_days: int | None
    fields: list[str]
    cite: CiteType


@strawberry.type(name="CultivationRule", description="The period between announcement and certificate.")
class CultivationType:
    months: int | None
    plan_owner: str | None
    report_every_months: int | None
    requires: list[str]
    extension_allowed: bool | None
    cite: CiteType


@strawberry.type(name="MoneyRule", description="Money that becomes due when its trigger happens.")
class MoneyRuleType:
    code: str
    trigger: str
    kind: str = strawberry.field(description="working_fund, subsidy or reward: three different things.")
    amount: Money | None = strawberry.field(description="Null: a share, or silent.")
    per_mille: int | None = strawberry.field(description="Of the reward that was recorded.")
    one_off: bool
    payer: str
    payee: str | None
    purpose: str
    recoverable: str
    cite: CiteType


@strawberry.type(name="FeederRule", description="How strongly a lower title is expected of a candidate.")
class FeederType:
    title_code: str
    mode: str
    cite: CiteType


@strawberry.type(name="CertificateRule", description="What a title holder receives, and from whom.")
class CertificateRuleType:
    name: str
    awarding_body: str
    cite: CiteType


@strawberry.type(name="RevocationRule", description="Why and by whom a title is taken back.")
class RevocationRuleType:
    grounds: list[str]
    decided_by: str | None
    cite: CiteType


@strawberry.type(name="Provision", description="A further provision that people read.")
class ProvisionType:
    heading: str
    text: str
    cite: CiteType


@strawberry.type(name="Silence", description="A value on which the document is silent, to be filled in per edition.")
class SilenceType:
    key: str = strawberry.field(description="Its path; `*` stands for each member of a list.")
    name: str
    kind: str
    mandatory: bool = strawberry.field(description="Without it the edition cannot be issued.")
    minimum: Decimal | None = strawberry.field(
        description="Of a number; amounts are in 分 and may be greater than an Int."
    )
    maximum: Decimal | None
    choices: list[str]
    practice: str | None = strawberry.field(description="What others do; a hint, never a default.")
    cite: CiteType


@strawberry.type(
    name="Rulebook",
    description="All rules of a programme in one version; of an edition, with the filled values in place.",
)
class RulebookType:
    version: str
    document: DocumentType
    target: TargetType
    stages: list[StageType]
    route: RouteType
    letters: LettersType
    quota: QuotaRuleType
    gates: list[GateType]
    criteria: list[CriterionType]
    scoring: ScoringType | None
    notice: NoticeRuleType | None
    cultivation: CultivationType | None
    money: list[MoneyRuleType]
    feeders: list[FeederType]
    register_levels: list[str]
    certificate: CertificateRuleType
    revocation: RevocationRuleType
    provisions: list[ProvisionType]
    silences: list[SilenceType]


_SHOWN: dict[type[Value], type[Any]] = {
    Cite: CiteType,
    Silence: SilenceType,
    rules.Document: DocumentType,
    rules.Stage: StageType,
    rules.Target: TargetType,
    rules.RecommendingUnit: RecommendingUnitType,
    rules.ExtraUnits: ExtraUnitsType,
    rules.DirectRecognition: DirectRecognitionType,
    rules.Route: RouteType,
    rules.Letters: LettersType,
    rules.Factor: FactorType,
    rules.QuotaRule: QuotaRuleType,
    rules.Gate: GateType,
    rules.Criterion: CriterionType,
    rules.Scoring: ScoringType,
    rules.NoticeRule: NoticeRuleType,
    rules.Cultivation: CultivationType,
    rules.MoneyRule: MoneyRuleType,
    rules.Feeder: FeederType,
    rules.CertificateRule: CertificateRuleType,
    rules.RevocationRule: RevocationRuleType,
    rules.Provision: ProvisionType,
    rules.Rulebook: RulebookType,
}
_ENUMS: dict[tuple[type, str], type[StrEnum]] = {(CiteType, "basis"): Basis, (StageType, "code"): StageCode}


def rulebook_shown(rulebook: rules.Rulebook) -> RulebookType:
    """A rulebook as the contract shows it."""
    return _shown(RulebookType, rulebook)


def _shown(kind: type[T], value: Value) -> T:
    """Each field of the shown type is the field of the same name; amounts of 分 become Money."""
    given: dict[str, Any] = {}
    for name in kind.__annotations__:
        found = money_of(getattr(value, "amount_fen", None)) if name == "amount" else _part(getattr(value, name))
        enum = _ENUMS.get((kind, name))
        given[name] = found if enum is None else enum(found)
    return kind(**given)


def _part(found: Any) -> Any:  # noqa: ANN401 - any value of a rulebook
    if isinstance(found, Value):
        return _shown(_SHOWN[type(found)], found)
    if isinstance(found, tuple):
        return [_part(member) for member in cast("tuple[Any, ...]", found)]
    return found
