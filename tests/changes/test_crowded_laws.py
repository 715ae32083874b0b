"""Laws of a change on devices where others are at work: what they have is never touched, and nothing is half done."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nr_run.changes.configurations import tree
from nr_run.changes.objects import read
from nr_run.changes.plans.plan import plan_removal
from nr_run.changes.plans.removal import owned
from nr_run.checks.finding import against

from ..sampling import examples
from .boxes import Box, Wanted, tunnels
from .crowded import crowded
from .device import Device
from .test_replacing_laws import change_to, forms
from .trees import same
from .whole import read_back, restore

LAW = settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def lines_of(text: str) -> set[str]:
    """Lines of a configuration, each with the header it stands below."""
    return {line for node in tree.parse(text) for line in (node.line, *(f"{node.line} / {child}" for child in node.children))}


@LAW
@given(crowded(), tunnels())
def test_it_comes_and_goes(box: Box, wanted: Wanted) -> None:
    """The device takes each line, nothing of the others goes, there is nothing to do then, and the inverse is exact."""
    change = change_to(wanted, box.running)
    device = Device(box.running)
    before = device.show()
    device.type(change.forward_text)
    assert lines_of(before) <= lines_of(device.show())
    assert against(read_back(change, before, device.show(), "now")) == ()
    assert not change_to(wanted, device.show())
    device.type(change.inverse_text)
    assert tree.normalise(device.show()) == tree.normalise(before)


@LAW
@given(crowded(), tunnels())
def test_its_removal_leaves_the_others(box: Box, wanted: Wanted) -> None:
    """Removed by the intent, as a later run would, it takes along nothing that was there before, but for an idle policy."""
    device = Device(box.running)
    before = device.show()
    device.type(change_to(wanted, before).forward_text)
    there = change_to(wanted, device.show())
    items, stays = owned(read("ios", device.show()), there.reused)
    removal = plan_removal("vpn2611", "ios", items, device.show(), stays=stays)
    now = device.show()
    device.type(removal.forward_text)
    lost = lines_of(before) - lines_of(device.show())
    assert all(line.startswith("crypto isakmp policy ") for line in lost)
    device.bound_by_us.add("interface Ethernet0/0")
    device.type(removal.inverse_text)
    assert same(device.show(), now)


@LAW
@given(crowded(), forms(), st.data())
def test_it_changes_in_place(box: Box, pair: tuple[Wanted, Wanted, str], data: st.DataObject) -> None:
    """Changed, read back and rolled back after any line, it leaves what others have as it was, but for idle policies."""
    first, second, key = pair
    device = Device(box.running)
    device.type(change_to(first, box.running).forward_text)
    before = device.show()
    change = change_to(second, before, key)
    lines = [line for step in change.forward for line in step.lines]
    cut = data.draw(st.integers(0, len(lines)))
    for line in lines[:cut]:
        device.enter(line)
    device.cut()
    lost = lines_of(box.running) - lines_of(device.show())
    assert all(line.startswith("crypto isakmp policy ") for line in lost)
    for step in restore(change, before, device.show()):
        for line in step.lines:
            device.enter(line)
    device.cut()
    assert same(device.show(), before)
