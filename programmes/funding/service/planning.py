"""What happened elsewhere makes money due here: one record for each rule and cause, however often the news is delivered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.clock import CHINA
from kernel.ids import new_id
from programmes.applications.queries import get_application
from programmes.applications.rules.transitions import State
from programmes.catalogue.queries import get_edition, rulebook_of
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.cultivation.rules import years_of_period
from programmes.funding import repository
from programmes.funding.events import announce_record
from programmes.funding.queries import find_studio_edition
from programmes.funding.rules import Happening, PlannedMoney, due_records
from programmes.studios.queries import get_studio
from programmes.titles.queries import get_honour, get_title, list_titles_held

FOLLOWED = "follow"


@dataclass(frozen=True)
class About:
    """Whom and what a record speaks of."""

    programme_id: UUID
    edition_id: UUID
    case_id: UUID | None = None
    person_id: UUID | None = None
    studio_id: UUID | None = None


async def on_title_granted(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `title_granted`: rewards and subsidies of a title that this union granted."""
    title = await get_title(scope.session, UUID(body["title_id"]))
    rulebook = await rulebook_of(scope.session, title.edition_id)
    happening = Happening(
        trigger="titled",
        cause=f"title:{title.id}",
        on=title.granted_on,
        level=scope.actor.tenant.level,
        organiser_level=rulebook.route.organiser_level,
    )
    about = About(title.programme_id, title.edition_id, title.case_id, title.person_id)
    await _plan(scope, rulebook, happening, about)


async def on_cultivation_year_begun(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `cultivation_year_begun`: the working fund of one year, due on its first day."""
    application = await get_application(scope.session, UUID(body["application_id"]))
    about = await _about_case(scope, application.edition_id, application.case_id, application.person_id)
    await _plan_year(scope, about, int(body["year"]), date.fromisoformat(body["begins_on"]))


async def on_case_followed(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `application_moved` with the act `follow`: where a case is in cultivation above, the levels below may match its fund."""
    if body["act"] != FOLLOWED:
        return
    application = await get_application(scope.session, UUID(body["application_id"]))
    if application.upstream_state != State.CULTIVATING or application.upstream_at is None:
        return
    rulebook = await rulebook_of(scope.session, application.edition_id)
    if rulebook.cultivation is None or rulebook.cultivation.months is None:
        return
    about = await _about_case(scope, application.edition_id, application.case_id, application.person_id)
    began = application.upstream_at.astimezone(CHINA).date()
    for year in years_of_period(began, rulebook.cultivation.months):
        await _plan_year(scope, about, year.number, year.begins_on)


async def on_reward_recorded(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `reward_recorded`: the match that the rules of the person's own title promise.

    The rulebook is that of the edition which granted the feeder title; whether its document still held is judged on the day of the honour.
    """
    reward = await repository.get_reward(scope.session, UUID(body["reward_id"]))
    honour = await get_honour(scope.session, reward.honour_id)
    title_level = await repository.level_of(scope.session, honour.granted_by_id)
    for title in await list_titles_held(scope.session, honour.person_id, honour.granted_on):
        rulebook = await rulebook_of(scope.session, title.edition_id)
        happening = Happening(
            trigger="reward_recorded",
            cause=f"honour:{honour.id}",
            on=honour.granted_on,
            level=scope.actor.tenant.level,
            organiser_level=rulebook.route.organiser_level,
            reward_kind=reward.kind,
            reward_fen=reward.amount_fen,
            title_level=title_level,
        )
        about = About(title.programme_id, title.edition_id, honour.case_id, honour.person_id)
        await _plan(scope, rulebook, happening, about)


async def on_studio_named(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `studio_named`: the grant of this union's own programme for a studio, once per studio."""
    studio = await get_studio(scope.session, UUID(body["studio_id"]))
    edition = await find_studio_edition(scope.session, studio.named_on)
    if edition is None:
        return
    rulebook = await rulebook_of(scope.session, edition.id)
    happening = Happening(
        trigger="studio_named",
        cause=f"studio:{studio.id}",
        on=studio.named_on,
        level=scope.actor.tenant.level,
        organiser_level=rulebook.route.organiser_level,
    )
    about = About(edition.programme_id, edition.id, person_id=studio.leader_id, studio_id=studio.id)
    await _plan(scope, rulebook, happening, about)


async def _plan_year(scope: WriteScope, about: About, number: int, begins_on: date) -> None:
    rulebook = await rulebook_of(scope.session, about.edition_id)
    happening = Happening(
        trigger="cultivation_year_begun",
        cause=f"case:{about.case_id}:year:{number}",
        on=begins_on,
        level=scope.actor.tenant.level,
        organiser_level=rulebook.route.organiser_level,
        ordinal=number,
    )
    await _plan(scope, rulebook, happening, about)


async def _about_case(scope: WriteScope, edition_id: UUID, case_id: UUID, person_id: UUID) -> About:
    edition = await get_edition(scope.session, edition_id)
    return About(edition.programme_id, edition.id, case_id, person_id)


async def _plan(scope: WriteScope, rulebook: Rulebook, happening: Happening, about: About) -> None:
    await guard.require(scope, Permission.FUNDING_PLAN, Subject(kind="funding"))
    planned: list[dict[str, object]] = []
    for money in due_records(rulebook.money, rulebook.document, happening):
        record_id = new_id()
        values = {**_values(scope, money, about), "id": record_id}
        if await repository.insert_record(scope.session, values):
            said = {"rule": money.rule.code, "cause": money.cause, "amount_fen": money.amount_fen}
            announce_record(scope.session, record_id, "plan", scope.clock.now())
            planned.append({"record": str(record_id), **said, "state": money.state.value})
    if planned:
        audit_act(scope, "funding:plan", "edition", about.edition_id, after={"records": planned})
    await scope.session.flush()


def _values(scope: WriteScope, money: PlannedMoney, about: About) -> dict[str, object]:
    now = scope.clock.now()
    return {
        "tenant_id": scope.tenant_id,
        "programme_id": about.programme_id,
        "edition_id": about.edition_id,
        "case_id": about.case_id,
        "person_id": about.person_id,
        "studio_id": about.studio_id,
        "rule_code": money.rule.code,
        "cause": money.cause,
        "kind": money.rule.kind,
        "amount_fen": money.amount_fen,
        "base_fen": money.base_fen,
        "year": money.due_on.year,
        "due_on": money.due_on,
        "purpose": money.rule.purpose,
        "payee_kind": money.payee_kind,
        "recoverable": money.rule.recoverable,
        "question": money.question,
        "state": money.state.value,
        "document": money.rule.cite.document,
        "article": money.rule.cite.article,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
