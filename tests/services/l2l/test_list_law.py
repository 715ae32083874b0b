"""A list of translation that shows no numbers: however long it is and however it was numbered, exemptions find their place."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from nr_run.changes.configurations import tree
from nr_run.changes.objects import read
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan, plan_removal, plan_reversal
from nr_run.services.l2l.placing.nat_places import nat_place
from nr_run.templates.words import FILTERS

from ...changes.deep_device import DeepDevice
from ...changes.whole import restore
from ...sampling import examples
from .example import FAR, intent, members_of

LAW = settings(max_examples=examples(40), deadline=None)
HEAD = "ip nat inside source list NAT interface GigabitEthernet0/0 overload\nip access-list extended NAT\n"
PERMIT = " permit ip 10.10.10.0 0.0.0.255 any\n"


def running(above: int) -> str:
    """A router whose list has so many exemptions of others in front of its permit."""
    others = "".join(f" deny ip 10.10.10.0 0.0.0.255 10.77.{number}.0 0.0.0.255\n" for number in range(above))
    return f"{HEAD}{others}{PERMIT}"


def device(text: str, gaps: list[int]) -> DeepDevice:
    """It, with numbers of its own that nobody sees: each this much above the one before."""
    made = DeepDevice("ios", text)
    (header,) = [line for line in made.lines if line.text == "ip access-list extended NAT"]
    number = 0
    for place, line in enumerate(header.below):
        number += gaps[place % len(gaps)]
        line.text = f"{number} {line.text.split(' ', 1)[1]}"
    return made


def exemptions(networks: int, shown: str) -> Change:
    """The change that exempts so many networks of a tunnel on a router that shows this."""
    far = {**FAR, "protected_prefixes": [f"10.10.{20 + number}.0/24" for number in range(networks)]}
    member, _ = members_of(intent(version=1, far=far), "881 15.4(3)M3", "881 15.4(3)M3")
    made, _ = nat_place(member, shown)
    assert made is not None
    address = FILTERS["ios_address"]
    lines = "".join(f" {number} deny ip {address(near)} {address(far)}\n" for number, (near, far) in made.numbered)
    return plan("box", "ios", f"ip access-list extended NAT\n{lines}", shown)


def rules(text: str) -> list[str]:
    """The lines of the list, in their order."""
    return [line.strip() for line in text.splitlines() if re.match(r" (?:deny|permit) ", line)]


def lines_of(change: Change) -> list[str]:
    """All that is typed."""
    return [line for step in change.forward for line in step.lines]


def enter(router: DeepDevice, lines: list[str]) -> None:
    """Type them; the session ends behind the last one."""
    for line in lines:
        router.enter(line)
    router.cut()


CASES = (st.integers(0, 30), st.integers(1, 14), st.lists(st.integers(1, 12), min_size=1, max_size=5), st.data())


@LAW
@given(*CASES)
def test_built_and_rolled_back_after_any_line(above: int, networks: int, gaps: list[int], data: st.DataObject) -> None:
    """Every exemption stands behind the others and in front of the permit; cut after any line, the list is as it was."""
    before = running(above)
    change = exemptions(networks, before)
    lines = lines_of(change)
    router = device(before, gaps)
    enter(router, lines)
    found = rules(router.show())
    assert (len(found), found[-1], found[:above]) == (above + networks + 1, PERMIT.strip(), rules(before)[:above])
    assert exemptions(networks, router.show()).forward == ()
    router = device(before, gaps)
    enter(router, lines[: data.draw(st.integers(0, len(lines)))])
    enter(router, [line for step in restore(change, before, router.show()) for line in step.lines])
    assert tree.normalise(router.show()) == tree.normalise(before)


@LAW
@given(*CASES)
def test_taken_away_and_brought_back(above: int, networks: int, gaps: list[int], data: st.DataObject) -> None:
    """Some of them go, be it after a restart; cut after any line, and rolled back later, each line stands where it stood."""
    router = device(running(above), gaps)
    enter(router, lines_of(exemptions(networks, router.show())))
    there = router.show()
    router = device(there, gaps)
    for line in router.lines:
        for below in line.below:
            below.ours = True
    items = [item for item in read("ios", there).of("nat-exemption") if data.draw(st.booleans())]
    removal = plan_removal("box", "ios", items, there)
    lines = lines_of(removal)
    enter(router, lines[: data.draw(st.integers(0, len(lines)))])
    enter(router, [line for step in restore(removal, there, router.show()) for line in step.lines])
    assert tree.normalise(router.show()) == tree.normalise(there)
    enter(router, lines)
    assert len(rules(router.show())) == above + networks + 1 - len(items)
    enter(router, lines_of(plan_reversal(removal, there, router.show())))
    assert tree.normalise(router.show()) == tree.normalise(there)
