"""Laws of a change in place: the tunnel is there and is wanted in another form; the reference device judges each line."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from nr_run.changes.family import Phase
from nr_run.changes.objects import read, referrers
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan, plan_reversal
from nr_run.checks.finding import against
from nr_run.inventory.errors import ChangeError
from nr_run.inventory.intents.intent import End

from ..sampling import examples
from .boxes import Box, Wanted, boxes, tunnels
from .device import Device
from .rendering import TOKEN, desired, termination
from .trees import same
from .whole import read_back, restore

LAW = settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
NEW_KEY = "<secret:credential:rotated-psk>"


def change_to(wanted: Wanted, running: str, key: str = TOKEN) -> Change:
    """The change that brings this form; generated cases in which the allocator finds no safe place are passed over."""
    try:
        text, names = desired(
            wanted.end,
            running,
            ike=wanted.ike,
            ipsec=wanted.ipsec,
            pfs_group=wanted.pfs_group,
            dpd=wanted.dpd,
            name=wanted.name,
            key=key,
        )
        return plan("vpn2611", "ios", text, running, names.replacing)
    except ChangeError:
        reject()


@st.composite
def forms(draw: st.DrawFn) -> tuple[Wanted, Wanted, str]:
    """A tunnel in one form and in another one: another peer, other prefixes, other proposals, another key, or several of them."""
    first, other = draw(tunnels()), draw(tunnels())
    near, far = first.end.local, other.end.remote
    peer = draw(st.sampled_from(["172.18.124.199", "172.18.124.200"]))
    far = termination("vpn3640", peer, tuple(map(str, far.protected_prefixes)), str(far.probe_address))
    dpd = first.dpd  # one setting for the whole device, which is left alone once it is there
    return first, replace(other, name=first.name, end=End(near, far), dpd=dpd), draw(st.sampled_from([TOKEN, NEW_KEY]))


def built(box: Box, wanted: Wanted) -> tuple[Device, Change]:
    """A device that has the tunnel in its first form."""
    change = change_to(wanted, box.running)
    device = Device(box.running)
    device.type(change.forward_text)
    return device, change


def lines_of(change: Change) -> list[tuple[str, ...]]:
    """What reaches the device in one write each: each line of what is built, and each later step."""
    building = [(line,) for step in change.of(Phase.BUILD) for line in step.lines]
    return [*building, *(step.lines for phase in (Phase.ACTIVATE, Phase.CLEAN) for step in change.of(phase))]


@LAW
@given(boxes(), forms())
def test_forward_then_inverse_is_the_identity(box: Box, pair: tuple[Wanted, Wanted, str]) -> None:
    """The device takes each line of the change and of its inverse, and is then what it was."""
    first, second, key = pair
    device, _ = built(box, first)
    before = device.show()
    change = change_to(second, before, key)
    device.type(change.forward_text)
    assert against(read_back(change, before, device.show(), "now")) == ()
    device.type(change.inverse_text)
    assert same(device.show(), before)


@LAW
@given(boxes(), forms())
def test_second_run_changes_nothing(box: Box, pair: tuple[Wanted, Wanted, str]) -> None:
    """The new form is found again under its versioned names; there is nothing to do."""
    first, second, key = pair
    device, _ = built(box, first)
    device.type(change_to(second, device.show(), key).forward_text)
    assert not change_to(second, device.show(), key)


@LAW
@given(boxes(), forms())
def test_there_and_back_leaves_no_trace(box: Box, pair: tuple[Wanted, Wanted, str]) -> None:
    """Changed to the second form and, by the intent, back to the first, the device is what it was but for names and numbers."""
    first, second, key = pair
    device, _ = built(box, first)
    before = device.show()
    device.type(change_to(second, before, key).forward_text)
    device.type(change_to(first, device.show()).forward_text)
    assert not change_to(first, device.show())
    count = {family: len(read("ios", before).of(family)) for family in ("access-list", "transform-set", "crypto-map-entry")}
    assert {family: len(read("ios", device.show()).of(family)) for family in count} == count


@LAW
@given(boxes(), forms())
def test_nothing_else_on_the_map_is_touched(box: Box, pair: tuple[Wanted, Wanted, str]) -> None:
    """Each object that the tunnel did not bring is there afterwards, word for word, but for policies nobody else is offered."""
    first, second, key = pair
    device, _ = built(box, first)
    device.type(change_to(second, device.show(), key).forward_text)
    before, after = read("ios", box.running), read("ios", device.show())
    here = {key: item.meaning for key, item in after.objects.items()}
    for item in before.objects.values():
        assert here.get(item.key) == item.meaning or (item.family.name == "isakmp-policy" and not box.static)
    assert [node for node in before.others if not node.line.startswith("interface")] == [
        node for node in after.others if not node.line.startswith("interface")
    ]


@LAW
@given(boxes(), forms(), st.data())
def test_any_cut_can_be_taken_back(box: Box, pair: tuple[Wanted, Wanted, str], data: st.DataObject) -> None:
    """The session ends after any line: what restore() plans makes the first form whole again, on names it had."""
    first, second, key = pair
    device, _ = built(box, first)
    before = device.show()
    change = change_to(second, before, key)
    lines = [line for part in lines_of(change) for line in part]
    for line in lines[: data.draw(st.integers(0, len(lines)))]:
        device.enter(line)
    device.cut()
    for step in restore(change, before, device.show()):
        device.cut()
        for line in step.lines:
            device.enter(line)
    device.cut()
    assert same(device.show(), before)
    assert restore(change, before, device.show()) == ()


@LAW
@given(boxes(), forms())
def test_no_step_refers_to_what_is_not_there(box: Box, pair: tuple[Wanted, Wanted, str]) -> None:
    """After each step every name in a map entry is that of an object, and each entry has a peer, a proposal and selectors."""
    first, second, key = pair
    device, _ = built(box, first)
    change = change_to(second, device.show(), key)
    for step in change.of(Phase.BUILD):
        for line in step.lines:
            device.enter(line)
    for step in (*change.of(Phase.ACTIVATE), *change.of(Phase.CLEAN)):
        device.cut()
        for line in step.lines:
            device.enter(line)
        here = read("ios", device.show())
        for entry in here.of("crypto-map-entry"):
            assert entry.child("set peer")
            assert here.get("transform-set", entry.child("set transform-set") or "")
            name = entry.child("match address") or ""
            assert here.get("access-list", name) or name.isdigit()


@LAW
@given(boxes(), forms())
def test_nothing_in_use_is_removed(box: Box, pair: tuple[Wanted, Wanted, str]) -> None:
    """What the change takes away is named by nothing that stays."""
    first, second, key = pair
    device, _ = built(box, first)
    change = change_to(second, device.show(), key)
    device.type(change.forward_text)
    here = read("ios", device.show())
    assert [item.title for item in change.removed if referrers(here, item)] == []
    assert not {item.key for item in change.removed} & {*here.objects}


@LAW
@given(boxes(), forms())
def test_reversal_is_the_way_back(box: Box, pair: tuple[Wanted, Wanted, str]) -> None:
    """A change in place that was finished can be undone later as a change of its own, and that one has an exact inverse too."""
    first, second, key = pair
    device, _ = built(box, first)
    before = device.show()
    change = change_to(second, before, key)
    device.type(change.forward_text)
    after = device.show()
    back = plan_reversal(change, before, after)
    assert bool(back) is bool(change)
    device.type(back.forward_text)
    assert same(device.show(), before)
    device.type(back.inverse_text)
    assert same(device.show(), after)


@LAW
@given(boxes(), forms())
def test_moved_on_is_refused(box: Box, pair: tuple[Wanted, Wanted, str]) -> None:
    """When somebody has edited the entry since, the way back is refused: it would take their work along."""
    first, second, key = pair
    device, _ = built(box, first)
    before = device.show()
    change = change_to(second, before, key)
    entries = [edit.after for edit in change.edited if edit.after.family.name == "crypto-map-entry"]
    if not entries:
        reject()
    device.type(change.forward_text)
    device.type(f"{entries[0].header}\n set peer 203.0.113.77")
    with pytest.raises(ChangeError, match="exists with other content"):
        plan_reversal(change, before, device.show())
    with pytest.raises(ChangeError, match="which this run did not send"):
        restore(change, before, device.show())
