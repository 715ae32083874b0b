"""Which entry is a tunnel's own, and what of the device a change in place leaves alone."""

from __future__ import annotations

import pytest

from nr_run.changes.objects import read, strange_use
from nr_run.changes.plans.change import Change
from nr_run.inventory.errors import ChangeError
from nr_run.services.l2l.placing.versions import free_version, is_version

from .configs import VPN3640
from .device import Device
from .rendering import TOKEN, ends, planned

FAR = ends()[1]
CHANGE: Change = planned(FAR, VPN3640)


def built(*lines: str) -> str:
    """The device with the tunnel, and what somebody has typed since."""
    device = Device(VPN3640)
    device.type(CHANGE.forward_text)
    text = device.show()
    for line in lines:
        old, _, new = line.partition(" => ")
        assert old in text
        text = text.replace(old, new.replace("|", "\n"))
    return text


def test_versions_of_a_name() -> None:
    """A name and its later versions are told from other names; the lowest that is free is taken."""
    assert [is_version(name, "NR-a") for name in ("NR-a", "NR-a.v2", "NR-ab", "NR-a.v1", "NR-a.v2x")] == [True, True] + 3 * [
        False
    ]
    assert free_version("NR-a", ("NR-a", "NR-a.v2")) == "NR-a.v3"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            (" set peer 172.18.124.159 =>  set peer 192.0.2.9", "10.10.10.0 0.0.0.255 => 10.50.0.0 0.0.0.255"),
            "looks like another tunnel",
        ),
        ((" set peer 172.18.124.159 =>  set peer 172.18.124.159| set peer 192.0.2.9",), "several peers"),
        ((" set pfs group2 =>  set pfs group2| set ip access-group FILTER in",), "set ip access-group FILTER in"),
        ((" set peer 172.18.124.159 =>  set peer 172.18.124.159 default",), "default"),
    ],
)
def test_what_is_not_certainly_ours_is_refused(lines: tuple[str, ...], words: str) -> None:
    """An entry of another tunnel, with backup peers, or with a line that no rule knows, is not changed in place."""
    with pytest.raises(ChangeError, match=words):
        planned(FAR, built(*lines), pfs_group=None)


def test_a_list_that_filters_elsewhere_stays() -> None:
    """A use that stands in an object of a known family counts: the list is not taken away."""
    text = built() + "crypto map OTHER 5 ipsec-isakmp\n set peer 192.0.2.9\n set ip access-group NR-hq-branch in\n"
    config = read("ios", text)
    target = config.get("access-list", "NR-hq-branch")
    assert target is not None
    assert strange_use(config, target) == "set ip access-group NR-hq-branch in"


def test_no_key_for_a_peer_that_another_tunnel_has() -> None:
    """A wider key serves an entry to the same peer: one of its own would take that entry over, so it is refused."""
    wide = (
        "crypto isakmp key <key:0000beef> address 172.18.124.0 255.255.255.0\n"
        "crypto map OTHER 5 ipsec-isakmp\n set peer 172.18.124.159\n"
    )
    with pytest.raises(ChangeError, match="by another key"):
        planned(FAR, VPN3640 + wide)


@pytest.mark.parametrize(
    "strange",
    [
        "crypto keyring K\n  pre-shared-key address 172.18.124.159 key <key:0000beef>\n",
        "crypto isakmp profile P\n   match identity address 172.18.124.159 255.255.255.255\n",
    ],
)
def test_no_key_for_a_peer_that_a_keyring_or_a_profile_has(strange: str) -> None:
    """Which of two keys a peer is asked for is then a matter of profiles, so none is added."""
    with pytest.raises(ChangeError, match="by another key"):
        planned(FAR, VPN3640 + strange)


def test_a_key_of_a_whole_network_stays() -> None:
    """When the tunnel moves to another peer, a key with the mask of a network stays: it is that of other peers as well."""
    text = built("address 172.18.124.159 => address 172.18.124.159 255.255.255.0")
    moved = type(FAR)(FAR.local, FAR.remote.model_copy(update={"outside_ip": type(FAR.remote.outside_ip)("172.18.124.160")}))
    change = planned(moved, text)
    assert not [item for item in change.removed if item.family.holds_key]
    assert any("it is the key of other peers as well" in sentence for sentence in change.stays)


def test_a_key_that_nhrp_peers_use_stays() -> None:
    """When the tunnel moves to another peer, the key of the old one stays where a multipoint tunnel goes to it."""
    tunnel = (
        "interface Tunnel0\n ip nhrp map 10.0.0.2 172.18.124.159\n tunnel mode gre multipoint\n"
        " tunnel protection ipsec profile P\n"
    )
    moved = type(FAR)(FAR.local, FAR.remote.model_copy(update={"outside_ip": type(FAR.remote.outside_ip)("172.18.124.160")}))
    change = planned(moved, built() + tunnel)
    assert f"isakmp-key {FAR.remote.outside_ip}" not in {item.title for item in change.removed}
    assert any(sentence.startswith(f"isakmp-key {FAR.remote.outside_ip} stays") for sentence in change.stays)
    assert TOKEN in change.forward_text
