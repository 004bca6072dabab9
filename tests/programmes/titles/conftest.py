from tests.programmes.awards import awards

__all__ = ["awards"]
