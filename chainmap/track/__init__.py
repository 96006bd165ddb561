"""Projects over time: their ledger, guards against counting twice, and what is expected to land."""
