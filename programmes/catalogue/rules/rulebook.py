"""The rulebook of one programme: which stages an edition has, who is on its route, its gates, criteria, periods, money.

The five documents differ exactly here (S1 第三条–第二十二条, S0 第三条–第十六条, S3 （二）–（十）); code knows kinds of acts, this says which of them
an edition has. An edition keeps the rulebook it was issued with, with the filled values merged in.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from programmes.catalogue.rules.values import Cite, Silence, Value
from programmes.catalogue.rules.words import (
    Force,
    GateCheck,
    Ground,
    Line,
    MoneyKind,
    MoneyTrigger,
    StageCode,
)


class Document(Value):
    """The paper the rules stand in. `effective_to` is the last day on which it is in force; null: no end is written."""

    key: str
    number: str | None
    name: str
    issuer: str | None
    instrument: str
    force: Literal["in_force", "trial", "draft_for_comment", "public_practice", "unpublished"]
    effective_from: date | None
    effective_to: date | None
    note: str | None = None


class Stage(Value):
    """A step of the pipeline, in its place; `name` and `body` (who does it) in the document's words, `body` null where silent."""

    code: StageCode
    name: str
    body: str | None
    cite: Cite


class Target(Value):
    """How many an edition means to select. Never a hard stop: the documents say 左右."""

    count: int | None = Field(ge=1)
    per: Literal["year", "cohort"]
    cite: Cite


class Cadence(Value):
    """How often an edition is called; cohorts may overlap and may end after the window."""

    per: Literal["year", "cohort"]
    cohorts: int | None = None
    first_year: int | None = None
    last_year: int | None = None
    cite: Cite


class RecommendingUnit(Value):
    """A kind of union that may put people forward to the organiser, by its level and the line on which it stands above them."""

    level: str = Field(pattern=r"^[a-z_]{1,40}$")
    line: Line
    name: str | None = None
    cite: Cite


class ExtraUnits(Value):
    """Others that may recommend, but only by a recorded approval (经研究批准, 经研究同意)."""

    allowed: bool
    who: str | None
    cite: Cite


class DirectRecognition(Value):
    """An inbound holder of a title may be recognised without review. The two switches are null where the document is silent."""

    from_level: str
    money_applies: bool | None
    waits_for_naming: bool | None
    cite: Cite


class Route(Value):
    """Who applies, recommends and organises. `recommending` null: the document does not say who nominates."""

    applying_levels: tuple[str, ...]
    recommending: tuple[RecommendingUnit, ...] | None
    organiser_level: str
    extra_units: ExtraUnits
    direct_recognition: DirectRecognition | None = None
    cite: Cite


class Letters(Value):
    """Recommendations by senior peers of the applicant's profession, none from the applicant's own unit."""

    count: int = Field(ge=0)
    cite: Cite


class Factor(Value):
    """One of the things the places of a unit are weighed by."""

    key: str
    name: str


class QuotaRule(Value):
    """`by_notice`: each recommending unit may send up so many as the call gives it; `none`: no limit is written."""

    mode: Literal["by_notice", "none"]
    factors: tuple[Factor, ...] = ()
    cite: Cite


class Gate(Value):
    """A condition. Hard: without it the formal review fails. Soft: a warning. `value` as its `check` needs it."""

    key: str
    check: GateCheck
    hard: bool
    value: int | bool | tuple[str, ...] | None
    wording: str
    cite: Cite


class Criterion(Value):
    """One of the five forces' items. `max_points` in whole points; `weight` in per cent, null: the points count as they are."""

    force: Force
    item: int = Field(ge=1)
    name: str
    text: str
    max_points: int | None = Field(default=None, ge=1, le=1000)
    weight: int | None = Field(default=None, ge=0, le=1000)
    cite: Cite

    @property
    def key(self) -> str:
        """As score sheets and key paths name it: `leadership_1`."""
        return f"{self.force}_{self.item}"


class Scoring(Value):
    """How sheets become a score. `pass_score` in hundredths of a point of the case's score; null: none is set."""

    aggregation: Literal["mean", "median", "trimmed_mean"] | None
    experts_per_case: int | None = Field(ge=1, le=99)
    pass_score: int | None = Field(ge=0)
    cite: Cite


class NoticeRule(Value):
    """The public notice before the decision takes effect; `fields` are all that it may show of a person."""

    working_days: int | None = Field(ge=1, le=60)
    fields: tuple[str, ...]
    cite: Cite


class Cultivation(Value):
    """The period between announcement and certificate; in an issued edition `months`, `plan_owner` and `report_every_months` are filled."""

    months: int | None = Field(ge=1, le=120)
    plan_owner: Literal["employer", "recommending_unit"] | None
    report_every_months: int | None = Field(ge=1, le=24)
    requires: tuple[Literal["tasks_completed", "assessed_qualified"], ...]
    extension_allowed: bool | None
    cite: Cite


class MoneyRule(Value):
    """Money that becomes due when `trigger` happens.

    One of `amount_fen` (分) and `per_mille` (of the reward that was recorded), or neither where the document names no amount.

    `payer` is a level code, or `any_level` where each level is only encouraged. `payee` null: whom to pay is silent, the record is blocked.
    `times`: how often at most for one person or studio. For recorded rewards: `only_titles_from`, the levels whose unions' titles count;
    `only_reward_kinds`, what must have been paid; `must_hold_title`, null where silent.
    """

    code: str
    trigger: MoneyTrigger
    kind: MoneyKind
    amount_fen: int | None = Field(ge=0)
    per_mille: int | None = Field(default=None, ge=1, le=10_000)
    one_off: bool
    times: int | None = Field(default=None, ge=1)
    payer: str
    payee: Literal["person", "employer", "recommending_unit", "studio", "project", "academy"] | None
    purpose: str
    recoverable: Literal["yes", "no", "silent"]
    only_titles_from: tuple[str, ...] = ()
    only_reward_kinds: tuple[MoneyKind, ...] = ()
    must_hold_title: bool | None = None
    cite: Cite


class Feeder(Value):
    """How strongly a lower title is expected of a candidate. `binds_organiser_of`: only the organiser of that programme is bound by it."""

    title_code: str
    mode: Literal["none", "score_item", "in_principle", "required"]
    binds_organiser_of: str | None = None
    cite: Cite


class CertificateRule(Value):
    """What the title holder receives; the body that awards it need not be the organiser."""

    name: str
    awarding_body: str
    series: str
    cite: Cite


class RevocationRule(Value):
    """Why and by whom a cultivation is stopped or a title taken back. `decided_by` null: silent."""

    grounds: tuple[Ground, ...]
    decided_by: str | None
    cite: Cite


class Provision(Value):
    """What people read and no machine judges: benefits, duties, reports; with a `silent` citation, what the document leaves open."""

    heading: str
    text: str
    cite: Cite


class Rulebook(Value):
    """All rules of one programme in one version."""

    programme: str
    name: str
    version: str
    level: str
    title_code: str
    title_name: str
    document: Document
    cadence: Cadence
    target: Target
    stages: tuple[Stage, ...]
    route: Route
    letters: Letters
    quota: QuotaRule
    gates: tuple[Gate, ...]
    criteria: tuple[Criterion, ...] = ()
    scoring: Scoring | None = None
    notice: NoticeRule | None = None
    cultivation: Cultivation | None = None
    money: tuple[MoneyRule, ...] = ()
    feeders: tuple[Feeder, ...] = ()
    register_levels: tuple[str, ...] = ()
    certificate: CertificateRule
    revocation: RevocationRule
    provisions: tuple[Provision, ...] = ()
    silences: tuple[Silence, ...] = ()

    def has_stage(self, code: StageCode | Literal["cultivation"]) -> bool:
        """Whether an edition has this step; `cultivation` may be said for `cultivate`."""
        wanted = "cultivate" if code == "cultivation" else code
        return any(stage.code == wanted for stage in self.stages)

    def find_gate(self, check: GateCheck) -> Gate | None:
        """The gate of this kind, if the programme has one."""
        return next((gate for gate in self.gates if gate.check == check), None)

    def find_feeder(self, title_code: str) -> Feeder | None:
        """What the programme says of candidates who hold this title."""
        return next((feeder for feeder in self.feeders if feeder.title_code == title_code), None)

    @property
    def recommending_units(self) -> tuple[RecommendingUnit, ...]:
        """Who may recommend; empty until it is filled in where the document is silent."""
        return self.route.recommending or ()
