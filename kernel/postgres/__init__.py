"""The embedded PostgreSQL: found, initialised, started, adopted and stopped by us; or the server that DATABASE_URL names."""

from kernel.postgres.errors import PostgresError
from kernel.postgres.roles import DatabaseRole, database_urls, role_name, role_password
from kernel.postgres.server import Server
from kernel.postgres.supervisor import Status, ensure_server, find_server, purge, server_status, stop_server
from kernel.postgres.usage import server_in_use

__all__ = [
    "DatabaseRole",
    "PostgresError",
    "Server",
    "Status",
    "database_urls",
    "ensure_server",
    "find_server",
    "purge",
    "role_name",
    "role_password",
    "server_in_use",
    "server_status",
    "stop_server",
]
