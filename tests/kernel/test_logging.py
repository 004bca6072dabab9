import json
import logging
from collections.abc import Iterator

import pytest

from kernel.logging import bind_context, clear_context, configure_logging, get_logger
from kernel.settings import Settings


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers, root.level = before
    clear_context()


def last_line(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_line_carries_its_context_and_no_personal_data(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(settings, "api")
    bind_context(request_id="r-1", tenant="5101")
    get_logger("t").info(
        "提交 11010519491231002X 电话 13800138000", id_number="11010519491231002X", form={"phone": "1"}, n=3
    )
    line = last_line(capsys)
    del line["timestamp"]
    assert line == {
        "event": "提交 *** 电话 ***",
        "request_id": "r-1",
        "tenant": "5101",
        "id_number": "***",
        "form": {"phone": "***"},
        "n": 3,
        "level": "info",
        "logger": "t",
        "process": "api",
    }


def test_a_library_that_logs_a_url_shows_no_password(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(settings, "api")
    logging.getLogger("library").warning("cannot reach %s", "postgresql://u:hunter2@h/d")
    assert last_line(capsys)["event"] == "cannot reach postgresql://u:***@h/d"


def test_a_machines_token_is_hidden_wherever_it_stands(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(settings, "api")
    logging.getLogger("library").warning("header was %s", f"Bearer jiangti_{'a-_Z' * 10}abc")
    assert last_line(capsys)["event"] == "header was Bearer ***"
