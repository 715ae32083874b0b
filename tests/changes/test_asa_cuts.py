"""A session to a firewall is cut after every single line of a change, and what the firewall has then can be rolled back."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest

from nr_run.changes.objects import read
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan_removal, plan_reversal
from nr_run.changes.plans.removal import owned
from nr_run.checks.finding import against

from .firewall import IPSEC, RELEASES, Firewall, end_of, lines_of, planned
from .trees import same
from .whole import read_back, restore

OTHER = """\
access-list other extended permit ip 10.99.1.0 255.255.255.0 10.98.0.0 255.255.0.0
crypto ipsec {ikev1}transform-set OTHER esp-aes esp-sha-hmac
crypto map outside_map 20 match address other
crypto map outside_map 20 set peer 192.0.2.7
crypto map outside_map 20 set {ikev1}transform-set OTHER
crypto map outside_map interface outside
crypto {ike} enable outside
crypto {ike} policy 10
 authentication pre-share
 encryption aes
 hash sha
 group 5
 lifetime 86400
tunnel-group 192.0.2.7 type ipsec-l2l
tunnel-group 192.0.2.7 ipsec-attributes
 {ikev1}pre-shared-key Other.Key
group-policy DfltGrpPolicy attributes
 vpn-simultaneous-logins 0
 vpn-idle-timeout 5
"""
#: What an earlier release of nr-run built: a group policy that inherits all but the protocol.
INHERITED = ("vpn-access-hours", "vpn-simultaneous-logins", "vpn-idle-timeout", "vpn-session-timeout", "vpn-filter")


def crowd(model: str) -> str:
    """What others have on a firewall."""
    old = model == "asa82"
    return OTHER.format(ikev1="" if old else "ikev1 ", ike="isakmp" if old else "ikev1")


def box(model: str, more: str, state: str) -> Firewall:
    """A firewall in one of the states from which a change begins."""
    firewall = Firewall(model, more)
    if state != "bare":
        lines = lines_of(planned(model, end_of(firewall), firewall.show()).forward)
        if state == "legacy":
            lines = [line for line in lines if not line.startswith(INHERITED)]
        firewall.enter(lines)
    return firewall


def build(model: str, firewall: Firewall) -> Change:
    """The tunnel as it is wanted."""
    return planned(model, end_of(firewall), firewall.show())


def change(model: str, firewall: Firewall) -> Change:
    """Another proposal, other networks and no PFS for the tunnel that is there."""
    other = IPSEC.model_copy(update={"encryption_algorithm": "aes-128-cbc", "sa_lifetime_seconds": 1800})
    end = end_of(firewall, "10.10.0.0/17")
    return planned(model, end, firewall.show(), ipsec=other, pfs_group=None)


def another_peer(model: str, firewall: Firewall) -> Change:
    """The far side has moved."""
    return planned(model, end_of(firewall, peer="172.18.124.182"), firewall.show())


def removal(model: str, firewall: Firewall) -> Change:
    """The tunnel goes with all that nothing else needs."""
    text = firewall.show()
    items, stays = owned(read("asa", text), build(model, firewall).reused)
    return plan_removal(model, "asa", items, text, stays=stays)


KINDS: dict[str, tuple[str, Callable[[str, Firewall], Change]]] = {
    "build": ("bare", build),
    "change": ("built", change),
    "another peer": ("built", another_peer),
    "values of its own": ("legacy", build),
    "removal": ("built", removal),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("model", "crowded"), [("asa82", True), ("asa91", False), ("asa91", True), ("asa919", True)])
def test_every_cut_is_taken_back_exactly(model: str, crowded: bool, kind: str) -> None:
    """Whichever line was the last, behind the header of an empty section too, the firewall is then as it was before."""
    state, make = KINDS[kind]
    firewall = box(model, crowd(model) if crowded else "", state)
    before, planned_change = firewall.show(), make(model, firewall)
    lines = lines_of(planned_change.forward)
    assert len(lines) > 4
    was = firewall.box.store
    for cut in range(len(lines) + 1):
        firewall.box.store = deepcopy(was)
        firewall.enter(lines[:cut])
        firewall.cut()
        for step in restore(planned_change, before, firewall.show()):
            firewall.enter(step.lines)
            assert firewall.place.mode == "config"
        assert same(firewall.show(), before), lines[:cut]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", RELEASES)
def test_forward_and_inverse(model: str, kind: str) -> None:
    """The firewall takes all lines of a change, each in its mode, has then what was wanted, and goes back by the inverse."""
    state, make = KINDS[kind]
    firewall = box(model, crowd(model), state)
    before, planned_change = firewall.show(), make(model, firewall)
    firewall.enter(lines_of(planned_change.forward))
    assert against(read_back(planned_change, before, firewall.show(), "now")) == ()
    if kind != "removal":
        assert not make(model, firewall)
    firewall.enter(lines_of(planned_change.inverse))
    assert same(firewall.show(), before)


def test_a_policy_of_an_earlier_release_is_changed_in_place() -> None:
    """Only its missing lines are typed, one at a time; nothing that the tunnel has is built beside it or taken away."""
    firewall = box("asa91", crowd("asa91"), "legacy")
    made = build("asa91", firewall)
    assert [edit.before.title for edit in made.edited] == ["group-policy NR-hq-branch"]
    assert not made.created
    assert not made.removed
    assert [step.words for step in made.forward] == [
        "vpn-access-hours none",
        "vpn-simultaneous-logins 3",
        "vpn-idle-timeout none",
        "vpn-session-timeout none",
        "vpn-filter none",
    ]
    assert [step.words for step in made.inverse] == [f"no {word}" for word in INHERITED]


def test_a_policy_that_others_use_is_not_changed() -> None:
    """Somebody's user inherits from the policy of the tunnel: changing it is refused and names it."""
    firewall = box("asa91", "", "legacy")
    group = "tunnel-group 192.0.2.9"
    firewall.enter([f"{group} type ipsec-l2l", f"{group} general-attributes", "default-group-policy NR-hq-branch", "exit"])
    with pytest.raises(Exception, match="group-policy NR-hq-branch exists with other content"):
        build("asa91", firewall)


def test_the_last_tunnel_takes_the_binding_along() -> None:
    """Rolled back after the tunnel that had bound the map, a tunnel goes with the binding: nobody else has an entry there."""
    firewall = Firewall("asa91")
    bare = firewall.show()
    first = build("asa91", firewall)
    firewall.enter(lines_of(first.forward))
    between = firewall.show()
    second = planned("asa91", end_of(firewall, "10.77.0.0/24", "172.18.124.183"), between, name="second")
    firewall.enter(lines_of(second.forward))
    firewall.enter(lines_of(plan_reversal(first, bare, firewall.show()).forward))
    back = plan_reversal(second, between, firewall.show())
    assert "outside has no crypto map any more" in back.blast_radius
    firewall.enter(lines_of(back.forward))
    left = {*read("asa", firewall.show()).objects} - {*read("asa", bare).objects}
    assert {family for family, _ in left} == {"isakmp-policy", "ike-enable"}


@pytest.mark.parametrize(
    "header", ["group-policy {} attributes", "tunnel-group {} general-attributes", "tunnel-group {} ipsec-attributes"]
)
def test_a_section_without_a_line(header: str) -> None:
    """A session that ended right behind the header of a section leaves it empty: it is ours, and goes."""
    firewall = Firewall("asa91")
    before, made = firewall.show(), build("asa91", firewall)
    name = "NR-hq-branch" if header.startswith("group") else "172.18.124.181"
    kind = "internal" if header.startswith("group") else "type ipsec-l2l"
    now = f"{before}{header.split()[0]} {name} {kind}\n{header.format(name)}\n"
    assert [step.words for step in restore(made, before, now)] == [f"clear configure {header.split()[0]} {name}"]
