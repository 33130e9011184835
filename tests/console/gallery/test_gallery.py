"""Every page of the console in both directions, both schemes and both widths."""

import pytest
from django.urls import get_resolver

from tests.console.gallery import recipes
from tests.console.gallery.camera import LIGHTS, mends
from tests.console.test_doors import console

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_every_page_has_a_recipe(town):
    """The list of pages is the resolver's: a new page without a recipe fails here."""
    names = {str(entry.name) for entry in console()}
    walked = {shot.view for shot in recipes.shots(town)} - {""}
    assert get_resolver()
    assert names - walked == set(recipes.NOT_A_PAGE)
    assert walked <= names


def test_each_page_once(town, camera):
    """Each in one of the eight ways, in turn; `./dispatch gallery` does all eight."""
    walk = {shot.view or shot.name: shot for shot in reversed(recipes.shots(town))}
    seen = [
        camera.look(shot, LIGHTS[place % len(LIGHTS)], picture=False)
        for place, shot in enumerate(walk.values())
    ]
    assert mends(seen) == ""
