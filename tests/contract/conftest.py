from tests.isolation.fixtures import app, contract, owner, quiet, registry, year, year_template, year_urls

__all__ = ["app", "contract", "owner", "quiet", "registry", "year", "year_template", "year_urls"]
