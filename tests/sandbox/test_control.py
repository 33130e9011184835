"""The sandbox's own doors, its laws of chance, and its start and stop."""

import json
import signal
import socket
import subprocess
import sys
import urllib.error
from collections import Counter
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.sandbox.config import Config
from dispatcher.sandbox.faults import CARRIERS, Face, Faults, Unreadable
from dispatcher.sandbox.forms import fields
from dispatcher.sandbox.memory import Memory, Taken
from dispatcher.sandbox.receipts import plan
from dispatcher.sandbox.segments import parts
from dispatcher.sandbox.starter import Sandbox

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
MIXED = {"refused": 0.1, "throttled": 0.2, "error_500": 0.1, "cut": 0.2, "silent": 0.1}


def create(sandbox, to="+12025550101", **more):
    sid = sandbox.accounts.twilio_sid
    return requests.post(
        f"{sandbox.url}/2010-04-01/Accounts/{sid}/Messages.json",
        auth=(sid, sandbox.accounts.twilio_token),
        data={"To": to, "From": "+12025550100", "Body": "x"} | more,
        timeout=5,
    )


def test_the_same_seed_deals_the_same_verdicts():
    """For each recipient, whatever the order among recipients."""
    people = [f"+1202555{number:04d}" for number in range(300)]
    dealt = []
    for order in (people, people[::-1]):
        faults = Faults(7)
        faults.tell({"twilio": MIXED | {"latency_ms": [0, 100]}})
        dealt.append(
            {to: (v.face, v.latency, v.dice) for to in order for v in [faults.deal("twilio", to)]}
        )
    assert dealt[0] == dealt[1]
    other = Faults(8)
    other.tell({"twilio": MIXED})
    assert {to: other.deal("twilio", to).face for to in people} != {
        to: each[0] for to, each in dealt[0].items()
    }


def test_shares_are_met():
    """Of 20,000 messages each fault meets its share, within two percent of all."""
    faults = Faults(1)
    faults.tell({"fcm": MIXED})
    met = Counter(faults.deal("fcm", f"device-{n}").face.value for n in range(20_000))
    for name, share in (MIXED | {"plain": 0.3}).items():
        assert abs(met[name] / 20_000 - share) < 0.02


def test_strikes_end():
    """A recipient is met so many times, then served."""
    faults = Faults(1)
    faults.tell({"twilio": {"throttled": 1, "strikes": 2}})
    faces = [faults.deal("twilio", "+12025550101").face for _ in range(3)]
    assert faces == [Face.THROTTLED, Face.THROTTLED, Face.PLAIN]


def test_one_address_can_be_told_apart(sandbox):
    """A fault for one recipient leaves the others alone."""
    sandbox.faults(addresses={"+12025550102": {"refused": 1, "refusal": "21614"}})
    assert create(sandbox, "+12025550101").status_code == 201
    assert create(sandbox, "+12025550102").json()["code"] == 21614


@given(
    st.sampled_from(CARRIERS),
    st.integers(0, 2**64 - 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(1, 4),
)
def test_a_plan_loses_and_repeats_but_never_invents(carrier, seed, lost, reordered, repeat):
    """Every step happens; what is told is each kept step, exactly `repeat` times; times never fall."""
    faults = Faults(seed)
    faults.tell({carrier: {"lost": lost, "reordered": reordered, "repeat": repeat}})
    words = ((0.0, "queued", ""), (0.4, "sent", ""), (1.0, "delivered", ""))
    steps = plan(words, faults.deal(carrier, "a"))
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    told = Counter(step.word for step in steps if not step.lost)
    quiet = Counter(step.word for step in steps if step.lost)
    for _, word, _ in words:
        assert (told[word], quiet[word]) in ((repeat, 0), (0, 1))


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"twillio": {}}, "twillio"),
        ({"twilio": {"throtled": 1}}, "twilio.throtled"),
        ({"twilio": {"throttled": 1.5}}, "twilio.throttled"),
        ({"twilio": {"throttled": "often"}}, "twilio.throttled"),
        ({"twilio": {"latency_ms": [9, 1]}}, "twilio.latency_ms"),
        ({"twilio": {"latency_ms": [1, 2, 3]}}, "twilio.latency_ms"),
        ({"twilio": 5}, "twilio"),
        ({"addresses": {"+1": {"lost": -1}}}, "addresses.+1.lost"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_its_place(sandbox, told, place):
    """400 that names the field; what was told before stands."""
    sandbox.faults(twilio={"throttled": 0.25})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        sandbox.faults(**told)
    assert json.load(refusal.value)["error"].startswith(place)
    assert sandbox.ask("GET", "/sandbox/faults")["twilio"]["throttled"] == 0.25
    with pytest.raises(Unreadable):
        Faults(1).tell(told)


def test_a_form_of_another_site_cannot_set_faults(sandbox):
    """Only JSON is taken: a browser asks before it sends that to a foreign address."""
    answer = requests.post(f"{sandbox.url}/sandbox/faults", data="{}", timeout=2)
    assert answer.status_code == 415


def test_what_was_taken_is_told_in_order_and_from_a_place(sandbox):
    """`after` pages through the log; DELETE empties it, and numbers go on."""
    for number in range(3):
        create(
            sandbox, f"+1202555010{number}", StatusCallback="http://127.0.0.1:9/hooks/twilio/77/1"
        )
    rows = sandbox.taken("twilio")
    assert [row["to"][-1] for row in rows] == ["0", "1", "2"]
    assert [row["delivery"] for row in rows] == ["77"] * 3
    assert rows[0]["at"] < rows[1]["at"] < rows[2]["at"]
    assert [row["number"] for row in sandbox.taken(after=rows[1]["number"])] == [rows[2]["number"]]
    assert sandbox.taken("fcm") == []
    sandbox.forget()
    assert sandbox.taken() == []
    create(sandbox)
    assert sandbox.taken()[0]["number"] == rows[2]["number"] + 1


def test_what_a_device_shows_is_forgotten_with_the_log():
    """No index outlives the messages that it names."""
    memory = Memory(keep=1)
    for number in range(1, 4):
        taken = Taken(memory.number(), 0.0, "fcm", "push", str(number), f"device-{number}", "", {})
        memory.add(taken)
        memory.show(taken, "tag")
    assert set(memory.shown) == {("device-3", "tag")}


def test_the_log_is_capped_and_counts_go_on():
    """The oldest falls out, from every index."""
    memory = Memory(keep=2)
    for number in range(1, 6):
        memory.add(
            Taken(memory.number(), 0.0, "twilio", "sms", f"SM{number}", f"+{number % 2}", "", {})
        )
    assert [each.number for each in memory.taken] == [4, 5]
    assert set(memory.by_id) == {"SM4", "SM5"}
    assert {to: len(kept) for to, kept in memory.phones.items()} == {"+0": 1, "+1": 1}
    assert memory.counts["twilio"]["taken"] == 5
    assert [each.number for each in memory.after(3)] == [4, 5]
    assert [each.number for each in memory.after(4)] == [5]


@given(st.dictionaries(TEXT, TEXT, max_size=5))
def test_forms_are_read_as_urllib_writes_them(form):
    """Every text survives, in every script."""
    assert fields(urlencode(form).encode()) == form


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("€" * 77 + "a" * 152, 3),
        ("ش" * 70, 1),
        ("ش" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
    ],
)
def test_parts_are_counted_as_the_carrier_bills_them(text, number):
    """160/153 septets or 70/67 units; a pair is never split."""
    assert parts(text) == number


def test_requests_in_one_packet_are_answered_in_order(sandbox):
    """Pipelining: the slow first answer is not overtaken."""
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as line:
        line.sendall(
            b"GET /sandbox/health HTTP/1.1\r\nHost: x\r\n\r\nGET /no/such HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        told = b"".join(iter(lambda: line.recv(65536), b""))
    assert told.index(b"200 OK") < told.index(b"404 Not Found")


def test_what_is_not_http_is_shown_out(sandbox):
    """400, and the server lives on."""
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as line:
        line.sendall(b"\x16\x03\x01\x02\x00 hello\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 400")
    assert sandbox.ask("GET", "/sandbox/health") == {"status": "ok"}


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "dispatcher.sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_stops_when_asked_and_keeps_its_key(tmp_path):
    """SIGTERM ends it with code 0; the next run with the same state has the same FCM account."""
    keys = []
    for _ in range(2):
        running = start("--port", "0", "--state", str(tmp_path / "state"))
        url = running.stdout.readline().split()[-1]
        keys.append(
            requests.get(f"{url}sandbox/accounts", timeout=5).json()["fcm_service_account"][
                "private_key"
            ]
        )
        running.send_signal(signal.SIGTERM)
        assert running.wait(5) == 0
    assert keys[0] == keys[1]
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_a_port_that_is_taken_is_said(sandbox):
    """Code 3 and a sentence with the port and the way out."""
    port = sandbox.url.rpartition(":")[2]
    running = start("--port", port)
    assert running.wait(10) == 3
    told = running.stderr.read()
    assert port in told
    assert "--port" in told
    with pytest.raises(OSError, match="in use"), Sandbox(Config(port=int(port))):
        pass


@pytest.mark.parametrize(
    "arguments", [["--fault", "twilio"], ["--faults", "{"], ["--fault", "x.y=1"]]
)
def test_wrong_arguments_are_said(arguments):
    """Code 2 and a sentence."""
    running = start("--port", "0", *arguments)
    assert running.wait(10) == 2
    assert running.stderr.read()


def test_faults_can_be_told_at_the_start():
    """On the command line in two forms."""
    running = start("--port", "0", "--fault", "twilio.throttled=0.5", "--faults", '{"seed": 9}')
    url = running.stdout.readline().split()[-1]
    told = requests.get(f"{url}sandbox/faults", timeout=5).json()
    running.terminate()
    running.wait(5)
    assert (told["seed"], told["twilio"]["throttled"]) == (9, 0.5)


def test_the_journal_holds_what_was_taken(tmp_path):
    """A whole line for each message, written before it is answered; later runs append."""
    journal = tmp_path / "journal"
    for number in (1, 2):
        with Sandbox(Config(port=0, journal=journal)) as sandbox:
            callback = f"http://127.0.0.1:9/hooks/twilio/102{number}/3"
            assert create(sandbox, StatusCallback=callback).status_code == 201
            told = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [(line["delivery"], line["attempt"], line["to"]) for line in told] == [
        ("1021", 3, "+12025550101"),
        ("1022", 3, "+12025550101"),
    ]
