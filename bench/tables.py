"""What was measured, as Markdown."""

import statistics
from collections.abc import Callable, Iterable, Sequence

from bench.rounds import Point, Series

_HEAD = (
    "contestant",
    "requests/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "server CPU µs",
    "database CPU µs",
    "memory MiB",
    "refused",
)


def table_of(series: Series, yardstick: str) -> str:
    """One question at one number of connections: medians over the rounds, and each contestant's ratio to the yardstick."""
    lines = [
        f"### {series.question.title} (`{series.question.name}`), connections: {series.connections}",
        "",
        _row((*_HEAD, f"requests/s ÷ {yardstick}", f"p99 ÷ {yardstick}")),
        _row(["---"] * (len(_HEAD) + 2)),
    ]
    lines += [
        _row([name, *_values(points), *_ratios(series, name, yardstick)]) for name, points in series.points.items()
    ]
    return "\n".join(lines)


def summary(found: Sequence[Series], ours: str, others: Iterable[str]) -> str:
    """Ours against each of the others: one row for each question and number of connections."""
    others = list(others)
    head = [
        "question",
        "connections",
        *(f"requests/s ÷ {other}" for other in others),
        *(f"p99 ÷ {other}" for other in others),
    ]
    lines = [_row(head), _row(["---"] * len(head))]
    for series in found:
        rates = [_ratio(series, ours, other, lambda point: point.rate) for other in others]
        tails = [_ratio(series, ours, other, lambda point: point.p99) for other in others]
        lines.append(_row([series.question.name, str(series.connections), *rates, *tails]))
    return "\n".join(lines)


def _values(points: Sequence[Point]) -> list[str]:
    def median(part: Callable[[Point], float]) -> float:
        return statistics.median(part(point) for point in points)

    return [
        f"{median(lambda point: point.rate):,.0f}",
        f"{median(lambda point: point.p50):.2f}",
        f"{median(lambda point: point.p95):.2f}",
        f"{median(lambda point: point.p99):.2f}",
        f"{median(lambda point: point.own_cpu):,.0f}",
        f"{median(lambda point: point.database_cpu):,.0f}",
        f"{points[-1].memory:,.0f}" if points[-1].memory else "–",
        f"{sum(point.refused for point in points):,}",
    ]


def _ratios(series: Series, name: str, yardstick: str) -> list[str]:
    if name == yardstick:
        return ["1", "1"]
    return [
        _ratio(series, name, yardstick, lambda point: point.rate),
        _ratio(series, name, yardstick, lambda point: point.p99),
    ]


def _ratio(series: Series, name: str, other: str, part: Callable[[Point], float]) -> str:
    """The median of the rounds' ratios, with the least and the greatest."""
    if name not in series.points or other not in series.points:
        return "–"
    pairs = zip(series.points[name], series.points[other], strict=True)
    ratios = [part(mine) / part(theirs) for mine, theirs in pairs]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}…{max(ratios):.2f})"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
