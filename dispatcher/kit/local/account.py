"""Under which account the servers run: as we do, or as an unprivileged one when we are root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

NAMES = ("postgres", "nobody")
"""Tried in this order; PostgreSQL refuses to run as root."""


@dataclass(frozen=True, slots=True)
class Account:
    """A system account."""

    name: str
    uid: int
    gid: int


def servants() -> Account | None:
    """The account for servers that root starts; None when we are not root and need no other."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[name] for name in NAMES if name in known)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def reaches(account: Account, path: Path) -> bool:
    """Whether the account may walk to `path` (the directories above it; links are resolved)."""
    return all(_enters(account, above) for above in path.resolve().parents)


def _enters(account: Account, directory: Path) -> bool:
    """The execute bit that holds for the account; a directory that is still to be made is ours."""
    try:
        found = directory.stat()
    except FileNotFoundError:
        return True
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def give(path: Path, account: Account | None) -> None:
    """Make the account the owner of a file or directory of ours."""
    if account:
        os.chown(path, account.uid, account.gid)
