import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kernel.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("JIANGTI_PORT", "eighty", "JIANGTI_PORT must be a whole number from 1 to 65535, not 'eighty'"),
        ("JIANGTI_PORT", "65536", "JIANGTI_PORT must be a whole number from 1 to 65535, not '65536'"),
        ("JIANGTI_PORT", "８４００", "JIANGTI_PORT must be a whole number from 1 to 65535, not '８４００'"),
        ("JIANGTI_DEMO", "perhaps", "JIANGTI_DEMO must be 1 or 0, not 'perhaps'"),
        (
            "DATABASE_URL",
            "mysql://h/d",
            "DATABASE_URL must look like postgresql://user:password@host:5432/database",
        ),
        (
            "JIANGTI_DATABASE",
            "a;drop",
            "JIANGTI_DATABASE must be up to 40 lower-case letters, digits and underscores, not 'a;drop'",
        ),
        ("JIANGTI_LOG_LEVEL", "loud", "JIANGTI_LOG_LEVEL must be one of DEBUG, ERROR, INFO, WARNING, not 'LOUD'"),
    ],
)
def test_a_wrong_value_is_answered_with_one_sentence(variable: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({variable: value})
    assert str(caught.value) == sentence


def test_settings_survive_the_way_to_a_child(tmp_path: Path) -> None:
    given = Settings.from_env({"JIANGTI_HOME": str(tmp_path), "JIANGTI_DEMO": "1", "DATABASE_URL": "postgres://u@h/x"})
    assert Settings.from_env(given.environ()) == given


@pytest.mark.parametrize(
    ("url", "name"),
    [("postgresql://h/postgres", "jiangti"), ("postgresql://h", "jiangti"), ("postgresql://h/union", "union")],
)
def test_the_database_of_the_url_is_used_unless_it_is_administrative(url: str, name: str) -> None:
    assert Settings.from_env({"DATABASE_URL": url}).database_name == name


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings.from_env({"JIANGTI_HOME": str(tmp_path / "deep" / "home")})
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings.secret_key(), range(16)))
    assert len(keys) == 1
    assert stat.S_IMODE(settings.secret_file.stat().st_mode) == 0o600
    assert [path.name for path in settings.home.iterdir()] == ["secret.key"]


def test_a_short_secret_key_is_refused(tmp_path: Path) -> None:
    short = tmp_path / "key"
    short.write_bytes(b"too short")
    with pytest.raises(SettingsError, match="must hold at least 32 bytes"):
        Settings.from_env({"JIANGTI_SECRET_FILE": str(short)}).secret_key()


def test_what_holds_passwords_does_not_show_them() -> None:
    assert "hunter2" not in repr(Settings.from_env({"DATABASE_URL": "postgresql://u:hunter2@h/d"}))
