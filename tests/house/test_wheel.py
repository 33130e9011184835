"""What is installed is what works in a checkout: the wheel holds the words, the SQL, the pages."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """The names in the wheel, built here without the network."""
    place = tmp_path_factory.mktemp("wheel")
    built = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", built, str(place)], cwd=ROOT, check=True)
    (path,) = Path(place).glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def sources() -> set[str]:
    """All files of the packages that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(
        [*command, *PACKAGES, "locales"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name for name in told.stdout.split("\n") if name and (ROOT / name).exists()}


def test_every_file_is_in_the_wheel(wheel):
    """Python, SQL, scenarios, templates, static files and catalogues alike."""
    assert sources() - wheel == set()


def test_the_words_are_compiled(wheel):
    """Each translated console catalogue has its .mo."""
    pages = {name for name in wheel if name.endswith("/django.po")}
    assert {name.replace(".po", ".mo") for name in pages} <= wheel


def test_nothing_else_is_in_the_wheel(wheel):
    """No tests, no caches, nobody's local files."""
    foreign = {
        name
        for name in wheel - sources()
        if not name.endswith("/django.mo") and ".dist-info/" not in name
    }
    assert foreign == set()
