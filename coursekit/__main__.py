"""Runs the command line where the ``coursekit`` script is not on the path."""

from coursekit.cli import main

main()
