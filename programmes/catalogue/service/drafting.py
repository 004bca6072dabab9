"""Making an edition and filling in what its source document leaves open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.catalogue import repository
from programmes.catalogue.errors import (
    BAD_COHORT,
    BAD_YEAR,
    EDITION_EXISTS,
    FILL_BAD_VALUE,
    FILL_TOO_MANY,
    FILL_UNKNOWN_KEY,
    NOT_ORGANISER,
)
from programmes.catalogue.model import Edition, Programme, RulebookVersion
from programmes.catalogue.queries import (
    get_programme,
    list_level_codes,
    list_rulebook_versions,
    rulebook_version,
    rulebook_versions,
    values_of,
)
from programmes.catalogue.rules.editions import choose_version, earliest_year
from programmes.catalogue.rules.filling import BadValue, check_values, find_silence, named_levels
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.catalogue.service.standing import (
    lock_for,
    no_edition,
    require_document,
    require_next,
    require_schedule,
)

_NAME_LIMIT = 100
_LEAST_YEAR = 2015
_YEARS_AHEAD = 2
_MOST_COHORTS = 99
_MOST_VALUES = 100


@dataclass(frozen=True)
class Schedule:
    """When applications are taken: from the first to the last day, both included."""

    opens_on: date | None = None
    closes_on: date | None = None


@dataclass(frozen=True)
class NewEdition:
    """What a new edition is made of; without a name it gets the programme's name and the year."""

    programme_code: str
    year: int
    cohort_no: int = 1
    name: str | None = None
    schedule: Schedule = Schedule()


async def create_edition(scope: WriteScope, new: NewEdition) -> Edition:
    """Make the draft of an edition under the newest rules in force today.

    Raises NOT_ORGANISER, DOCUMENT_EXPIRED, BAD_YEAR, BAD_COHORT, BAD_SCHEDULE, EDITION_EXISTS.
    """
    await guard.require(scope, Permission.EDITION_CREATE, no_edition())
    code = clean_text(new.programme_code, path=("input", "programmeCode"), limit=_NAME_LIMIT)
    programme = await get_programme(scope.session, code)
    if programme.organiser_id != scope.tenant_id:
        raise NOT_ORGANISER(programme=programme.name, path=("input", "programmeCode"))
    version, rulebook = await _rules_today(scope, programme)
    require_document(rulebook, scope.clock.today())
    _require_number(scope, rulebook, new)
    require_schedule(new.schedule.opens_on, new.schedule.closes_on)
    name = f"{programme.name}（{new.year}年）" if new.name is None else new.name
    values = {
        "programme_id": programme.id,
        "rulebook_version_id": version.id,
        "name": clean_text(name, path=("input", "name"), limit=_NAME_LIMIT),
        "year": new.year,
        "cohort_no": new.cohort_no,
        "state": "draft",
        "opens_on": new.schedule.opens_on,
        "closes_on": new.schedule.closes_on,
    }
    edition = await repository.insert_edition(scope.session, values, scope.clock.now())
    if edition is None:
        raise EDITION_EXISTS(year=new.year, cohort_no=new.cohort_no, path=("input", "year"))
    after = {"programme": programme.code, "rules": version.version, "year": new.year, "cohort_no": new.cohort_no}
    audit_act(scope, "edition:create", "edition", edition.id, after=after)
    return edition


async def fill_edition(scope: WriteScope, edition_id: UUID, *, version: int, values: Mapping[str, Any]) -> Edition:
    """Give values the document is silent on, by key path; null takes one back. Who gave it and when is kept beside it.

    Raises FILL_UNKNOWN_KEY, FILL_BAD_VALUE (the first that is wrong), EDITION_STATE, STALE_VERSION.
    """
    edition = await lock_for(scope, edition_id, Permission.EDITION_FILL)
    require_version(edition, version)
    require_next(edition, "fill")
    if len(values) > _MOST_VALUES:
        raise FILL_TOO_MANY(most=_MOST_VALUES, path=("input", "values"))
    rulebook = await rulebook_version(scope.session, edition.rulebook_version_id)
    good, bad = check_values(rulebook, values)
    if bad or (bad := await _unknown_levels(scope, good)):
        raise _refusal(rulebook, bad[0])
    before = {key: value for key, value in values_of(edition.filled).items() if key in good}
    edition.filled = _filled(scope, edition.filled, good)
    touch(edition, scope.clock.now())
    await scope.session.flush()
    audit_act(scope, "edition:fill", "edition", edition.id, before=before, after=good)
    return edition


async def _rules_today(scope: WriteScope, programme: Programme) -> tuple[RulebookVersion, Rulebook]:
    """The version a new edition runs by."""
    versions = await list_rulebook_versions(scope.session, programme.id)
    rulebooks = await rulebook_versions(scope.session, [version.id for version in versions])
    chosen = choose_version(rulebooks.values(), scope.clock.today())
    return next(version for version in versions if version.version == chosen.version), chosen


async def _unknown_levels(scope: WriteScope, good: Mapping[str, Any]) -> list[BadValue]:
    """Recommending units at a level that does not exist."""
    units = {key: named_levels(value) for key, value in good.items() if named_levels(value)}
    if not units:
        return []
    known = await list_level_codes(scope.session)
    expected = " / ".join(sorted(known))
    return [BadValue(key, "not_a_choice", expected) for key, levels in units.items() if not levels <= known]


def _require_number(scope: WriteScope, rulebook: Rulebook, new: NewEdition) -> None:
    least, most = earliest_year(rulebook, _LEAST_YEAR), scope.clock.today().year + _YEARS_AHEAD
    if not least <= new.year <= most:
        raise BAD_YEAR(least=least, most=most, path=("input", "year"), rule=rulebook.cadence.cite.citation)
    if not 1 <= new.cohort_no <= _MOST_COHORTS:
        raise BAD_COHORT(most=_MOST_COHORTS, path=("input", "cohortNo"))


def _filled(scope: WriteScope, old: Mapping[str, Any], good: Mapping[str, Any]) -> dict[str, Any]:
    """The record of who filled what, with the new values in it and those taken back left out."""
    stamp = {"by": scope.actor.name, "account_id": str(scope.actor.account_id), "at": scope.clock.now().isoformat()}
    given = {key: {"value": value, **stamp} for key, value in good.items() if value is not None}
    return {key: entry for key, entry in old.items() if key not in good} | given


def _refusal(rulebook: Rulebook, bad: BadValue) -> Exception:
    path = ("input", "values", bad.key)
    silence = find_silence(rulebook, bad.key)
    if bad.problem == "unknown_key" or silence is None:
        return FILL_UNKNOWN_KEY(key=bad.key, path=path)
    return FILL_BAD_VALUE(key=bad.key, name=silence.name, expected=bad.expected, path=path, rule=silence.cite.citation)
