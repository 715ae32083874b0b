"""Plans that one thing alone forbids: two entries of one tunnel, and a form that somebody has put in the place of an old one."""

from __future__ import annotations

import pytest

from nr_run.changes.objects import read
from nr_run.changes.plans.plan import plan_removal, plan_reversal
from nr_run.inventory.errors import ChangeError

from .configs import VPN3640
from .device import Device
from .rendering import ends, planned

FAR = ends()[1]
BUILD = planned(FAR, VPN3640)


def built(*more: str) -> Device:
    """The 3640 with the tunnel, and with what somebody has typed since."""
    device = Device(VPN3640)
    for text in (BUILD.forward_text, *more):
        device.type(text)
    return device


def test_two_entries_of_one_tunnel() -> None:
    """Where two entries of the map match a version of the tunnel's list, nobody knows which one is the tunnel."""
    entry = next(item for item in BUILD.created if item.family.name == "crypto-map-entry")
    second = (
        "ip access-list extended NR-hq-branch.v2\n permit ip 10.20.1.0 0.0.0.255 10.10.10.0 0.0.0.255\n",
        f"crypto map {entry.groups['map']} 77 ipsec-isakmp\n set peer 172.18.124.159\n match address NR-hq-branch.v2\n",
    )
    with pytest.raises(ChangeError, match=r"entries \d+ and 77 of crypto map .* both match a version of NR-hq-branch"):
        planned(FAR, built(*second).show(), pfs_group=None)


def test_what_was_removed_is_there_again_in_another_form() -> None:
    """A removal is not undone over an access list of the same name that selects something else."""
    before = built().show()
    running = read("ios", before)
    removal = plan_removal("vpn3640", "ios", [running.objects[item.key] for item in BUILD.created], before)
    device = built()
    device.type(removal.forward_text)
    device.type("ip access-list extended NR-hq-branch\n permit ip 10.99.0.0 0.0.255.255 any\n")
    with pytest.raises(ChangeError, match="access-list NR-hq-branch"):
        plan_reversal(removal, before, device.show())
