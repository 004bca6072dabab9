"""What those who are looking are told of handovers. Other unions hear of them by letters."""

from kernel.database import WriteSession
from kernel.live import announce_change
from programmes.handovers.model import Handover

CONFIRMED = "confirmed"
OUTCOME = "outcome"


def announce_passing(session: WriteSession, handover: Handover, act: str | None = None) -> None:
    """The record changed: into its present state, or by an act that leaves the state as it is."""
    announce_change(session, "handover", handover.id, act or handover.state, handover.updated_at)
