"""How one sandbox is set up, and the invented accounts that every carrier in it knows."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TAKEN_KEPT = 200_000


@dataclass(frozen=True, slots=True)
class Accounts:
    """Credentials that open this sandbox and nothing else; all follow from the seed."""

    twilio_sid: str
    twilio_token: str
    sendgrid_key: str

    @classmethod
    def of(cls, seed: int) -> "Accounts":
        """The same accounts for the same seed, so that a demo can be configured beforehand."""
        return cls(
            twilio_sid="AC" + secret("twilio-sid", seed=seed)[:32],
            twilio_token=secret("twilio-token", seed=seed)[:32],
            sendgrid_key="sandbox." + secret("sendgrid-key", seed=seed)[:43],
        )


def secret(name: str, *, seed: int) -> str:
    """64 hexadecimal digits that follow from a name and the seed."""
    return hashlib.sha256(f"sandbox:{seed}:{name}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Config:
    """One sandbox. Port 0 takes a free one; an empty `events_url` sends no SendGrid events."""

    host: str = "127.0.0.1"
    port: int = 8090
    seed: int = 1
    events_url: str = ""
    """Where SendGrid's event webhook is posted."""
    inbound_url: str = ""
    """Where messages to our numbers are told; empty: beside the receipts of the last to a phone."""
    receipts_via: str = ""
    """`http://host:port` that every receipt is sent to, whatever host its address names."""
    receipts_to: tuple[str, ...] = ()
    """Hosts beside loopback that receipts may go to."""
    connections: int = 32
    """Receipts in flight to one host."""
    keep: int = TAKEN_KEPT
    journal: Path | None = None
    """A file to which every acceptance is appended."""
    fcm_key: str = field(default="", repr=False)
    """The service account's private key in PEM; empty makes one for this run."""
    public_url: str = ""
    """How clients reach this sandbox; empty: the address that it listens on."""
    batch_wait: float = 1.0
    """Seconds for which SendGrid's events are collected."""
    faults: dict[str, Any] = field(default_factory=dict)
    """What `POST /sandbox/faults` takes, from the start."""

    @property
    def accounts(self) -> Accounts:
        """The accounts of this seed."""
        return Accounts.of(self.seed)
