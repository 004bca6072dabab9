from authz import enforcer
from authz.matrix import README, document


def test_the_document_beside_the_policies_is_fresh() -> None:
    """When this fails: `python -m authz.matrix`, then read what changed."""
    assert README.read_text(encoding="utf-8") == document(enforcer.current())
