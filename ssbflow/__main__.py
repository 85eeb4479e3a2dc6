"""``python -m ssbflow``: the command line."""

from ssbflow.cli import main

main()
