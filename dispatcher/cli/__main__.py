"""`python -m dispatcher.cli`: the same as the command `dispatcher`."""

from dispatcher.cli.main import main

main()
