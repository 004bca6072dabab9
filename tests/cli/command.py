"""A command of the product's, run in the test's own process."""

from collections.abc import Callable

Run = Callable[..., tuple[int, str, str]]
"""Takes the line and what stands on standard input; gives exit code, standard output, standard error."""
