"""`python -m nowboard` is the `nowboard` command."""

from __future__ import annotations

from nowboard.cli.main import main

if __name__ == "__main__":
    main()
