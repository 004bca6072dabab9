"""How the server is tuned: `durable` keeps what it was told, `test` is fast and may lose everything."""

from typing import Literal

Profile = Literal["durable", "test"]

_ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "jit": "off",
    "random_page_cost": "1.1",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_error_verbosity": "terse",  # the detail of an error quotes rows, with names in them
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "max_wal_size": "1GB",
}
_PROFILES: dict[Profile, dict[str, str]] = {
    "durable": {
        "shared_buffers": "160MB",
        "effective_cache_size": "1GB",
        "maintenance_work_mem": "64MB",
        "max_connections": "200",
        "wal_compression": "on",
        "log_min_duration_statement": "1s",
    },
    "test": {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "256MB",
        "max_connections": "300",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "checkpoint_timeout": "1h",
        "max_wal_size": "4GB",
        "max_parallel_workers_per_gather": "0",
        "autovacuum_naptime": "1h",
        "log_min_messages": "error",
        "log_min_error_statement": "panic",
    },
}


def options(profile: Profile) -> list[str]:
    """The settings as arguments of the `postgres` program."""
    chosen = _ALWAYS | _PROFILES[profile]
    return [argument for name, value in chosen.items() for argument in ("-c", f"{name}={value}")]
