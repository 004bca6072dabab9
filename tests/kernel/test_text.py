import pytest

from kernel.errors import Failure
from kernel.text import clean_text

PATH = ("input", "name")


def test_text_is_trimmed_and_composed_and_keeps_its_lines() -> None:
    assert clean_text(" 第一行\r\n第二行\t完 ", path=PATH, limit=20) == "第一行\n第二行\t完"
    assert clean_text("阿依古丽·买买提 ئالمىرە", path=PATH, limit=30) == "阿依古丽·买买提 ئالمىرە"


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u2060", "\x00", "\x1b", "\ud800"])
def test_what_is_not_seen_or_turns_the_text_round_is_refused_at_its_field(hidden: str) -> None:
    with pytest.raises(Failure) as refusal:
        clean_text(f"张{hidden}三", path=PATH, limit=20)
    assert (refusal.value.code, refusal.value.path) == ("BAD_CHARACTER", PATH)
