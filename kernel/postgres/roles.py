"""The product's database roles: who they are, what they are called, and how every process with the key file knows their passwords."""

from enum import StrEnum

from kernel.postgres.server import Server
from kernel.settings import DatabaseUrls, Settings


class DatabaseRole(StrEnum):
    """The parts a connection can play."""

    OWNER = "owner"
    """Owns the database and its tables; migrations only."""
    APP = "app"
    """The web: one tenant per transaction."""
    COURIER = "courier"
    """Workers: the queue of all tenants, and one tenant after the other."""
    LOGIN = "login"
    """Looks up accounts and sessions before the tenant is known."""
    AUDITOR = "auditor"
    """Reads and verifies the audit chain."""


def role_name(prefix: str, role: DatabaseRole) -> str:
    """What the role is called in PostgreSQL."""
    return f"{prefix}_{role.value}"


def role_password(settings: Settings, role: DatabaseRole) -> str:
    """Derived from the secret key, so it is stored nowhere."""
    return settings.derive(f"database role {role_name(settings.role_prefix, role)}").hex()


def database_urls(settings: Settings, server: Server, database: str | None = None) -> DatabaseUrls:
    """The URL of each role on a server; of the installation's own database where none is named."""

    def url(role: DatabaseRole) -> str:
        name = role_name(settings.role_prefix, role)
        return server.url(database or settings.database_name, name, role_password(settings, role))

    return DatabaseUrls(
        owner=url(DatabaseRole.OWNER),
        app=url(DatabaseRole.APP),
        courier=url(DatabaseRole.COURIER),
        login=url(DatabaseRole.LOGIN),
        auditor=url(DatabaseRole.AUDITOR),
    )
