"""What a removal of a group says of what it leaves on the router."""

from __future__ import annotations

from nr_run.services.ra.service import REMOTE_ACCESS

from .groups import BARE, PARTS, deployed, planned


def left(name: str, running: str) -> list[str]:
    """What a removal says of keys."""
    stays = REMOTE_ACCESS.removal(PARTS[name], planned(name, running), running).stays
    return [words for words in stays if "keeps no-xauth" in words]


def test_a_key_that_keeps_no_xauth_is_named() -> None:
    """A tunnel's key got it so that its router is not asked for a user; nobody knows whether it had it before, so it is told."""
    running = deployed("staff", deployed("tunnel", BARE))
    assert "address 172.18.124.199 no-xauth" in running
    (words,) = left("staff", running)
    assert words.endswith("when no user is asked for, it does nothing")


def test_while_another_group_is_there_nothing_is_said() -> None:
    """The map goes on asking, so the keys need it as before."""
    running = deployed("partners", deployed("staff", deployed("tunnel", BARE)))
    assert left("staff", running) == []
    assert left("staff", deployed("staff", BARE)) == []
