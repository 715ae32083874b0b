"""Two commands that show one configuration bear each other out, or one of them has lost something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.configurations.masked_keys import difference

HEAD = ": Saved\n\nASA Version 9.1(7)\n!\nhostname fw1\n"
BODY = (
    "enable password <secret:1a2b3c4d> encrypted",
    "access-list VPN extended permit ip 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0",
    "crypto map CM 10 match address VPN",
    "crypto map CM 10 set peer 192.0.2.2",
    "crypto map CM interface outside",
    "tunnel-group 192.0.2.2 type ipsec-l2l",
    "tunnel-group 192.0.2.2 ipsec-attributes\n ikev1 pre-shared-key <key:bdfdc4ac>\n peer-id-validate nocheck",
    "snmp-server host inside 10.1.0.9 community <secret:55667788> version 2c",
)
MASKED = tuple(line.replace("<key:bdfdc4ac>", "*****").replace("<secret:55667788>", "*****") for line in BODY)
END = "Cryptochecksum:0123456789abcdef0123456789abcdef\n: end\n"


def shown(command: str, lines: tuple[str, ...]) -> Configuration:
    """An ASA's answer."""
    return Configuration("fw1", "asa", command, HEAD + "".join(f"{line}\n" for line in lines) + END)


def compared(lines: tuple[str, ...], masked: tuple[str, ...]) -> str:
    """The difference of what both commands show."""
    return difference(shown("more system:running-config", lines), shown("show running-config", masked))


def test_masks_are_no_difference() -> None:
    """A key, and asterisks of any number in its place, are one line; the remarks of an ASA count for nothing."""
    assert compared(BODY, MASKED) == ""
    assert compared(BODY, tuple(line.replace("*****", "*") for line in MASKED)) == ""


@given(st.integers(0, len(BODY) - 1), st.integers(1, 3), st.booleans())
def test_lines_that_one_has_lost_are_seen(at: int, count: int, from_masked: bool) -> None:
    """Whatever lines either answer has lost, it is seen."""
    kept = tuple(range(at)), tuple(range(at + count, len(BODY)))
    lost = tuple((MASKED if from_masked else BODY)[number] for numbers in kept for number in numbers)
    assert compared(BODY, lost) if from_masked else compared(lost, MASKED)


@pytest.mark.parametrize(
    ("old", "new"),
    [("192.0.2.2 type", "192.0.2.3 type"), (" peer-id-validate nocheck", ""), ("set peer 192.0.2.2", "set peer *")],
)
def test_what_is_no_mask_is_a_difference(old: str, new: str) -> None:
    """Another address, a line of a sub-mode that is missing, and a value that only the reading with the keys has masked."""
    altered = tuple(line.replace(old, new) for line in BODY)
    assert compared(altered, MASKED)
