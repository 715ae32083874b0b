"""What a verification may type: what shows, and pings of its own making; everything else is refused before it is written."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from nr_run.checks.proof import Traffic
from nr_run.inventory.errors import NrRunError
from nr_run.inventory.platforms import platform_for
from nr_run.tasks.reader import Ping, Reader
from nr_run.tasks.session import Session

BOX = platform_for("3640", "12.2(8)T")
REFUSED = (
    *("configure terminal", "conf t", "clear crypto sa", "reload", "write memory", "copy running-config startup-config"),
    *(
        "show running-config | redirect flash:x",
        "show version\nconfigure terminal",
        "ping 10.0.0.1",
        "more flash:x",
        "debug ip icmp",
    ),
    *("crypto map M 10 ipsec-isakmp", "no crypto map", "end", "exit", "", "do show version", "test crypto", "terminal monitor"),
)


class Silent(Session):
    """A session that would say what is typed; a line that reaches it fails the test."""

    def __init__(self) -> None:
        self.name = "box"

    def exchange(self, lines: object, **_more: object) -> tuple[()]:  # type: ignore[override]
        """Nothing may come here."""
        raise AssertionError(f"{lines} was typed")


@pytest.mark.parametrize("line", REFUSED)
def test_what_does_not_only_show_is_not_typed(line: str) -> None:
    """Each line that changes something, leads into a file or opens a mode is refused, alone and behind one that shows."""
    reader = Reader(Silent(), BOX, may_ping=True)
    for lines in ([line], ["show version", line]):
        with pytest.raises(NrRunError, match="is no command that only shows"):
            reader.look(lines)
        with pytest.raises(NrRunError, match="is no command that only shows"):
            reader.ping_and_look([], lines)


def test_no_ping_where_none_is_allowed() -> None:
    """A reader that may not ping sends none, whoever asks for it."""
    reader = Reader(Silent(), BOX, may_ping=False)
    ping = Ping(Traffic(IPv4Address("10.10.20.1"), IPv4Address("10.10.10.1")), 5)
    with pytest.raises(NrRunError, match="this verification sends none"):
        reader.ping_and_look([ping], ["show version"])


def test_the_reader_has_no_other_hands() -> None:
    """What it offers is its name, looks, pings, the count of its exchanges and its end: no way to the session that it holds."""
    offered = {name for name in dir(Reader(Silent(), BOX, may_ping=True)) if not name.startswith("_")}
    assert offered == {"name", "look", "ping_and_look", "trips", "close"}
