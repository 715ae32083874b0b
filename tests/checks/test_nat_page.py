"""What a person types where a line cannot be put before the permits of a list."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from nr_run.changes.configurations import tree
from nr_run.checks.translation.nat import translations
from nr_run.checks.translation.nat_page import exemption_page

PAIRS = [(IPv4Network("10.1.0.0/24"), IPv4Network("10.2.0.0/24")), (IPv4Network("10.1.0.0/24"), IPv4Network("10.3.0.1/32"))]
DENIES = (" deny ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255", " deny ip 10.1.0.0 0.0.0.255 host 10.3.0.1")


@pytest.mark.parametrize(
    ("running", "rule", "page"),
    [
        (
            "ip nat inside source list 1 interface Ethernet0/0 overload\naccess-list 1 permit 10.1.0.0 0.0.255.255\n"
            "access-list 1 permit 10.9.0.1",
            "ip nat inside source list 1 interface Ethernet0/0 overload",
            (
                "clear ip nat translation *",
                "configure terminal",
                "ip access-list extended NAT-1-EXEMPT",
                *DENIES,
                " permit ip 10.1.0.0 0.0.255.255 any",
                " permit ip host 10.9.0.1 any",
                "exit",
                "no ip nat inside source list 1 interface Ethernet0/0 overload",
                "ip nat inside source list NAT-1-EXEMPT interface Ethernet0/0 overload",
                "end",
            ),
        ),
        (
            "ip nat inside source route-map RM interface Ethernet0/0 overload\naccess-list 101 remark all\n"
            "access-list 101 permit ip any any\nroute-map RM permit 10\n match ip address 101",
            "ip nat inside source route-map RM interface Ethernet0/0 overload",
            (
                "configure terminal",
                "ip access-list extended NAT-101-EXEMPT",
                *DENIES,
                " remark all",
                " permit ip any any",
                "exit",
                "route-map RM permit 10",
                " match ip address NAT-101-EXEMPT",
                " no match ip address 101",
                "exit",
                "end",
            ),
        ),
        ("ip nat inside source static 10.1.0.5 192.0.2.5", "ip nat inside source static 10.1.0.5 192.0.2.5", ()),
        ("ip nat inside source list GONE interface E0 overload", "ip nat inside source list GONE interface E0 overload", ()),
    ],
)
def test_the_page(running: str, rule: str, page: tuple[str, ...]) -> None:
    """The list is written again with the exemption first, and what translates is switched to it; a static one has no list."""
    nodes = tree.parse(running)
    assert exemption_page(nodes, rule, PAIRS) == page


def test_a_page_holds_what_is_missing_only() -> None:
    """A pair that the list leaves alone already is not denied again, and a name that is taken is not taken again."""
    running = """ip nat inside source list NAT interface Ethernet0/0 overload
ip access-list extended NAT
 deny ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
 permit ip any any
ip access-list extended NAT-EXEMPT
 permit ip any any
"""
    page = exemption_page(tree.parse(running), running.splitlines()[0], PAIRS)
    assert page[2:5] == (
        "ip access-list extended NAT-EXEMPT-2",
        DENIES[1],
        " deny ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255",
    )
    typed = [line for line in page if line not in ("configure terminal", "exit", "end") and not line.startswith(("clear", "no "))]
    after = tree.parse("\n".join(typed))
    assert all(free for pair in PAIRS for _, free in translations(after, pair))
