"""Kinds and states of innovation studios.

建立劳模和工匠人才创新工作室；打造技能大师工作室和企业首席技师工作室 (武侯区实施办法 （五）);
符合条件的优先命名为全国示范性劳模和工匠人才创新工作室 (总工发〔2024〕1号 第十五条).
"""

from enum import StrEnum


class StudioKind(StrEnum):
    """What the documents call a studio."""

    MODEL_WORKER_AND_CRAFTSMAN = "model_worker_and_craftsman"
    WORKER_INNOVATION = "worker_innovation"
    SKILL_MASTER = "skill_master"
    CHIEF_TECHNICIAN = "chief_technician"


class StudioState(StrEnum):
    """Whether the naming holds."""

    NAMED = "named"
    WITHDRAWN = "withdrawn"
