"""How a bundle of receipts is planned, when the server knows no more than that there are lists."""

import re

import pytest
from django.db import connection

from dispatcher.ledger import statements
from dispatcher.ledger.climb import climb
from dispatcher.ledger.facts import Rank, Receipt

pytestmark = pytest.mark.django_db
ROWS = """
    insert into ledger_dispatch (alert_ref, number, mode, scenario, part, severity, lane,
        launched_by, launched_at, cutoff_at, expires_at, plan, state, targeted)
    select 'plan-' || n, 'B', 'drill', 'recall', 'first', 'urgent', 'routine', 'mina', now(), now(),
        now(), '{}', 'running', 1 from generate_series(1, 50) n;
    insert into ledger_delivery (id, dispatch_id, contact_id, address_id, standing, written_at)
    select n, (select max(id) from ledger_dispatch), n, n, 120, now()
    from generate_series(1, 5000) n;
    insert into ledger_question (delivery_id, dispatch_id, why, asked_at, closed_at)
    select n, 1, 'timeout', now(), case when n > 3 then now() end from generate_series(1, 2000) n;
    insert into ledger_attempt (delivery_id, dispatch_id, attempt, code, at, verdict)
    select n, 1, 1, 'x', now(), case when n <= 3 then 'many' else '' end
    from generate_series(1, 2000) n;
    analyze ledger_dispatch, ledger_delivery, ledger_question, ledger_attempt;
"""


def generic_plan(name):
    """The plan that a connection keeps, as text."""
    names: list[str] = []

    def numbered(found):
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    text = re.sub(r"%\((\w+)\)s", numbered, statements.text(name)).replace("%%", "%")
    with connection.cursor() as cursor:
        cursor.execute("set local plan_cache_mode = force_generic_plan")
        connection.connection.execute(f"prepare looked_at as {text}")
        nothing = ", ".join("null" for _ in names)
        cursor.execute(f"explain execute looked_at ({nothing})")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("deallocate looked_at")
    return plan


def test_no_list_is_gone_through_for_each_of_another():
    """Few questions are open and few second ids noted when it is planned; there may be many soon."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
    plan = generic_plan("lift")
    assert "Join Filter" not in plan
    assert "question_due" not in plan
    assert "hashed SubPlan" in plan
    assert re.search(r"attempt_verdict.*\n.*delivery_id = ", plan)


def test_the_server_keeps_the_plan_of_a_climb():
    """Planned anew for each bundle it read all deliveries (30 -> 54 microseconds a receipt)."""
    for number in range(2):
        climb([Receipt(f"k{number}", 7168, 1, "twilio", Rank.DELIVERED)])
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where statement like %s",
                       ["%lifted as%"])  # fmt: skip
        assert cursor.fetchone() == (1,)
