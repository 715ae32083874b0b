"""What the device keeps is compared with what it was sent, by meaning; anything else that moved is somebody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nr_run.changes.configurations import tree
from nr_run.checks.finding import Finding, Status, proved

from ..changes.configs import VPN2611, VPN3640
from ..changes.device import Device
from ..changes.rendering import TOKEN, ends, planned
from ..changes.whole import read_back

CHANGE = planned(ends()[0], VPN2611)


def after(edit: Callable[[str], str] = lambda text: text) -> str:
    """The 2611 after the whole change, as it shows itself, edited."""
    box = Device(VPN2611)
    box.type(CHANGE.forward_text)
    return edit(box.show())


def swap(old: str, new: str) -> Callable[[str], str]:
    """An edit that replaces a text which has to be there once."""

    def edit(text: str) -> str:
        assert text.count(old) == 1, (old, text)
        return text.replace(old, new)

    return edit


def bad(text: str) -> list[Finding]:
    """Findings against the read-back of this configuration."""
    return [item for item in read_back(CHANGE, VPN2611, text, "now") if item.status is not Status.OK]


def test_all_as_sent() -> None:
    """Defaults that the device hides and its own order of lines are no difference; every object has its finding."""
    findings = read_back(CHANGE, VPN2611, after(), "now")
    assert proved(findings)
    assert len(findings) == len(CHANGE.created) + 1
    assert all(item.evidence and item.evidence[0].time == "now" for item in findings)


def test_new_binding_is_ours() -> None:
    """On a device without a map the binding on the interface belongs to the change and nothing else does."""
    change = planned(ends()[1], VPN3640)
    box = Device(VPN3640)
    box.type(change.forward_text)
    assert proved(read_back(change, VPN3640, box.show(), "now"))
    assert not proved(read_back(change, VPN3640, box.show().replace(" half-duplex\n", "", 1), "now"))


@pytest.mark.parametrize(
    ("old", "new", "title", "sentence", "cause"),
    [
        (" set pfs group2\n", "", "crypto-map-entry clientmap 1", "is not as it was sent", "line-not-taken"),
        (" permit ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255\n", "", "access-list NR", "not as it was", "line-not-taken"),
        ("crypto isakmp keepalive 10 3\n", "", "isakmp-keepalive", "is not in the configuration", "line-not-taken"),
        (f"key {TOKEN} address", "key <key:deadbeef> address", "isakmp-key", "the key for 172.18.124", "key-not-stored"),
        (" no-xauth\n", "\n", "isakmp-key 172.18.124.199", "is not as it was sent", "line-not-taken"),
        (" esp-3des esp-sha-hmac\n", " esp-3des esp-md5-hmac\n", "transform-set", "not as it was", "line-not-taken"),
    ],
)  # fmt: skip
def test_line_not_kept(old: str, new: str, title: str, sentence: str, cause: str) -> None:
    """A line that is missing or altered is named with its object and the reason that a person can act on."""
    (finding,) = bad(after(swap(old, new)))
    assert finding.check == "read-back"
    assert sentence in finding.sentence
    assert finding.evidence[0].field.startswith(title)
    assert finding.cause is not None
    assert finding.cause.id == cause


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("interface Ethernet0/1\n", "interface Ethernet0/1\n shutdown\n", "+ interface Ethernet0/1: shutdown"),
        ("ip classless\n", "", "- ip classless"),
        ("ip route 0.0.0.0 0.0.0.0 172.18.124.1\n", "ip route 0.0.0.0 0.0.0.0 172.18.124.2\n", "172.18.124.2"),
        (" group 2\n", " group 1\n", "group 1"),
        ("crypto map clientmap 10 ipsec-isakmp dynamic dynmap\n", "", "dynmap"),
        (" crypto map clientmap\n", "", "- interface Ethernet0/0: crypto map clientmap"),
        ("ip subnet-zero\n", "crypto isakmp key <key:00000009> address 192.0.2.9\nip subnet-zero\n", "192.0.2.9"),
        ("aaa new-model\n", "aaa new-model\naaa new-model\n", "+ aaa new-model"),
    ],
)
def test_somebody_else_at_work(old: str, new: str, named: str) -> None:
    """Whatever else came, went or changed since the snapshot is named, and stops the change."""
    before_edit = after()
    text = before_edit.replace(old, new, 1)
    assert text != before_edit
    (finding,) = bad(text)
    assert finding.check == "nothing-else"
    assert named in finding.sentence
    assert "somebody else" in finding.sentence


def test_same_line_below_another_header_is_a_difference() -> None:
    """A line that exists once already, below another interface, is seen when it comes a second time."""
    running = VPN2611.replace("interface Ethernet0/1\n", "interface Ethernet0/1\n shutdown\n")
    change = planned(ends()[0], running)
    box = Device(running)
    box.type(change.forward_text)
    text = box.show().replace("interface Ethernet0/0\n", "interface Ethernet0/0\n shutdown\n")
    findings = [item for item in read_back(change, running, text, "now") if item.status is not Status.OK]
    assert "+ interface Ethernet0/0: shutdown" in findings[0].sentence


def test_map_on_a_second_interface_is_not_ours() -> None:
    """The line that binds the map, on an interface that the change does not touch, is somebody else's."""
    change = planned(ends()[1], VPN3640)
    box = Device(VPN3640)
    box.type(change.forward_text)
    text = box.show().replace("interface Ethernet0/1\n", "interface Ethernet0/1\n crypto map NR-MAP\n")
    findings = [item for item in read_back(change, VPN3640, text, "now") if item.status is not Status.OK]
    assert [item.check for item in findings] == ["nothing-else"]


def test_order_of_somebody_elses_rules_counts() -> None:
    """An access list whose rules have changed places is another access list."""
    rules = "access-list 101 deny ip 10.10.10.0 0.0.0.255 any\naccess-list 101 permit ip any any\n"
    running = VPN2611.replace("ip classless\n", f"ip classless\n{rules}")
    change = planned(ends()[0], running)
    box = Device(running)
    box.type(change.forward_text)
    assert proved(read_back(change, running, box.show(), "now"))
    first, second = rules.splitlines()
    text = box.show().replace(rules, f"{second}\n{first}\n")
    assert tree.normalise(text) != tree.normalise(box.show())
    assert not proved(read_back(change, running, text, "now"))
