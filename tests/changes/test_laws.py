"""Laws of every change, on generated devices and tunnels, judged by a reference device that shares no code with the planner."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from nr_run.changes.configurations import tree
from nr_run.changes.family import Phase
from nr_run.changes.implicit_references import users
from nr_run.changes.objects import read, read_desired
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan, plan_removal, plan_reversal
from nr_run.checks.finding import against
from nr_run.inventory.errors import ChangeError
from nr_run.inventory.intents.intent import End

from ..sampling import examples
from .boxes import Box, Wanted, boxes, tunnels
from .device import Device
from .rendering import desired, termination
from .trees import same
from .whole import read_back, restore

LAW = settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def text_for(wanted: Wanted, running: str) -> str:
    """The desired configuration of the tunnel on a device that runs this."""
    return desired(
        wanted.end,
        running,
        ike=wanted.ike,
        ipsec=wanted.ipsec,
        pfs_group=wanted.pfs_group,
        dpd=wanted.dpd,
        name=wanted.name,
    )[0]


def change_for(wanted: Wanted, running: str) -> Change:
    """The change; generated cases in which the allocator finds no safe place are passed over."""
    try:
        return plan("vpn2611", "ios", text_for(wanted, running), running)
    except ChangeError:
        reject()


def typed(change: Change) -> list[str]:
    """Lines of the change in the order in which they reach the device."""
    return [line for phase in (Phase.BUILD, Phase.ACTIVATE) for step in change.of(phase) for line in step.lines]


def undo_on(device: Device, change: Change, before: str) -> None:
    """What restore() plans for this device, typed there."""
    for step in restore(change, before, device.show()):
        for line in step.lines:
            device.enter(line)
    device.cut()


@LAW
@given(boxes(), tunnels())
def test_forward_then_inverse_is_the_identity(box: Box, wanted: Wanted) -> None:
    """running -> forward -> inverse is running, byte for byte, and the device refuses no line on the way."""
    change = change_for(wanted, box.running)
    device = Device(box.running)
    before = device.show()
    device.type(change.forward_text)
    assert tree.normalise(device.show()) != tree.normalise(before)
    device.type(change.inverse_text)
    assert tree.normalise(device.show()) == tree.normalise(before)


@LAW
@given(boxes(), tunnels())
def test_second_run_changes_nothing(box: Box, wanted: Wanted) -> None:
    """What was built is found again, hidden defaults and all: nothing to do, nothing to undo, nothing strange."""
    change = change_for(wanted, box.running)
    device = Device(box.running)
    device.type(change.forward_text)
    again = change_for(wanted, device.show())
    assert not again
    assert (again.forward, again.inverse, again.forward_text, again.inverse_text) == ((), (), "", "")
    assert against(read_back(change, box.running, device.show(), "now")) == ()


@LAW
@given(boxes(), tunnels(), st.data())
def test_any_cut_can_be_taken_back(box: Box, wanted: Wanted, data: st.DataObject) -> None:
    """The session ends after any line: what restore() plans leaves the device as it was, byte for byte."""
    change = change_for(wanted, box.running)
    lines = typed(change)
    for count in data.draw(st.sets(st.integers(0, len(lines)), min_size=1, max_size=6)):
        device = Device(box.running)
        for line in lines[:count]:
            device.enter(line)
        device.cut()
        undo_on(device, change, box.running)
        assert tree.normalise(device.show()) == tree.normalise(Device(box.running).show())


SOMEBODY = (
    "ip access-list extended SOMEBODY\n permit ip any host 198.51.100.8",
    "crypto ipsec transform-set SOMEBODY esp-3des esp-sha-hmac",
    "crypto isakmp policy 9000\n encr 3des",
)


@LAW
@given(boxes(), tunnels(), st.data(), st.sets(st.sampled_from(SOMEBODY), min_size=1))
def test_what_others_add_meanwhile_stays(box: Box, wanted: Wanted, data: st.DataObject, added: set[str]) -> None:
    """Whoever works on the device at the same time finds all of it there after the change has been rolled back."""
    change = change_for(wanted, box.running)
    lines = typed(change)
    device = Device(box.running)
    for line in lines[: data.draw(st.integers(0, len(lines)))]:
        device.enter(line)
    device.cut()
    expected = Device(box.running)
    for text in sorted(added):
        device.type(text)
        expected.type(text)
    undo_on(device, change, box.running)
    assert same(device.show(), expected.show())


@LAW
@given(boxes(), tunnels(), st.data())
def test_another_ike_peer_keeps_what_serves_all(box: Box, wanted: Wanted, data: st.DataObject) -> None:
    """Once another peer has a key, a policy and a keepalive of ours may serve it: they are not taken away; the rest is."""
    change = change_for(wanted, box.running)
    lines = typed(change)
    device = Device(box.running)
    for line in lines[: data.draw(st.integers(0, len(lines)))]:
        device.enter(line)
    device.cut()
    text = "crypto isakmp key <key:0000cafe> address 198.51.100.7"
    device.type(text)
    here = read("ios", device.show()).objects
    if any(item.family.name in ("isakmp-policy", "isakmp-keepalive") and item.key in here for item in change.created):
        with pytest.raises(ChangeError, match=r"serves isakmp-key 198\.51\.100\.7 now"):
            restore(change, box.running, device.show())
        return
    expected = Device(box.running)
    expected.type(text)
    undo_on(device, change, box.running)
    assert same(device.show(), expected.show())


@LAW
@given(boxes(), tunnels())
def test_place_on_the_map(box: Box, wanted: Wanted) -> None:
    """The map on the interface is used, below its dynamic entry and at a free number; no-xauth exactly where clients log in."""
    change = change_for(wanted, box.running)
    entry = next(item for item in change.created if item.family.name == "crypto-map-entry")
    number = int(entry.groups["sequence"])
    if box.bound:
        assert number not in box.static
        assert entry.groups["map"] == box.map_name
        assert box.lowest_dynamic is None or number < box.lowest_dynamic
        assert "crypto-map-binding" not in {item.family.name for item in change.created}
    else:
        assert entry.groups["map"] != box.map_name
    (key,) = [item for item in change.created if item.family.name == "isakmp-key"]
    assert key.header.endswith(" no-xauth") is (box.bound and box.xauth)
    if box.keepalive:
        assert "isakmp-keepalive" not in {item.family.name for item in change.created}


@LAW
@given(boxes(), tunnels())
def test_existing_policies_stay_as_they_are(box: Box, wanted: Wanted) -> None:
    """A policy is used again or a new one put behind all others; no number that is taken is typed."""
    change = change_for(wanted, box.running)
    numbers = {int(found) for found in re.findall(r"^crypto isakmp policy (\d+)$", box.running, re.MULTILINE)}
    new = [int(item.groups["number"]) for item in change.created if item.family.name == "isakmp-policy"]
    assert all(number > max(numbers, default=0) for number in new)
    assert len(new) <= 1


@LAW
@given(boxes(), tunnels())
def test_blast_radius_names_every_neighbour(box: Box, wanted: Wanted) -> None:
    """Whoever shares the map is named with number and peer, and so is who shares the policies and the keepalive."""
    change = change_for(wanted, box.running)
    told = "\n".join(change.blast_radius)
    for position, number in enumerate(box.static):
        assert (f"entry {number} of {box.map_name} (peer 192.0.2.{position})" in told) is box.bound
    assert ("VPN clients" in told) is (box.bound and box.lowest_dynamic is not None)
    families = {item.family.name for item in change.created}
    assert ("dead peer detection applies to every IKE peer" in told) is ("isakmp-keepalive" in families)
    assert ("starts to encrypt" in told) is not box.bound


@LAW
@given(boxes(), tunnels(), st.randoms(use_true_random=False))
def test_order_of_lines_does_not_matter(box: Box, wanted: Wanted, random: object) -> None:
    """A device that shows its objects, and the lines in them, in another order gets the same change."""
    change = change_for(wanted, box.running)
    nodes = list(tree.parse(box.running))
    random.shuffle(nodes)  # type: ignore[attr-defined]
    mixed = []
    for node in nodes:
        children = list(node.children)
        if "access-list" not in node.line:
            random.shuffle(children)  # type: ignore[attr-defined]
        mixed.append(tree.Node(node.line, tuple(children)).text)
    other = change_for(wanted, "\n".join(mixed))
    assert other.forward == change.forward
    assert other.inverse == change.inverse
    assert sorted(other.blast_radius) == sorted(change.blast_radius)


@LAW
@given(boxes(), tunnels())
def test_switching_comes_last_and_alone(box: Box, wanted: Wanted) -> None:
    """Everything is complete before the first reference puts it to use; each switch is one line below its header, and out."""
    change = change_for(wanted, box.running)
    phases = [step.phase for step in change.forward]
    assert phases == sorted(phases, key=[Phase.BUILD, Phase.ACTIVATE].index)
    assert all(len(step.lines) == 3 and step.lines[-1] == "exit" for step in change.of(Phase.ACTIVATE))
    built = [line for step in change.of(Phase.BUILD) for line in step.lines]
    assert not [line for line in built if line.startswith(("match address", "interface"))]


@LAW
@given(boxes(), tunnels())
def test_normalise_is_idempotent_and_objects_are_complete(box: Box, wanted: Wanted) -> None:
    """Normalising twice is normalising once, and what is desired is read back out of its own text object by object."""
    once = tree.normalise(box.running)
    assert tree.normalise(once) == once
    text = text_for(wanted, box.running) if change_for(wanted, box.running) else ""
    assert {*read_desired("ios", text).objects} == {*read("ios", text).objects}


@LAW
@given(boxes(), tunnels())
def test_removal_is_the_way_back(box: Box, wanted: Wanted) -> None:
    """What a tunnel brought can be taken away later as one change, and that change has an exact inverse too."""
    change = change_for(wanted, box.running)
    device = Device(box.running)
    before = device.show()
    device.type(change.forward_text)
    built = device.show()
    removal = plan_removal("vpn2611", "ios", change.created, built)
    assert removal
    device.type(removal.forward_text)
    assert tree.normalise(device.show()) == tree.normalise(before)
    assert against(read_back(removal, built, device.show(), "now")) == ()
    device.type(removal.inverse_text)
    assert same(device.show(), built)


@LAW
@given(boxes(), tunnels(), st.data())
def test_any_cut_of_a_removal_can_be_put_back(box: Box, wanted: Wanted, data: st.DataObject) -> None:
    """The session ends after any line of a removal: what restore() plans makes the tunnel whole again."""
    change = change_for(wanted, box.running)
    device = Device(box.running)
    device.type(change.forward_text)
    built = device.show()
    removal = plan_removal("vpn2611", "ios", change.created, built)
    lines = [line for step in removal.forward for line in step.lines]
    for line in lines[: data.draw(st.integers(0, len(lines)))]:
        device.enter(line)
    device.cut()
    undo_on(device, removal, built)
    assert same(device.show(), built)


def two_tunnels(box: Box, wanted: Wanted) -> tuple[Device, Change, str, Wanted, Change]:
    """A device with a tunnel and then another one to the same peer; the text is from between the two."""
    near = termination("vpn2611", "172.18.124.159", ("10.10.10.0/24",), "10.10.10.1")
    far = termination("vpn3640", "172.18.124.199", ("10.30.0.0/24",), "10.30.0.1")
    other = replace(wanted, end=End(near, far), name="second")
    first = change_for(wanted, box.running)
    device = Device(box.running)
    device.type(first.forward_text)
    between = device.show()
    second = change_for(other, between)
    return device, first, between, other, second


@LAW
@given(boxes(), tunnels(), st.data())
def test_second_tunnel_never_takes_the_first_along(box: Box, wanted: Wanted, data: st.DataObject) -> None:
    """Cut after any line, a tunnel that reuses another one's objects is rolled back and leaves all of them, byte for byte."""
    device, first, between, _, second = two_tunnels(box, wanted)
    lines = typed(second)
    for line in lines[: data.draw(st.integers(0, len(lines)))]:
        device.enter(line)
    device.cut()
    undo_on(device, second, between)
    assert not {item.key for item in first.created} & {item.key for item in second.created}
    assert tree.normalise(device.show()) == tree.normalise(between)


@LAW
@given(boxes(), tunnels())
def test_first_tunnel_never_takes_the_second_along(box: Box, wanted: Wanted) -> None:
    """The first tunnel is rolled back from under the second: that one misses nothing, and what stayed is named."""
    device, first, _, other, second = two_tunnels(box, wanted)
    device.type(second.forward_text)
    removal = plan_reversal(first, box.running, device.show())
    device.type(removal.forward_text)
    assert not change_for(other, device.show())
    used = {item.title for item in second.reused} & {item.title for item in first.created}
    assert {item.title for item in first.created} - {item.title for item in removal.removed} == used
    assert {sentence.partition(" stays: ")[0] for sentence in removal.stays} == used


@LAW
@given(boxes(), tunnels())
def test_two_tunnels_go_in_the_opposite_order(box: Box, wanted: Wanted) -> None:
    """The second tunnel rolled back and then the first, the device is as it was before either, byte for byte."""
    device, first, between, _, second = two_tunnels(box, wanted)
    device.type(second.forward_text)
    device.type(plan_reversal(second, between, device.show()).forward_text)
    assert tree.normalise(device.show()) == tree.normalise(between)
    removal = plan_reversal(first, box.running, device.show())
    assert removal.stays == ()
    device.type(removal.forward_text)
    assert tree.normalise(device.show()) == tree.normalise(Device(box.running).show())


@LAW
@given(boxes(), tunnels())
def test_two_tunnels_go_in_the_order_of_their_making(box: Box, wanted: Wanted) -> None:
    """The first tunnel rolled back and then the second, nothing is left that neither of them found."""
    device, first, between, _, second = two_tunnels(box, wanted)
    device.type(second.forward_text)
    device.type(plan_reversal(first, box.running, device.show()).forward_text)
    removal = plan_reversal(second, between, device.show())
    device.type(removal.forward_text)
    left = {*read("ios", device.show()).objects} - {*read("ios", box.running).objects}
    assert {family for family, _ in left} <= {"isakmp-policy", "isakmp-keepalive", "isakmp-key"}
    assert left <= {item.key for item in second.reused}
    told = {sentence.partition(" stays: ")[0] for sentence in removal.stays}
    config = read("ios", device.show())
    assert all(config.objects[key].title in told or users(config, config.objects[key], besides=left) for key in left)
