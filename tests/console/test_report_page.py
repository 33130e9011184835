"""The report's page."""

from dispatcher.ledger.facts import Outcome
from tests.console.conftest import NASTY


def test_page(story, kenji, signed_in):
    """It shows."""
    one = story(title=NASTY)
    taken = one.send([Outcome.taken("A"), Outcome.unsure("timeout"), Outcome.refused(NASTY)] * 9)
    one.deliver(taken["sms"][:2])
    page = signed_in(kenji).get(f"/dispatches/{one.dispatch.pk}/")
    open("/tmp/con/page.html", "wb").write(page.content)
    assert page.status_code == 200
    assert NASTY not in page.content.decode()
    assert client_get(signed_in, kenji) 
    
def client_get(signed_in, kenji):
    page = signed_in(kenji).get("/")
    open("/tmp/con/list.html", "wb").write(page.content)
    return page.status_code == 200
