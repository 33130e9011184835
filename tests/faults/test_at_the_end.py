"""After everything: every launch is looked at once more, against all that the carriers ever took."""


def test_nothing_has_changed_since(ground):
    """No message went out after its launch was examined, no book has moved, no standing has fallen."""
    for oracle in ground.tree.oracles.values():
        oracle.behave()
    found = ground.last_look()
    assert not found.breaches, "\n".join(found.breaches[:8])
    assert ground.tree.living()
