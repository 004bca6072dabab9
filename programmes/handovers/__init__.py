"""What crosses from one tenant to another: sealed dossiers, outcomes, register entries."""
