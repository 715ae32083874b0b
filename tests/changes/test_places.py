"""Where a text for people may begin is found in a whole configuration at once, and nothing else is missed or added by it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nr_run.changes.configurations import tree
from nr_run.changes.configurations.configuration import _outside
from nr_run.changes.configurations.literals import begins_text, literal_at, may_begin, places

LINES = st.lists(
    st.sampled_from(
        [
            *("banner motd ^C", "banner exec ^C hello ^C", " banner login #x", "#", "^C", "quit", "menu M title ^C", "hello\x03"),
            *("macro name M", "@", "crypto pki certificate chain A", " certificate self-signed 01", "  30820122 3081", "\tquit"),
            *("aaa authentication banner ^C", "aaa authentication fail-message $", "aaa new-model", "hostname a", "", "  ", "!"),
            *("interface Ethernet0", " description a ^C b", "http-raw-request", "exit", "end", ": Saved", "ntp clock-period 1"),
        ]
    ),
    max_size=14,
)


def _one_by_one(lines: list[str], *, asa: bool) -> tuple[list[str], bool]:
    """As _outside(), line by line."""
    found: list[str] = []
    number, open_text = 0, False
    while number < len(lines):
        line = lines[number]
        literal = literal_at(lines, number, asa=asa) if may_begin(line.strip()) else None
        if literal is None:
            open_text = open_text or (not asa and begins_text(line.strip()))
            found.append(line)
        number += literal.lines if literal else 1
    return found, open_text


@given(LINES)
def test_the_places_are_those_of_each_line(lines: list[str]) -> None:
    """A line of which either look says yes is among the places, each once and in order."""
    wanted = [number for number, line in enumerate(lines) if may_begin(line.strip()) or begins_text(line.strip())]
    found = places(lines)
    assert found == sorted(set(found))
    assert {*wanted} <= {*found}


@given(LINES)
def test_what_stands_outside_is_the_same_as_line_by_line(lines: list[str]) -> None:
    """What is left beside such texts, and whether one never ends, does not depend on how their beginnings were found."""
    for asa in (False, True):
        assert _outside(lines, asa=asa) == _one_by_one(lines, asa=asa)


@given(LINES)
def test_the_tree_has_all_lines_of_configuration(lines: list[str]) -> None:
    """Each line that is configuration is in the tree, and so is each text for people, in the order of the device."""
    text = "\n".join(lines)
    kept = [raw.rstrip() for raw in text.split("\n")]
    wanted, number = [], 0
    while number < len(kept):
        stripped = kept[number].strip()
        literal = literal_at(kept, number, asa=False) if may_begin(stripped) else None
        if literal or (stripped and not tree._is_no_configuration(stripped)):
            wanted.append((kept[number], literal))
        number += literal.lines if literal else 1
    assert list(tree._meaningful(text)) == wanted
