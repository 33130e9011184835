"""`python -m contacts.samples 2000 > people.csv`: invented people as a spreadsheet."""

import argparse
import csv
import io
import sys

from contacts.samples.people import HEADINGS, make


def main(argv: list[str] | None = None) -> int:
    """Write so many people to standard output, in UTF-8 and with a header."""
    parser = argparse.ArgumentParser(prog="python -m contacts.samples", description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--push-base", default="https://push.example.net")
    parser.add_argument("--wrong", type=float, default=0.0, help="share of rows with an error")
    asked = parser.parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    writer = csv.DictWriter(sys.stdout, HEADINGS)
    writer.writeheader()
    writer.writerows(make(asked.count, asked.seed, push_base=asked.push_base, wrong=asked.wrong))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
