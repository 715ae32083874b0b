"""Banners, menus, macros, certificates and raw requests: no line in them is configuration, and every line of them counts."""

from __future__ import annotations

import pytest

from nr_run.changes.configurations import tree
from nr_run.changes.implicit_references import uses_of_peer
from nr_run.changes.objects import read
from nr_run.checks.finding import against

from .configs import VPN2611
from .rendering import ends, planned
from .trees import same
from .whole import read_back

NEAR, _ = ends()
LURE = """\
interface Ethernet0/0
 crypto map LURE
crypto isakmp policy 1
 encr 3des
 authentication pre-share
 group 2
crypto map LURE 5 ipsec-isakmp dynamic X
crypto map clientmap 2 ipsec-isakmp
 set peer 172.18.124.199
 match address NR-hq-branch
ip access-list extended NR-hq-branch
 deny ip any any
end
!
! not a comment"""
#: The same two blanks to the right, as the bytes of a certificate stand.
DEEPER = "\n".join(f"  {line}" for line in LURE.splitlines())
KINDS = ("motd", "login", "exec", "incoming", "slip-ppp", "prompt-timeout")
#: Texts of every kind, each around the same lines.
TEXTS = {
    **{f"banner {kind} ^C": f"banner {kind} ^C\n{LURE}\n^C" for kind in KINDS},
    **{f"banner {kind} \x03": f"banner {kind} \x03\n{LURE}\n\x03" for kind in KINDS},
    **{f"banner motd {mark}": f"banner motd {mark}\n{LURE}\n{mark}" for mark in "#$@%&*~|+=\"'z"},
    "a text that begins behind the delimiter": f"banner motd ^Ccrypto isakmp policy 1\n{LURE}\nlast words ^C",
    "a text on one line": "banner motd ^C crypto map clientmap 2 ipsec-isakmp ^C",
    "menu": f"menu ops title ^C\n{LURE}\n^C",
    "menu prompt": f"menu ops prompt #\n{LURE}\n#",
    "macro": f"macro name uplink\n{LURE}\n@",
    "aaa banner": f"aaa authentication banner ^C\n{LURE}\n^C",
    "aaa fail message": f"aaa authentication fail-message ^C\n{LURE}\n^C",
    "client banner": f"crypto isakmp client configuration group G\n banner ^C\n{LURE}\n^C\n pool P",
    "vacant message": f"line con 0\n vacant-message ^C\n{LURE}\n^C\n exec-timeout 5 0",
    "certificate": f"crypto pki certificate chain CA\n certificate ca 01\n  30820321 A0030201\n{DEEPER}\n  \tquit",
    "raw request": f"ip sla 10\n http-raw-request\nGET / HTTP/1.0\\r\\n\n{LURE}\n exit\n frequency 30",
}


def with_text(text: str) -> str:
    """The router of the example with this text behind its host name."""
    return VPN2611.replace("hostname vpn2611\n", f"hostname vpn2611\n{text}\n", 1)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_nothing_in_a_text_is_configuration(text: str) -> None:
    """With the text the same objects are read, and the same change is planned, as without it."""
    running = with_text(text)
    assert running != VPN2611
    # The section in which a text stands may be an object itself.
    objects = {key: item for key, item in read("ios", running).objects.items() if item.header != text.partition("\n")[0]}
    assert objects == read("ios", VPN2611).objects
    assert planned(NEAR, running).forward == planned(NEAR, VPN2611).forward
    assert uses_of_peer(read("ios", running), "172.18.124.199") == uses_of_peer(read("ios", VPN2611), "172.18.124.199")


@pytest.mark.parametrize("lost", ["end\n", "!\n", "! not a comment\n", " group 2\n"])
@pytest.mark.parametrize(
    "text", [text for text in TEXTS.values() if LURE in text], ids=[n for n, t in TEXTS.items() if LURE in t]
)
def test_every_line_of_a_text_counts(text: str, lost: str) -> None:
    """A line that goes from the text is a difference of two configurations, and somebody else's work to the read-back."""
    before, change = with_text(text), planned(NEAR, VPN2611)
    other = with_text(text.replace(lost, "", 1))
    assert not same(before, other)
    assert tree.normalise(before) != tree.normalise(other)
    (finding,) = (item for item in against(read_back(change, before, other, "now")) if item.check == "nothing-else")
    assert lost.strip() in finding.sentence


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_stays_as_it_is(text: str) -> None:
    """What was normalised holds the text line for line and is normalised already."""
    once = tree.normalise(with_text(text))
    assert tree.normalise(once) == once
    assert same(once, with_text(text))
    assert all(line in once.splitlines() for line in LURE.splitlines()) is (LURE in text)


CHAIN = "crypto pki certificate chain CA\n certificate ca 01"


@pytest.mark.parametrize("text", ["banner motd ^C", "banner motd #", "macro name uplink", "description costs 5 ^C", CHAIN])
def test_a_text_without_an_end_swallows_nothing(text: str) -> None:
    """Where no end is found, what follows is read as the configuration that it is, also up to the end of another text."""
    for last in ("", "crypto pki certificate chain OTHER\n certificate 02\n  30820321\n  quit\n"):
        running = with_text(text).replace("line vty 0 4\n", f"{last}line vty 0 4\n")
        assert read("ios", running).objects == read("ios", VPN2611).objects


@pytest.mark.parametrize(
    "line",
    [
        "banner motd * Authorised access only * crypto map outside_map 7 set peer 192.0.2.9",
        "banner login crypto map outside_map 7 set peer 192.0.2.9",
        "banner motd #",
        "banner motd",
        "banner exec tunnel-group 192.0.2.9 type ipsec-l2l",
    ],
)
def test_a_banner_of_an_asa_is_one_line(line: str) -> None:
    """An ASA has a command a line and no delimiter: the line is no configuration, and the next one is."""
    box = "ASA Version 9.1(7)\nhostname fw\n{}crypto ikev1 enable outside\n"
    running = box.format(f"{line}\n")
    config = read("asa", running)
    assert config.objects == read("asa", box.format("")).objects
    assert uses_of_peer(config, "192.0.2.9") == ()
    assert line in tree.normalise(running).splitlines()
