"""Whether something on a device still goes to a peer, whose SAs may then not be cleared."""

from __future__ import annotations

import pytest

from nr_run.changes.families import FAMILIES
from nr_run.changes.implicit_references import users, uses_of_peer
from nr_run.changes.objects import read

from . import cases
from .configs import VPN3640

PEER = "172.18.124.159"
#: What is at work for all that passes or logs in.
EVERYBODY = {"tcp-mss": ("every TCP connection of the device",), "aaa-new-model": ("every login to the device",)}
ENTRY = "crypto map other 5 ipsec-isakmp\n set peer"


@pytest.mark.parametrize(
    ("lines", "who"),
    [
        (f"{ENTRY} {PEER}", ("crypto-map-entry other 5",)),
        (f"{ENTRY} 192.0.2.9\n set peer {PEER}", ("crypto-map-entry other 5",)),
        (f"{ENTRY} 192.0.2.9 default\n set peer 192.0.2.10\n set peer {PEER} default", ("crypto-map-entry other 5",)),
        (
            f"{ENTRY} {PEER}\ncrypto map other 6 ipsec-isakmp\n set peer {PEER}",
            ("crypto-map-entry other 5", "crypto-map-entry other 6"),
        ),
        (f"crypto dynamic-map d 10\n set peer {PEER}", ("dynamic-map-entry d 10",)),
        (f"interface Tunnel1\n tunnel destination {PEER}\n tunnel protection ipsec profile P", ("tunnel-interface Tunnel1",)),
        (f"interface Tunnel1\n tunnel destination {PEER}", ()),
        (f"{ENTRY} {PEER}0\n set peer 72.18.124.159", ()),
        (f"{ENTRY} 192.0.2.9\n description was {PEER}", ()),
        (f"crypto isakmp key <key:0000cafe> address {PEER}", ()),
    ],
)  # fmt: skip
def test_every_peer_of_every_entry_counts(lines: str, who: tuple[str, ...]) -> None:
    """An entry goes to each of its peers, not to the first alone; what is only like the address does not count."""
    assert uses_of_peer(read("ios", f"{VPN3640}{lines}\n"), PEER) == who


def test_nobody_is_said_where_nobody_uses_it() -> None:
    """On a device that has nothing else, an object is used by nobody; what all traffic heeds is never used by nobody."""
    for os, families in FAMILIES.items():
        for family in families:
            text = (cases.IOS if os == "ios" else cases.ASA).get(family.name, ("", [], []))[0]
            for target in read(os, text).of(family.name):
                found = users(read(os, "hostname alone\n"), target)
                assert found == EVERYBODY.get(family.name, ())
