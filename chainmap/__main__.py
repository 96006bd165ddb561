"""Let ``python -m chainmap`` do what the ``chainmap`` command does."""

from chainmap.cli.main import main

if __name__ == "__main__":
    main()
