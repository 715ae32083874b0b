"""The form before a change in place, read back from two configurations: what is verified after it was rolled back."""

from __future__ import annotations

import pytest

from nr_run.changes.objects import read
from nr_run.changes.plans.change import Change
from nr_run.inventory.intents.intent import End
from nr_run.inventory.models.platforms import platform_for
from nr_run.runbooks.engine.plans.planning import MemberPlan
from nr_run.runbooks.engine.plans.planning_removal import previous_plan

from ..changes.rendering import ends
from .plans import end_plan, tunnel_plan

ASA = """\
hostname {here}
interface GigabitEthernet0/0
 nameif outside
 ip address {outside} 255.255.255.0
interface GigabitEthernet0/1
 nameif inside
 ip address {probe} 255.255.255.0
crypto ipsec ikev1 transform-set NR-t esp-3des esp-sha-hmac
access-list NR-t extended permit ip {local} 255.255.255.0 {remote} 255.255.255.0
crypto map M 10 match address NR-t
crypto map M 10 set peer {peer}
crypto map M 10 set ikev1 transform-set NR-t
{pfs}crypto map M interface outside
"""


def _end(end: End, release: str, pfs: str) -> MemberPlan:
    """An ASA that has the tunnel in a form which is to be changed."""
    running = ASA.format(
        here=end.local.host,
        outside=end.local.outside_ip,
        probe=end.local.probe_address,
        local=end.local.protected_prefixes[0].network_address,
        remote=end.remote.protected_prefixes[0].network_address,
        peer=end.remote.outside_ip,
        pfs=f"crypto map M 10 {pfs}\n" if pfs else "",
    )
    entries = read("asa", running).of("crypto-map-entry")
    return end_plan(end, platform_for("ASA", release), running, Change(end.local.host, "asa", (), entries, (), (), ()))


@pytest.mark.parametrize(
    ("release", "pfs", "group"),
    [
        ("9.1(7)", "set pfs", 2),
        ("9.19(1)", "set pfs", 14),
        ("9.1(7)", "set pfs group5", 5),
        ("9.1(7)", "", None),
    ],
)
def test_pfs_of_an_asa(release: str, pfs: str, group: int | None) -> None:
    """An ASA does not write the group out that is its release's default: set pfs alone is that group, and no line is none."""
    near, far = ends()
    before = previous_plan(tunnel_plan("t", _end(near, release, pfs), _end(far, release, pfs)))
    assert before is not None
    assert before.deployment.wanted.crypto.pfs_group == group
    assert before.members[0].member.wants.end.selectors == near.selectors
