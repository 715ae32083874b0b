"""Laws of every form of a tunnel beside neighbours of every family, judged by devices that share no code with the planner."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nr_run.changes.configurations import tree
from nr_run.changes.objects import read
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan, plan_removal, plan_reversal
from nr_run.changes.plans.removal import owned
from nr_run.changes.plans.steps import Step
from nr_run.checks.finding import against
from nr_run.inventory.errors import ChangeError

from ..sampling import examples
from .deep_boxes import IOS_BASE, IOS_CLIENTS, IOS_CROWD, IOS_FORMS, Scene, scenes
from .deep_device import DeepDevice, Refused
from .trees import same
from .whole import read_back, restore

LAW = settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


#: What every peer of the device shares, with what it names and the line in which it does.
IKEV2 = ("ikev2-policy", "ikev2-enable", "ikev2-dpd", "ikev2-proposal", "ikev2-offer")


def lines_of(steps: Iterable[Step]) -> list[str]:
    """All lines of steps, in their order."""
    return [line for step in steps for line in step.lines]


def device_of(scene: Scene) -> DeepDevice:
    """The device of a scene before anything is typed."""
    return DeepDevice(scene.os, scene.running, numbers=scene.numbers)


def change_for(scene: Scene, running: str) -> Change:
    """The change that brings the tunnel of a scene to a device that runs this."""
    return plan("box", scene.os, scene.desired, running)


def enter(device: DeepDevice, lines: Iterable[str]) -> None:
    """Lines, and the end of the session behind them; a step leaves every sub-mode that it has entered."""
    for line in lines:
        device.enter(line)
    device.cut()


def built(scene: Scene) -> tuple[DeepDevice, Change, str]:
    """A device with its tunnel, the change that brought it, and what the device showed before."""
    device = device_of(scene)
    before = device.show()
    change = change_for(scene, before)
    for step in change.forward:
        for line in step.lines:
            device.enter(line)
        assert not device.stack, step
    return device, change, before


@LAW
@given(scenes())
def test_forward_then_inverse_is_the_identity(scene: Scene) -> None:
    """The device refuses no line and has the tunnel then and nothing else; the inverse leaves it as it was, byte for byte."""
    device, change, before = built(scene)
    assert against(read_back(change, before, device.show(), "now")) == ()
    again = change_for(scene, device.show())
    assert (again.forward, again.inverse) == ((), ())
    enter(device, lines_of(change.inverse))
    assert tree.normalise(device.show()) == tree.normalise(before)


@LAW
@given(scenes(), st.data())
def test_any_cut_can_be_taken_back(scene: Scene, data: st.DataObject) -> None:
    """The session ends after any line: what restore() plans leaves the device as it was, byte for byte."""
    device, change, before = built(scene)
    lines = lines_of(change.forward)
    for count in data.draw(st.sets(st.integers(0, len(lines)), min_size=1, max_size=6)):
        device = device_of(scene)
        enter(device, lines[:count])
        enter(device, lines_of(restore(change, before, device.show())))
        assert tree.normalise(device.show()) == tree.normalise(before)


@LAW
@given(scenes())
def test_a_reversal_is_the_way_back(scene: Scene) -> None:
    """Rolled back later, the device is as it was, and the reversal's own inverse makes the tunnel again, each line in its
    place."""
    device, change, before = built(scene)
    there = device.show()
    back = plan_reversal(change, before, there)
    assert back.stays == ()
    enter(device, lines_of(back.forward))
    assert tree.normalise(device.show()) == tree.normalise(before)
    enter(device, lines_of(back.inverse))
    assert same(device.show(), there)
    assert [line for line in device.show().splitlines() if line.startswith("nat ")] == [
        line for line in there.splitlines() if line.startswith("nat ")
    ]


@LAW
@given(scenes(), st.data())
def test_what_is_removed_is_used_by_nobody(scene: Scene, data: st.DataObject) -> None:
    """Removed by what the device shows, nothing goes that anything else needs; cut after any line, all of it can be restored."""
    device, change, before = built(scene)
    there = device.show()
    items, stays = owned(read(scene.os, there), [read(scene.os, there).objects[item.key] for item in change.created])
    removal = plan_removal("box", scene.os, items, there, stays=stays)
    lines = lines_of(removal.forward)
    enter(device, lines[: data.draw(st.integers(0, len(lines)))])
    enter(device, lines_of(restore(removal, there, device.show())))
    assert same(device.show(), there)
    enter(device, lines)
    assert against(read_back(removal, there, device.show(), "now")) == ()
    left = [key for key in read(scene.os, device.show()).objects if key not in read(scene.os, before).objects]
    assert {family for family, _ in left} <= {"isakmp-policy", "isakmp-keepalive", *IKEV2, "tcp-mss", "aaa-new-model"}
    assert len([family for family, _ in left if family != "ikev2-offer"]) == len(stays)


@LAW
@given(st.sets(st.sampled_from(range(len(IOS_CROWD)))), st.booleans(), st.booleans())
def test_clients_and_a_tunnel_leave_each_other_alone(crowd: set[int], clients_first: bool, last_first: bool) -> None:
    """A tunnel and VPN clients on one map come in any order and are rolled back in any order; what stays is named."""
    running = IOS_BASE + "".join(IOS_CROWD[number] for number in sorted(crowd))
    device = DeepDevice("ios", running)
    texts = [device.show()]
    changes = []
    for desired in (IOS_CLIENTS, IOS_FORMS[0]) if clients_first else (IOS_FORMS[0], IOS_CLIENTS):
        changes.append(plan("box", "ios", desired, texts[-1]))
        enter(device, lines_of(changes[-1].forward))
        texts.append(device.show())
    order = (1, 0) if last_first else (0, 1)
    told: list[str] = []
    for number in order:
        others = {item.key for item in changes[1 - number].created} if number == order[0] else set()
        back = plan_reversal(changes[number], texts[number], device.show())
        enter(device, lines_of(back.forward))
        told += back.stays
        assert others <= {*read("ios", device.show()).objects}
    left = [item.title for key, item in read("ios", device.show()).objects.items() if key not in read("ios", texts[0]).objects]
    assert {sentence.partition(" stays: ")[0] for sentence in told} >= {*left}
    assert last_first or left or same(device.show(), texts[0])
    assert not last_first or same(device.show(), texts[0])


SECOND = (
    IOS_FORMS[3]
    .replace("192.0.2.1", "192.0.2.44")
    .replace("NR-a", "NR-b")
    .replace("Tunnel2", "Tunnel3")
    .replace("10.20.0.0", "10.21.0.0")
    .replace("10.255.0.1", "10.255.0.5")
    .replace("group 14", "group 19")
    .replace("crypto ikev2 policy NR-b", "crypto ikev2 policy NR-a")
    .replace("203.0.113.1\n proposal NR-b\n", "203.0.113.1\n proposal NR-a\n proposal NR-b\n")
)


@pytest.mark.parametrize("last_first", [True, False])
def test_two_tunnels_share_a_policy_of_their_address(last_first: bool) -> None:
    """The second proposal is one line more in the policy of the first; each tunnel goes without taking the other's along."""
    device = DeepDevice("ios", IOS_BASE)
    texts, changes = [device.show()], []
    for desired in (IOS_FORMS[3], SECOND):
        changes.append(plan("box", "ios", desired, texts[-1]))
        enter(device, lines_of(changes[-1].forward))
        texts.append(device.show())
    assert "ikev2-offer NR-a NR-b" in {item.title for item in changes[1].created}
    assert not plan("box", "ios", SECOND, texts[-1])
    stays = []
    for number in (1, 0) if last_first else (0, 1):
        back = plan_reversal(changes[number], texts[number], device.show())
        enter(device, lines_of(back.forward))
        stays += back.stays
    titles = [sentence.partition(" stays: ")[0] for sentence in stays]
    assert last_first or titles[:2] == ["ikev2-policy NR-a", "ikev2-proposal NR-a"]
    assert not last_first or same(device.show(), texts[0])
    assert not [line for line in device.show().splitlines() if "NR-b" in line]


def test_a_line_that_somebody_added_is_not_taken_along() -> None:
    """A proposal that a person has put into our policy is not taken away with it, though nobody else negotiates by the policy."""
    device = DeepDevice("ios", IOS_BASE + IOS_CROWD[0])
    before = device.show()
    change = plan("box", "ios", IOS_FORMS[3], before)
    enter(device, lines_of(change.forward))
    enter(device, ["crypto ikev2 policy NR-a", "proposal THEIRS", "exit"])
    with pytest.raises(ChangeError, match="ikev2-policy NR-a exists with other content"):
        plan_reversal(change, before, device.show())


@pytest.mark.parametrize("os", ["ios", "asa"])
def test_the_judge_refuses(os: str) -> None:
    """The reference device is no rubber stamp: a name that is nowhere, a line in the wrong mode, and what is somebody else's."""
    device = DeepDevice(os, "interface Vlan1\n ip address 10.1.0.1 255.255.0.0\n")
    for line in ("crypto map M interface Vlan1", "nonsense", "no interface Vlan1", "exit"):
        with pytest.raises(Refused):
            device.enter(line)
    device.enter("interface Vlan1")
    with pytest.raises(Refused, match="does not know it"):
        device.enter("reload")
