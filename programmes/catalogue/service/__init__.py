"""What one does with editions: make, fill, issue, run by their dates, and give and use the places of recommending units."""

from programmes.catalogue.service.drafting import NewEdition, Schedule, create_edition, fill_edition
from programmes.catalogue.service.issuing import issue_edition
from programmes.catalogue.service.places import (
    Approval,
    grant_extra_unit,
    receive_recommending_grant,
    release_place,
    set_quota,
    use_place,
)
from programmes.catalogue.service.running import (
    advance_edition,
    cancel_edition,
    close_edition,
    due_editions,
    follow_case,
    on_edition_due,
    open_edition,
    run_schedule,
)

__all__ = [
    "Approval",
    "NewEdition",
    "Schedule",
    "advance_edition",
    "cancel_edition",
    "close_edition",
    "create_edition",
    "due_editions",
    "fill_edition",
    "follow_case",
    "grant_extra_unit",
    "issue_edition",
    "on_edition_due",
    "open_edition",
    "receive_recommending_grant",
    "release_place",
    "run_schedule",
    "set_quota",
    "use_place",
]
