"""What has ended by itself is swept: sessions, devices, marks."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from dispatcher.conf import work
from dispatcher.operators import tasks


def test_sessions_that_have_ended_go_with_their_devices(sofie):
    """Those that last stay, and so do their devices."""
    now = timezone.now()
    for key, ends in (("gone", now - timedelta(hours=1)), ("here", now + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="x", expire_date=ends)
        UserSession.objects.create(user=sofie, session_key=key, ip="203.0.113.9")
    UserSession.objects.create(user=sofie, session_key="signed-out", ip="203.0.113.9")
    assert tasks.erase_sessions() == 1
    assert set(Session.objects.values_list("session_key", flat=True)) == {"here"}
    assert set(UserSession.objects.values_list("session_key", flat=True)) == {"here"}


def test_marks_that_have_ended_go(db):  # noqa: ARG001
    """A code used yesterday fits no more; one that was used just now is still remembered."""
    cache.set("used.just.now", 1, 600)
    cache.set("used.yesterday", 1, 600)
    with connection.cursor() as cursor:
        cursor.execute(
            "update operators_marks set expires = now() - interval '1 day' where cache_key like %s",
            ["%yesterday"],
        )
    tasks.erase_sessions()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from operators_marks where cache_key like '%yesterday'")
        assert cursor.fetchone() == (0,)
    assert cache.get("used.just.now") == 1


def test_the_clock_asks_for_it():
    """By the hour: a clock that keeps no file would forget what is due once a day."""
    planned = [one for one in work.beat_schedule.values() if "erase_sessions" in one["task"]]
    assert [one["schedule"] for one in planned] == [3600.0]
