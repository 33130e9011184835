"""`python -m dispatcher.cli.prepare`: the schema and the shipped wordings, brought up to date.

Run by `up`, by the demo and by the containers' `migrate` before anything else; running it again
changes nothing.
"""

import os
import sys
from importlib import import_module

import django
from django.core.management import call_command


def main() -> int:
    """Migrate, then load the catalogues; what was done goes to the log."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    done = import_module("dispatcher.wording.loading").load()
    sys.stdout.write(f"Wordings: {done.accepted} may be sent, {done.created} are new\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
