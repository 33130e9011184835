"""A story at several terminals, kept as it was said: commands and answers, in Markdown."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.cli.conftest import Said

LONGEST = 60
"""Lines of one answer; what is left out is counted."""


@dataclass
class Transcript:
    """What was typed, by whom, and what was answered."""

    lines: list[str] = field(default_factory=list)

    def tell(self, text: str) -> None:
        """A sentence between two commands."""
        self.lines += [text, ""]

    def typed(
        self, name: str, terminal: Callable[..., Said], *arguments: str, code: int = 0
    ) -> Said:
        """A command, its answer and its exit code, which must be this one."""
        said = terminal(*arguments)
        assert said.code == code, (arguments, said)
        answer = [line.rstrip() for line in f"{said.out}{said.err}".splitlines()]
        left = len(answer) - LONGEST
        self.lines += [
            f"{name}:", "", "```console", f"$ ./dispatch {shlex.join(arguments)}",
            *answer[:LONGEST], *([f"… {left} more lines"] if left > 0 else []),
            *([f"# exit code {code}"] if code else []), "```", "",
        ]  # fmt: skip
        return said

    def quietly(self, name: str, terminal: Callable[..., Said], *arguments: str) -> Said:
        """The same where the answer says nothing new."""
        said = terminal(*arguments)
        assert said.code == 0, (arguments, said)
        self.lines += [f"{name}: `./dispatch {shlex.join(arguments)}`", ""]
        return said

    def text(self) -> str:
        """The whole as one Markdown text."""
        return "\n".join(self.lines).rstrip() + "\n"
