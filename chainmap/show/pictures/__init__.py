"""Pictures: what a reader should see, laid out into pages of shapes and text."""
