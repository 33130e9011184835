"""The sweep finds all work again, however much of it a dead worker held."""

import pytest

from dispatcher.fanout.tasks import sweep
from dispatcher.ledger import entries
from dispatcher.ledger.models import Batch
from tests.ledger.conftest import enlist, open_dispatch, person  # noqa: F401  # fixtures
from tests.ledger.test_books import figures, shift


@pytest.mark.django_db
def test_one_sweep_takes_all_batches_from_a_dead_worker(enlist):  # noqa: F811
    dispatch = enlist([person(n, region=f"X{n:03}") for n in range(1, 151)])
    while batches := entries.claim("critical", people=100):
        entries.advance([(batch, 1) for batch in batches[:10]])
    sent = figures(dispatch)["in_flight"]
    shift(seconds=11)
    sweep()
    assert not Batch.objects.filter(state="claimed").exists()
    assert figures(dispatch) == {"waiting": 150 - sent, "unknown": sent}
