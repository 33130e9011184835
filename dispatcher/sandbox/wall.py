"""stub."""

from dataclasses import dataclass

from dispatcher.sandbox.memory import Memory
from dispatcher.sandbox.server import Reply, Request


@dataclass
class Wall:
    memory: Memory

    def __call__(self, request: Request) -> Reply:
        return Reply(404)
