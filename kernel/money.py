"""Money is an integer number of 分 in the database and a Decimal of 元 at the edges; never a float."""

from decimal import Decimal

from kernel.errors import BAD_AMOUNT

FEN_PER_YUAN = 100
_MOST_FEN = 10**15


def fen_from_yuan(text: str, *, path: tuple[str, ...]) -> int:
    """分 from an amount of 元 written as text, such as `20000` or `0.05`; raises BAD_AMOUNT at `path`."""
    try:
        fen = Decimal(text) * FEN_PER_YUAN
    except ArithmeticError as problem:  # not a number, or one whose exponent has no end
        raise BAD_AMOUNT(path=path) from problem
    if not fen.is_finite() or not 0 <= fen <= _MOST_FEN or fen != fen.to_integral_value():
        raise BAD_AMOUNT(path=path)
    return int(fen)


def yuan(fen: int) -> Decimal:
    """元 from 分, always with two decimals."""
    return (Decimal(fen) / FEN_PER_YUAN).quantize(Decimal("0.01"))


def share(fen: int, per_mille: int) -> int:
    """The part of an amount in thousandths, in 分, rounded half up."""
    return (fen * per_mille + 500) // 1000
