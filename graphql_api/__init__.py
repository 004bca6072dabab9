"""The only place that speaks GraphQL and HTTP: declared reads, thin writes, limits. Start with README.md."""
