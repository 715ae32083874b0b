"""What goes with a tunnel and what stays, and that nothing which something else uses is ever taken away."""

from __future__ import annotations

import pytest

from nr_run.changes.objects import read
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan_removal, plan_reversal
from nr_run.changes.plans.removal import owned
from nr_run.inventory.errors import ChangeError
from nr_run.inventory.intents.intent import End

from .configs import VPN2611, VPN3640
from .device import Device
from .rendering import TOKEN, ends, planned, termination
from .whole import restore

NEAR, FAR = ends()
CHANGE = planned(FAR, VPN3640)
ENTRY = "crypto map other 5 ipsec-isakmp\n set peer 192.0.2.9\n"

#: Somebody else's lines, and the object of ours that they use.
USES = {
    f"{ENTRY} set transform-set NR-hq-branch": "transform-set NR-hq-branch",
    f"{ENTRY} set transform-set theirs NR-hq-branch": "transform-set NR-hq-branch",
    f"{ENTRY} match address NR-hq-branch": "access-list NR-hq-branch",
    "crypto dynamic-map dynmap 10\n set transform-set NR-hq-branch": "transform-set NR-hq-branch",
    "crypto ipsec profile P\n set transform-set NR-hq-branch": "transform-set NR-hq-branch",
    "interface Ethernet0/2\n ip access-group NR-hq-branch in": "access-list NR-hq-branch",
    "route-map R permit 10\n match ip address NR-hq-branch": "access-list NR-hq-branch",
    "ip nat inside source list NR-hq-branch interface Ethernet0/0 overload": "access-list NR-hq-branch",
}


def after(more: str = "") -> str:
    """The 3640 with the tunnel, and somebody else's lines."""
    box = Device(VPN3640)
    box.type(CHANGE.forward_text)
    return box.show().replace("end\n", f"{more}\nend\n")


def verdict(text: str) -> tuple[set[str], str]:
    """Titles of what goes, and the sentences on what stays."""
    running = read("ios", text)
    goes, stays = owned(running, [running.objects[item.key] for item in CHANGE.created])
    return {item.title for item in goes}, "\n".join(stays)


def test_alone_on_the_box() -> None:
    """The last tunnel of a device takes everything along that came with it."""
    goes, stays = verdict(after())
    assert goes == {item.title for item in CHANGE.created}
    assert stays == ""


@pytest.mark.parametrize("lines", USES)
def test_what_is_used_stays(lines: str) -> None:
    """An object that something else names stays when the tunnel goes, with the user in the sentence."""
    goes, stays = verdict(after(lines))
    assert USES[lines] not in goes
    assert f"{USES[lines]} stays:" in stays


@pytest.mark.parametrize("lines", USES)
def test_what_is_used_is_never_taken(lines: str) -> None:
    """Neither an undoing nor a removal takes away what has come to be used; both say by what."""
    with pytest.raises(ChangeError, match=f"{USES[lines]} is used by .* which this run did not make"):
        restore(CHANGE, VPN3640, after(lines))
    with pytest.raises(ChangeError, match=f"{USES[lines]} is used by .* which is to stay"):
        plan_removal("vpn3640", "ios", CHANGE.created, after(lines))


def test_key_of_a_second_peer_stays() -> None:
    """The key stays while another entry has the peer to fall back to."""
    goes, stays = verdict(after(f"{ENTRY} set peer 172.18.124.159\n"))
    assert "isakmp-key 172.18.124.159" not in goes
    assert "isakmp-key 172.18.124.159 stays: another entry goes to the same peer" in stays


KEY, BINDING = "isakmp-key 172.18.124.159", "crypto-map-binding Ethernet0/0"
POLICY, KEEPALIVE = "isakmp-policy 10", "isakmp-keepalive"
#: Somebody else's lines that came after the tunnel, and what of ours they use without naming it.
SHARES = {
    f"{ENTRY} set peer 172.18.124.159": {KEY, POLICY, KEEPALIVE},
    f"{ENTRY} set peer 192.0.2.10\n set peer 172.18.124.159 default": {KEY, POLICY, KEEPALIVE},
    "crypto map NR-MAP 20 ipsec-isakmp\n set peer 192.0.2.9": {BINDING, POLICY, KEEPALIVE},
    "crypto map NR-MAP 65535 ipsec-isakmp dynamic d": {BINDING, POLICY, KEEPALIVE},
    "crypto map other 65535 ipsec-isakmp dynamic d": {POLICY, KEEPALIVE},
    "crypto dynamic-map d 10\n set peer 172.18.124.159": {KEY, POLICY, KEEPALIVE},
    "interface Tunnel1\n tunnel destination 172.18.124.159\n tunnel protection ipsec profile P": {KEY, POLICY, KEEPALIVE},
    "crypto isakmp key <key:0000cafe> address 192.0.2.9": {POLICY, KEEPALIVE},
    "crypto isakmp key <key:0000cafe> hostname far.example": {POLICY, KEEPALIVE},
    "crypto map other 5 ipsec-isakmp\n set peer 172.18.124.15": {POLICY, KEEPALIVE},
    "crypto map NR-MAP2 20 ipsec-isakmp\n set peer 172.18.124.1590": {POLICY, KEEPALIVE},
    "interface Tunnel1\n tunnel destination 172.18.124.159": set(),
}


@pytest.mark.parametrize("lines", SHARES)
def test_what_is_shared_without_a_name_stays(lines: str) -> None:
    """A key serves its peer, a binding its map and a policy all of IKE: a rollback leaves them to who came later, and says so."""
    change = plan_reversal(CHANGE, VPN3640, after(lines))
    went = {item.title for item in change.removed}
    assert {item.title for item in CHANGE.created} - went == SHARES[lines]
    assert {sentence.partition(" stays: ")[0] for sentence in change.stays} == SHARES[lines]
    assert "0000cafe" not in "".join(change.stays)
    assert {step.title for step in change.forward} == went


@pytest.mark.parametrize("lines", SHARES)
def test_what_is_shared_without_a_name_is_not_undone(lines: str) -> None:
    """Undoing a failed change stops where somebody else has come to need what it brought."""
    if not SHARES[lines]:
        assert restore(CHANGE, VPN3640, after(lines))
        return
    with pytest.raises(ChangeError, match=r"serves .* which this run did not make") as error:
        restore(CHANGE, VPN3640, after(lines))
    assert any(f" {title} serves " in str(error.value) for title in SHARES[lines])


@pytest.mark.parametrize("lines", [lines for lines, titles in SHARES.items() if titles])
def test_who_was_there_before_can_do_without(lines: str) -> None:
    """Who stood on the device before the tunnel came needs nothing of it: the device rolls back to what it was, all of it."""
    before = VPN3640.replace("end\n", f"{lines}\nend\n")
    change = plan_reversal(CHANGE, before, after(lines))
    assert (change.removed, change.stays) == (tuple(read("ios", after()).objects[item.key] for item in CHANGE.created), ())
    assert restore(CHANGE, before, after(lines))


def test_old_entry_that_took_the_peer_since() -> None:
    """An entry from before that got our peer to fall back to since has come to use the key; then the policy serves it too."""
    before = VPN3640.replace("end\n", f"{ENTRY} set peer 192.0.2.10\nend\n")
    text = after(f"{ENTRY} set peer 192.0.2.10\n set peer 172.18.124.159")
    change = plan_reversal(CHANGE, before, text)
    assert {sentence.partition(" stays: ")[0] for sentence in change.stays} == {KEY, POLICY, KEEPALIVE}


def second_tunnel(running: str) -> Change:
    """Another network behind the 3640, over the same peer."""
    branch = termination("vpn3640", "172.18.124.199", ("10.10.30.0/24",), "10.10.30.1")
    return planned(End(branch, FAR.remote), running, name="hq-warehouse")


def test_rollback_leaves_a_second_tunnel_to_the_same_peer() -> None:
    """The first of two tunnels to one peer goes alone: the second keeps key, policy, keepalive and binding."""
    box = Device(VPN3640)
    box.type(CHANGE.forward_text)
    box.type(second_tunnel(box.show()).forward_text)
    change = plan_reversal(CHANGE, VPN3640, box.show())
    assert {item.family.name for item in change.removed} == {"transform-set", "access-list", "crypto-map-entry"}
    box.type(change.forward_text)
    assert not second_tunnel(box.show())
    assert {sentence.partition(" stays: ")[0] for sentence in change.stays} == {KEY, BINDING, POLICY, KEEPALIVE}


def test_sentences_of_an_intended_removal_are_kept() -> None:
    """What the caller knows to stay stands in the change too."""
    running = read("ios", after("crypto map NR-MAP 65535 ipsec-isakmp dynamic d"))
    goes, stays = owned(running, [running.objects[item.key] for item in CHANGE.created])
    text = after("crypto map NR-MAP 65535 ipsec-isakmp dynamic d")
    change = plan_removal("vpn3640", "ios", goes, text, stays=stays)
    assert stays
    assert (change.removed, change.stays) == (goes, stays)


@pytest.mark.parametrize(
    "line",
    ["crypto map NR-MAP 20 ipsec-isakmp\n set peer 192.0.2.9", "crypto map NR-MAP 65535 ipsec-isakmp dynamic d"],
)
def test_shared_map_keeps_its_binding(line: str) -> None:
    """While the map has another entry it stays on the interface, and so does what all peers share."""
    goes, stays = verdict(after(line))
    assert "crypto-map-binding Ethernet0/0" not in goes
    assert "crypto-map-binding Ethernet0/0 stays: its crypto map has other entries (crypto" in stays
    assert "isakmp-policy 10 stays: other IKE peers of the device use it" in stays
    assert "crypto-map-entry NR-MAP 10" in goes


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f"crypto isakmp key {TOKEN} address 172.18.124.159\n", "", "isakmp-key 172.18.124.159 is not there any more"),
        (" set pfs group2\n", " set pfs group1\n", "crypto-map-entry NR-MAP 10 exists with other content"),
    ],
)
def test_box_that_has_moved_on(old: str, new: str, words: str) -> None:
    """A device on which the tunnel is not as it was built is left alone."""
    text = after()
    assert old in text
    with pytest.raises(ChangeError, match=words):
        plan_removal("vpn3640", "ios", CHANGE.created, text.replace(old, new))


def test_removal_says_what_goes_down() -> None:
    """The plan of a removal names the tunnel that goes down and the neighbours that do not."""
    box = Device(VPN2611)
    change = planned(NEAR, VPN2611)
    box.type(change.forward_text)
    told = "\n".join(plan_removal("vpn2611", "ios", change.created, box.show()).blast_radius)
    assert "the tunnel to 172.18.124.199 goes down" in told
    assert "dynamic entry 10 of clientmap (dynmap, VPN clients)" in told
    assert "entry 1 of clientmap" not in told
