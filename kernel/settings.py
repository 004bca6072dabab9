"""What a person may set from outside, read once from the environment; every wrong value is answered with one sentence."""

import hmac
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kernel.keyring import Crypto, begin_keyring

_KEY_BYTES = 32
_YES = {"1", "true", "yes", "on"}
_NO = {"", "0", "false", "no", "off"}
LOGIN_POOL = 4
"""Connections of an API process as the login role; each is needed for a statement or two."""
_KEPT_FREE = 4
"""Of an API process's connections as the web's role: three for subscriptions, one to say whether it is ready."""
_ADMINISTRATIVE_DATABASES = {"", "postgres", "template1"}


class SettingsError(ValueError):
    """A value from outside that cannot be used; the text names the variable and what it should be."""


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One SQLAlchemy (asyncpg) URL per database role; each process opens only those of the roles it plays. They hold passwords."""

    owner: str = field(repr=False)
    app: str = field(repr=False)
    courier: str = field(repr=False)
    login: str = field(repr=False)
    auditor: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between two installations; times are seconds."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 8400
    database_url: str | None = field(default=None, repr=False)
    database_name: str = "jiangti"
    role_prefix: str = "jiangti"
    postgres_user: str | None = None
    demo: bool = False
    secret_file: Path
    keyring_file: Path
    crypto: Crypto = Crypto.AES
    oidc_file: Path | None = None
    api_processes: int = 1
    worker_processes: int = 1
    worker_threads: int = 8
    app_pool_size: int = 10
    courier_pool_size: int = 10
    start_timeout: float = 600.0
    drain_timeout: float = 20.0
    log_level: str = "INFO"
    follow_parent: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment; raises SettingsError for the first value that cannot be used."""
        home = Path(environ.get("JIANGTI_HOME") or ".jiangti").expanduser().absolute()
        database_url = environ.get("DATABASE_URL") or None
        return cls(
            home=home,
            host=environ.get("JIANGTI_HOST") or "127.0.0.1",
            port=_integer(environ, "JIANGTI_PORT", 8400, 1, 65535),
            database_url=_checked_url(database_url),
            database_name=_name(environ, "JIANGTI_DATABASE", _database_of(database_url) or "jiangti"),
            role_prefix=_name(environ, "JIANGTI_ROLE_PREFIX", "jiangti"),
            postgres_user=environ.get("JIANGTI_PG_USER") or None,
            demo=_flag(environ, "JIANGTI_DEMO"),
            secret_file=Path(environ.get("JIANGTI_SECRET_FILE") or home / "secret.key").expanduser().absolute(),
            keyring_file=Path(environ.get("JIANGTI_KEYRING_FILE") or home / "keyring.json").expanduser().absolute(),
            crypto=Crypto(_choice(environ, "JIANGTI_CRYPTO", "AES", {"AES", "SM"}).lower()),
            oidc_file=_file(environ, "JIANGTI_OIDC_FILE"),
            api_processes=_integer(environ, "JIANGTI_API_PROCESSES", 1, 1, 64),
            worker_processes=_integer(environ, "JIANGTI_WORKERS", 1, 0, 64),
            worker_threads=_integer(environ, "JIANGTI_WORKER_THREADS", 8, 1, 64),
            app_pool_size=_integer(environ, "JIANGTI_APP_POOL", 10, 1, 200),
            courier_pool_size=_integer(environ, "JIANGTI_COURIER_POOL", 10, 1, 200),
            start_timeout=float(_integer(environ, "JIANGTI_START_TIMEOUT", 600, 1, 86400)),
            drain_timeout=float(_integer(environ, "JIANGTI_DRAIN_TIMEOUT", 20, 1, 600)),
            log_level=_choice(environ, "JIANGTI_LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"}),
            follow_parent=_flag(environ, "JIANGTI_FOLLOW_PARENT"),
        )

    def environ(self) -> dict[str, str]:
        """These settings as the environment of a child process: `from_env` of it gives equal settings."""
        values = {
            "JIANGTI_HOME": str(self.home),
            "JIANGTI_HOST": self.host,
            "JIANGTI_PORT": str(self.port),
            "DATABASE_URL": self.database_url or "",
            "JIANGTI_DATABASE": self.database_name,
            "JIANGTI_ROLE_PREFIX": self.role_prefix,
            "JIANGTI_PG_USER": self.postgres_user or "",
            "JIANGTI_DEMO": "1" if self.demo else "",
            "JIANGTI_SECRET_FILE": str(self.secret_file),
            "JIANGTI_KEYRING_FILE": str(self.keyring_file),
            "JIANGTI_CRYPTO": self.crypto,
            "JIANGTI_OIDC_FILE": str(self.oidc_file or ""),
            "JIANGTI_API_PROCESSES": str(self.api_processes),
            "JIANGTI_WORKERS": str(self.worker_processes),
            "JIANGTI_WORKER_THREADS": str(self.worker_threads),
            "JIANGTI_APP_POOL": str(self.app_pool_size),
            "JIANGTI_COURIER_POOL": str(self.courier_pool_size),
            "JIANGTI_START_TIMEOUT": str(int(self.start_timeout)),
            "JIANGTI_DRAIN_TIMEOUT": str(int(self.drain_timeout)),
            "JIANGTI_LOG_LEVEL": self.log_level,
            "JIANGTI_FOLLOW_PARENT": "1" if self.follow_parent else "",
        }
        return {name: value for name, value in values.items() if value}

    @property
    def turns(self) -> int:
        """Requests an API process works on at a time: one for each connection that nothing else needs."""
        return max(1, self.app_pool_size - _KEPT_FREE)

    @property
    def clock_file(self) -> Path:
        """Where the demo's shift against the machine's clock is kept (`kernel.clock.ShiftedClock`)."""
        return self.home / "clock.shift"

    def secret_key(self) -> bytes:
        """The installation's secret; made on first use, readable by its owner only. Losing it loses what it encrypts."""
        if not self.secret_file.exists():
            if self.crypto is not Crypto.AES:
                begin_keyring(self.keyring_file, self.crypto)
            _create_secret(self.secret_file)
        try:
            key = self.secret_file.read_bytes()
        except OSError as failure:
            message = f"the secret key file {self.secret_file} cannot be read: {failure.strerror}"
            raise SettingsError(message) from failure
        if len(key) < _KEY_BYTES:
            message = f"the secret key file {self.secret_file} must hold at least {_KEY_BYTES} bytes"
            raise SettingsError(message)
        return key

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose (HMAC-SHA256 of its name); different purposes never share a key."""
        return hmac.digest(self.secret_key(), purpose.encode(), sha256)


def _create_secret(path: Path) -> None:
    """Write a fresh key; when two processes come at once, the first one's key stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _integer(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    given = environ.get(name) or str(default)
    if not (given.isascii() and given.isdigit() and low <= int(given) <= high):
        message = f"{name} must be a whole number from {low} to {high}, not {given!r}"
        raise SettingsError(message)
    return int(given)


def _file(environ: Mapping[str, str], name: str) -> Path | None:
    given = environ.get(name)
    return Path(given).expanduser().absolute() if given else None


def _flag(environ: Mapping[str, str], name: str) -> bool:
    given = environ.get(name, "").lower()
    if given not in _YES | _NO:
        message = f"{name} must be 1 or 0, not {given!r}"
        raise SettingsError(message)
    return given in _YES


def _choice(environ: Mapping[str, str], name: str, default: str, allowed: set[str]) -> str:
    given = (environ.get(name) or default).upper()
    if given not in allowed:
        message = f"{name} must be one of {', '.join(sorted(allowed))}, not {given!r}"
        raise SettingsError(message)
    return given


def _name(environ: Mapping[str, str], variable: str, default: str) -> str:
    """A name that is safe unquoted in SQL and in a path."""
    given = environ.get(variable) or default
    plain = given.isascii() and given.replace("_", "").isalnum() and not given[0].isdigit() and given == given.lower()
    if not plain or len(given) > 40:  # noqa: PLR2004 - room for a suffix below PostgreSQL's 63 bytes
        message = f"{variable} must be up to 40 lower-case letters, digits and underscores, not {given!r}"
        raise SettingsError(message)
    return given


def _checked_url(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"postgresql", "postgres"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        message = "DATABASE_URL must look like postgresql://user:password@host:5432/database"
        raise SettingsError(message)
    return url


def _database_of(url: str | None) -> str | None:
    """The database a URL names, unless it is one that only serves to administrate."""
    if url is None or _checked_url(url) is None:
        return None
    name = unquote(urlsplit(url).path.lstrip("/"))
    return None if name in _ADMINISTRATIVE_DATABASES else name
