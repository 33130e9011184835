"""The entry of the command line: sets Django up, then runs the verb that argv names."""

import logging
import os
import sys
from importlib import import_module

import django


def main() -> None:
    """Run `dispatcher …` and exit with one of the documented codes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
    django.setup()
    logging.getLogger().setLevel(logging.ERROR)  # what people must know, the verbs say
    import_module("dispatcher.conf.tracing").begin("cli")
    house = import_module("dispatcher.cli.app")
    house.speak()
    try:
        house.app(prog_name="dispatcher")
    except BrokenPipeError:  # `dispatcher … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
