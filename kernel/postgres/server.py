"""A running PostgreSQL server and how to reach it as its administrator."""

from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens and who administrates it; `password` never shows in `repr`."""

    host: str
    port: int
    superuser: str | None
    password: str | None = field(repr=False)
    maintenance_database: str = "postgres"
    embedded: bool = True

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """The server of DATABASE_URL; user and password may be missing where only the product's own roles connect."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 5432,
            superuser=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            maintenance_database=unquote(parts.path.lstrip("/")) or "postgres",
            embedded=False,
        )

    def url(self, database: str, role: str | None = None, password: str | None = None) -> str:
        """An SQLAlchemy (asyncpg) URL; as the administrator where no role is given."""
        user = self.superuser if role is None else role
        secret = self.password if role is None else password
        login = quote(user or "", safe="") + (":" + quote(secret, safe="") if secret else "")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"postgresql+asyncpg://{login}@{host}:{self.port}/{quote(database, safe='')}"
