"""The only doors in: workspace, chain files, tables and the checks on them."""
