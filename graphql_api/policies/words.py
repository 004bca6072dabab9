"""The sentence for what is allowed; what is refused has the refusal's own."""

from authz.decision import Decision
from authz.names import ACT_NAMES, KIND_NAMES, role_names
from authz.stages import stage_name

_SENTENCES = {
    "zh": "可以：角色“{roles}”可对“{stage}”状态的{kind}执行“{act}”（策略：{policy}）",
    "en": "Allowed: {codes} may do {permission} in state {stage_code} (policy: {policy})",
}


def sentence_of(decision: Decision, language: str) -> str:
    """The decision as a person reads it."""
    if (reason := decision.reason) is not None:
        return reason.sentence(language)
    asked = decision.request
    return _SENTENCES["en" if language == "en" else "zh"].format(
        roles=role_names(asked.roles),
        codes=", ".join(sorted(asked.roles)),
        stage=stage_name(asked.typ, asked.stage),
        stage_code=asked.stage,
        kind=KIND_NAMES[asked.typ],
        act=ACT_NAMES[asked.act],
        permission=asked.permission,
        policy=decision.policy,
    )
