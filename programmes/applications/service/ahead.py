"""What the acts on one case will ask the database, so that it is asked once."""

from collections.abc import Sequence
from typing import Any

from authz import carried
from authz.scope import WriteScope
from kernel.foresight import Asked
from programmes.applications import repository
from programmes.applications.model import Application
from programmes.catalogue.ahead import EDITION, GRANT, PROGRAMMES
from programmes.people.queries import CONSENT, PERSON
from programmes.people.rules import Purpose
from tenants.queries import UNION, all_above

MOST_RANK = 9999


def ahead_of_moving(application: Application) -> Sequence[Asked[Any]]:
    """For the table, the gate and the duty of any act on the case."""
    return EDITION.of(edition_id=application.edition_id), *carried.parts_in(application.id)


def ahead_of_endorsing(scope: WriteScope, application: Application) -> Sequence[Asked[Any]]:
    """Likewise for its road up, and for the dossier."""
    road = (all_above(scope.actor.tenant), GRANT.of(edition_id=application.edition_id))
    return *ahead_of_moving(application), UNION.of(union_id=application.organiser_id), *road, *_dossier(application)


def ahead_of_recommending(application: Application, rank: int | None) -> Sequence[Asked[Any]]:
    """Likewise for a nominee of this union; the places it has are locked with the case."""
    ranked = (repository.rank_holders(application, rank),) if rank is not None and 1 <= rank <= MOST_RANK else ()
    organiser = UNION.of(union_id=application.organiser_id)
    return *ahead_of_moving(application), organiser, PROGRAMMES.of(), *ranked, *_dossier(application)


def _dossier(application: Application) -> Sequence[Asked[Any]]:
    person, case = {"person_id": application.person_id}, {"application_id": application.id}
    return (
        PERSON.of(**person),
        CONSENT.of(**person, purpose=Purpose.UPWARD),
        repository.EVIDENCE.of(**case),
        repository.LETTERS.of(**case),
        repository.LAST_SNAPSHOT.of(**case),
    )
