"""Keeping person files: enter, correct, show what is sealed, and what a person has agreed to."""

from programmes.people.service.consents import (
    CONSENT_WITHDRAWN_EVENT,
    feed_consents,
    hear_withdrawal,
    record_consent,
    withdraw_consent,
)
from programmes.people.service.exporting import REFERS, Look, export_subject, who_saw
from programmes.people.service.files import (
    PERSON_CHANGED,
    PERSON_EXISTS,
    Revealed,
    create_person,
    export_person,
    reveal_person,
    sort_key,
    take_in_person,
    update_person,
)

__all__ = [
    "CONSENT_WITHDRAWN_EVENT",
    "PERSON_CHANGED",
    "PERSON_EXISTS",
    "REFERS",
    "Look",
    "Revealed",
    "create_person",
    "export_person",
    "export_subject",
    "feed_consents",
    "hear_withdrawal",
    "record_consent",
    "reveal_person",
    "sort_key",
    "take_in_person",
    "update_person",
    "who_saw",
    "withdraw_consent",
]
