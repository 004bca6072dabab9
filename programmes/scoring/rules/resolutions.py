"""由党组审议（总工发〔2024〕1号 第七条; 常工发〔2024〕60号 第八条）: what the deliberation of a proposed list may come to."""

from enum import StrEnum


class ResolutionDecision(StrEnum):
    """What a resolution does with the cases it names; `send_back` lets the meeting decide anew."""

    APPROVE = "approve"
    SEND_BACK = "send_back"
    DROP = "drop"
