"""Pages for a browser: one file each, which asks for nothing outside itself."""
