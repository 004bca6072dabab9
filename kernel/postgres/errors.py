"""What can go wrong with the database server, said so that the person at the keyboard can act."""


class PostgresError(RuntimeError):
    """The server cannot be had; the text says why and what to do."""
