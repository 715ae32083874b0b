"""What address translation makes of each tunnel of a hub: rules are looked up by far network, and not all asked of each."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from nr_run.changes.configurations import tree
from nr_run.checks.translation.asa_nat import Way, asa_translations

from ..calls import counted

NEAR = IPv4Network("10.0.0.0/16")
OBJECTS = "object network NEAR\n subnet 10.0.0.0 255.255.0.0\nobject network REST\n subnet 0.0.0.0 0.0.0.0\n"
EXEMPT = {
    True: "object network FAR-{n}\n subnet {far} 255.255.255.0\n"
    "nat (inside,outside) source static NEAR NEAR destination static FAR-{n} FAR-{n}\n",
    False: "access-list NONAT extended permit ip 10.0.0.0 255.255.0.0 {far} 255.255.255.0\n",
}
LAST = {
    True: "nat (inside,outside) after-auto source dynamic REST interface\n",
    False: "nat (inside) 0 access-list NONAT\nnat (inside) 1 0.0.0.0 0.0.0.0\n",
}


def far(number: int) -> IPv4Network:
    """The network of one far end."""
    return IPv4Network((0x0A640000 + (number << 8), 24))


def cost(tunnels: int, *, twice: bool) -> int:
    """Calls that it takes to see that nothing translates what goes to any of so many far ends, each exempt by its own line."""
    lines = (EXEMPT[twice].format(n=number, far=far(number).network_address) for number in range(tunnels))
    nodes = tree.parse(f"hostname hub-{tunnels}\n{OBJECTS}{''.join(lines)}{LAST[twice]}")
    way = Way("inside", "outside")
    with counted() as calls:
        for number in range(tunnels):
            assert [free for _, free in asa_translations(nodes, (NEAR, far(number)), way, twice=twice)] == [True]
    assert not all(free for _, free in asa_translations(nodes, (NEAR, far(tunnels)), way, twice=twice))
    return calls[0]


@pytest.mark.parametrize("twice", [False, True], ids=["nat 0", "twice NAT"])
def test_four_times_the_tunnels_are_four_times_the_work(twice: bool) -> None:
    """Rules for four hundred tunnels cost four times what those for a hundred cost; to ask all of each, sixteen times."""
    assert cost(400, twice=twice) < 1.2 * 4 * cost(100, twice=twice)
