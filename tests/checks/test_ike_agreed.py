"""What an IKEv2 SA was agreed with, against what is intended."""

from __future__ import annotations

import pytest

from nr_run.checks.ike_agreed import Suite, has_other, others, printed, untold, weaker
from nr_run.checks.observations.questions import IkeRow

WANTED = Suite("aes-256-cbc", "hmac-sha256", 14)
GCM = Suite("aes-256-gcm", "hmac-sha256", 19)


def row(cipher: str | None, integrity: str | None, group: int | None, *, up: bool = True) -> IkeRow:
    """One SA."""
    return IkeRow("a to b", frozenset(), "READY", up, 2, encryption=cipher, integrity=integrity, group=group)


@pytest.mark.parametrize(
    ("shown", "wanted", "other"),
    [
        (("aes-256-cbc", "hmac-sha256", 14), WANTED, False),
        (("aes-128-cbc", "hmac-sha256", 14), WANTED, True),
        (("aes-256-cbc", "hmac-sha1", 14), WANTED, True),
        (("aes-256-cbc", None, 14), WANTED, True),
        (("aes-256-cbc", "hmac-sha256", 2), WANTED, True),
        ((None, None, None), WANTED, None),
        (("aes-256-cbc", "hmac-sha256", None), WANTED, None),
        (("aes-256-gcm", None, 19), GCM, False),
        (("aes-256-gcm", "hmac-sha384", 19), GCM, True),
    ],
)
def test_each_of_the_three_is_compared(
    shown: tuple[str | None, str | None, int | None], wanted: Suite, other: bool | None
) -> None:
    """Another cipher, integrity or group is another SA than is intended; what is not printed is not known, and is no equal."""
    assert has_other(row(*shown), wanted) is other
    assert others([row(*shown), row(*shown, up=False)], wanted) == ((row(*shown),) if other else ())
    assert untold([row(*shown)], wanted) is (other is None)
    assert not untold([row(*shown, up=False)], wanted)


def test_what_is_weak_and_not_meant() -> None:
    """Weak is what the tables of strength call so; what the intent has asked for is told at another place."""
    assert weaker(row("3des-cbc", "hmac-sha1", 2), WANTED) == ("3des-cbc", "hmac-sha1", "group 2")
    assert weaker(row("aes-128-cbc", "hmac-sha384", 20), WANTED) == ()
    assert weaker(row("3des-cbc", "hmac-sha1", 14), Suite("3des-cbc", "hmac-sha1", 14)) == ()
    assert printed(row("aes-256-gcm", None, 19)) == "aes-256-gcm group 19"
    assert printed(row(None, None, None)) == ""
