"""Projects over time: their ledger and guards, what is expected to land, figures, snapshots."""
