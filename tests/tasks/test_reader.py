"""What a verification may type: what shows, and pings of its own making; everything else is refused before it is written."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from nr_run.checks.proof import Traffic
from nr_run.inventory.errors import NrRunError
from nr_run.inventory.models.platforms import Platform, platform_for
from nr_run.parsers import parse
from nr_run.tasks.probe import answers_to, line_of
from nr_run.tasks.reader import Ping, Reader, bursts
from nr_run.tasks.sessions.session import Session

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
    *("verify /md5 tftp://192.0.2.1/x", "verify bootflash:x", "verify /md5 bootflash:x y", "verify /md5 nvram:x"),
)


class Silent(Session):
    """A session that would say what is typed; a line that reaches it fails the test."""

    def __init__(self) -> None:
        self.name = "box"

    def send_batch(self, lines: object, **_more: object) -> tuple[()]:  # type: ignore[override]
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


def _burst(sent: int, received: int, *more: str) -> str:
    lines = ("Type escape sequence to abort.", f"Sending {sent}, 100-byte ICMP Echos to 10.10.10.1, timeout is 2 seconds:", *more)
    return "\n".join((*lines, "!" * sent, f"Success rate is {100 * received // sent} percent ({received}/{sent})", ""))


def test_each_of_several_dialogues_is_read() -> None:
    """The questions of the next dialogue do not hide the answer before them; a burst that is cut is no burst."""
    next_one = (
        "box#ping\nProtocol [ip]: \nTarget IP address: 10.10.10.1\nRepeat count [5]: 2\nSet DF bit in IP header? [no]: y\n\n"
    )
    texts = (_burst(5, 5), _burst(2, 0, "Packet sent with the DF bit set"), _burst(3, 1))
    found = [parse("ios", "ping", part).state for part in bursts(next_one + next_one.join(texts) + "box#")]
    assert [(state.sent, state.received) for state in found] == [(5, 5), (2, 0), (3, 1)]
    assert len(bursts(next_one + next_one.join(texts)[:-40])) == 2


@pytest.mark.parametrize(
    ("box", "line"),
    [
        (platform_for("881", "15.4(3)M3"), "ping 10.10.10.1 source 10.10.20.1 repeat 2 timeout 2 size 1400 df-bit"),
        (platform_for("ASA", "9.1(7)"), "ping inside 10.10.10.1 repeat 2 size 1400 timeout 2"),
    ],
)
def test_a_ping_of_full_size_in_one_line(box: Platform, line: str) -> None:
    """A router sets the DF bit; an ASA has no word for it."""
    source, target = IPv4Address("10.10.20.1"), IPv4Address("10.10.10.1")
    assert line_of(box, source, target, 2, "inside", 1400, whole=True) == line


def test_a_ping_of_full_size_in_a_dialogue() -> None:
    """The size and the DF bit stand where their questions come, and nothing else is answered otherwise than for a small one."""
    source, target = IPv4Address("10.10.20.1"), IPv4Address("10.10.10.1")
    small, full = answers_to(source, target, 5), answers_to(source, target, 5, 1400, whole=True)
    assert [(at, word) for at, (old, word) in enumerate(zip(small, full, strict=True)) if old != word] == [(3, "1400"), (8, "y")]
