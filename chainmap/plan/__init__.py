"""From a ranking to a programme: the path of a chain."""
