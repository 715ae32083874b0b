"""What others have in the list of nat 0, or in front of a list that translates, stays where it is and keeps working."""

from __future__ import annotations

import pytest

from nr_run.changes.configurations import tree
from nr_run.changes.configurations.nodes_after import nodes_after
from nr_run.changes.objects import read, read_desired
from nr_run.changes.plans.removal import owned

OURS = "access-list NONAT extended permit ip 10.1.0.0 255.255.0.0 10.9.0.0 255.255.0.0\n"
BINDING = "nat (inside) 0 access-list NONAT\n"
LIST = "ip access-list extended NAT\n"
NEW = "deny ip 10.1.0.0 0.0.255.255 10.9.0.0 0.0.255.255"


@pytest.mark.parametrize(
    ("others", "stays"),
    [
        ("", False),
        ("access-list NONAT extended permit ip 10.1.0.0 255.255.0.0 10.8.0.0 255.255.0.0\n", True),
        ("access-list NONAT extended deny ip 10.1.0.0 255.255.0.0 10.8.0.0 255.255.0.0\n", True),
        ("access-list NONAT remark of the branches\n", True),
        ("access-list NONAT2 extended permit ip 10.1.0.0 255.255.0.0 10.8.0.0 255.255.0.0\n", False),
    ],
    ids=["alone", "permit", "deny", "remark", "another list"],
)
def test_nat_0_stays_as_long_as_its_list_has_another_line(others: str, stays: bool) -> None:
    """The list of nat 0 is taken from its interface only when nothing but what goes is in it."""
    running = read("asa", OURS + others + BINDING)
    going, said = owned(running, [*running.of("nat-exemption"), *running.of("nat-0")] if not others else _of_ours(running))
    assert ("nat-0" not in {item.family.name for item in going}) == stays
    assert any("its list has other lines" in sentence for sentence in said) == stays


def _of_ours(running):
    """The line of the tunnel and the binding."""
    lines = [item for item in running.of("nat-exemption") if "10.9.0.0" in item.children[0]]
    return [*lines, *running.of("nat-0")]


@pytest.mark.parametrize(
    ("lines", "number", "then"),
    [
        ((" permit ip any any",), 1, (NEW, "permit ip any any")),
        ((" deny ip host 10.1.1.1 any", " permit ip any any"), 11, ("deny ip host 10.1.1.1 any", NEW, "permit ip any any")),
        ((" 10 permit ip any any", " 20 deny ip any any"), 3, (f"3 {NEW}", "10 permit ip any any", "20 deny ip any any")),
    ],
    ids=["in front", "behind one", "with numbers"],
)
def test_a_line_is_planned_where_its_number_puts_it(lines: tuple[str, ...], number: int, then: tuple[str, ...]) -> None:
    """A second tunnel of the same run, and the prechecks, see a list as the device will have it."""
    running = tree.parse(LIST + "\n".join(lines) + "\n")
    (item,) = read_desired("ios", f"{LIST} {number} {NEW}\n").of("nat-exemption")
    (node,) = nodes_after(running, [item])
    assert node.children == then


def test_a_rule_of_twice_nat_is_planned_in_front() -> None:
    """It is typed at position 1, so it is asked before the rules that translate."""
    running = tree.parse("nat (inside,outside) source dynamic any interface\n")
    rule = "source static L L destination static R R"
    wanted = read_desired("asa", f"nat (inside,outside) 1 {rule}\nobject-group network L\n network-object host 10.1.1.1\n")
    (item,) = wanted.of("twice-nat")
    assert [node.line for node in nodes_after(running, [item])] == [
        f"nat (inside,outside) {rule}",
        "nat (inside,outside) source dynamic any interface",
    ]
