"""Status of links, gaps and what they are worth."""
