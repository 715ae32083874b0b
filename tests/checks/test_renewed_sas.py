"""SAs of before a change prove nothing of it: neither the same SPIs, nor new ones under the IKE SA that was there."""

from __future__ import annotations

from ipaddress import IPv4Address

from msgspec.structs import replace

from nr_run.checks.finding import Status
from nr_run.checks.observations.questions import IKEV2, IPSEC
from nr_run.checks.renewed_sas import renewed

from .wires import healthy

PEER = IPv4Address("198.51.100.1")


def status(**later: object) -> list[Status]:
    """What is said of an end that shows something else later."""
    near, _ = healthy("ios")
    found = renewed(near.host, near.seen(), replace(near, **later).seen(), (PEER,))  # type: ignore[arg-type]
    return [item.status for item in found]


def test_new_spis_under_a_new_ike_sa_are_new() -> None:
    """An IKE SA that is younger than the one before, and other SPIs, were agreed after the change."""
    assert status(age=5, spis=(0xCC, 0xDD)) == [Status.OK]


def test_what_is_as_before_is_no_proof() -> None:
    """The same SPIs, or an IKE SA as old as it was, are of before."""
    assert status(age=5) == [Status.FAILED]
    assert status(age=90, spis=(0xCC, 0xDD)) == [Status.FAILED]


def test_where_there_was_nothing_nothing_is_said() -> None:
    """A peer without SAs before, or a device that was not asked then, has nothing to be compared with."""
    near, _ = healthy("ios")
    for before in (replace(near, sas=False), replace(near, unasked=(IPSEC,)), replace(near, unasked=(IPSEC, IKEV2))):
        assert renewed(near.host, before.seen(), near.seen(), (PEER,)) == ()
    assert renewed(near.host, near.seen(), near.seen(), ()) == ()
