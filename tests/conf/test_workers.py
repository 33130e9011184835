"""What a worker loads: it is started again when it dies, and people wait for it."""

import os
import subprocess
import sys

CODE = """
import sys
from dispatcher.conf.celery import app
app.loader.import_default_modules()
print(*sorted(name for name in sys.modules if name.endswith(("conf.urls", "console.urls"))))
print("dispatcher.fanout.tasks" in sys.modules)
"""


def test_a_worker_loads_no_page():
    """Celery would run Django's checks, and these load the whole console."""
    unset = {"CELERY_SKIP_CHECKS", "PYTEST_CURRENT_TEST"}
    environ = {name: value for name, value in os.environ.items() if name not in unset}
    ran = subprocess.run([sys.executable, "-c", CODE], env=environ, text=True,
        capture_output=True, check=True)  # fmt: skip
    assert ran.stdout.split("\n")[:2] == ["", "True"]
