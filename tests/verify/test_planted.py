"""A mistake that somebody makes on a device: it is never called up, and what differs is said line by line without a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from ..conftest import DEVICES
from .estate import TUNNEL, Estate

HQ, BRANCH = DEVICES


@contextmanager
def planted(estate: Estate, *lines: str, undone: tuple[str, ...]) -> Iterator[None]:
    """These lines on the branch, and the others behind the test, with which it has to be up again."""
    estate.configure(BRANCH, *lines)
    try:
        yield
    finally:
        estate.configure(BRANCH, *undone)
        estate.clear()
    assert estate.verdict()[1]["word"] == "up"


def test_a_map_that_is_on_no_interface(deployed: Estate) -> None:
    """The entry is there and not at work: differs, down with and without a probe, and the configuration is the first cause."""
    unbound = ("interface Ethernet0/0", "no crypto map NR-MAP", "exit")
    with planted(deployed, *unbound, undone=("interface Ethernet0/0", "crypto map NR-MAP", "exit")):
        for words in ((), ("--no-probe",)):
            code, verdict = deployed.verdict(*words)
            assert (code, verdict["word"], verdict["configured"]) == (12, "down", "differs"), verdict
            assert verdict["causes"][0]["id"] == "configuration"
            assert "NR-MAP 10" in verdict["sentence"]


def test_a_route_past_the_tunnel(deployed: Estate) -> None:
    """With a probe it is down; without one the SAs stand, and it is unverified, by the route that leads elsewhere."""
    line = "ip route 10.10.10.0 255.255.255.0 10.10.20.77"
    with planted(deployed, line, undone=(f"no {line}",)):
        assert deployed.verdict()[1]["word"] == "down"
        code, verdict = deployed.verdict("--no-probe")
        assert (code, verdict["word"]) == (12, "unverified")
        assert "Ethernet0/1" in verdict["sentence"]


def test_another_key_is_told_without_either(deployed: Estate) -> None:
    """The device has another key than the intent: differs, and down once it has to negotiate; no key stands anywhere."""
    real = (deployed.lab.credentials / f"{TUNNEL}-psk").read_text().strip()
    peer = "address 172.18.124.159"
    other = "An0ther-key-of-somebody"
    lines = (f"no crypto isakmp key {real} {peer}", f"crypto isakmp key {other} {peer}")
    with planted(deployed, *lines, undone=(f"no crypto isakmp key {other} {peer}", f"crypto isakmp key {real} {peer}")):
        deployed.clear()
        code, verdict = deployed.verdict()
        assert (code, verdict["word"], verdict["configured"]) == (12, "down", "differs"), verdict
        assert {cause["id"] for cause in verdict["causes"]} >= {"configuration"}
        assert real not in json.dumps(verdict)
        assert other not in json.dumps(verdict)


def test_what_differs_and_works_is_two(deployed: Estate) -> None:
    """A lifetime of somebody's own: up, differs, exit 2, and the line is evidence."""
    entry = ("crypto map NR-MAP 10", "set security-association lifetime seconds 3000", "exit")
    back = ("crypto map NR-MAP 10", "no set security-association lifetime seconds 3000", "exit")
    with planted(deployed, *entry, undone=back):
        code, report = deployed.verify()
        (verdict,) = report["verdicts"]
        assert (code, report["outcome"], verdict["word"], verdict["configured"]) == (2, "pending", "up", "differs")
        assert not verdict["healthy"]
        evidence = [item for finding in verdict["findings"] for item in finding["evidence"] if item["field"] == "has besides"]
        assert "set security-association lifetime seconds 3000" in [item["value"] for item in evidence]


def test_a_list_that_stops_what_comes_from_inside(deployed: Estate) -> None:
    """Pings from the router pass and what comes from behind it does not: degraded, and the list is named."""
    lines = ("access-list 150 deny ip any 10.10.10.0 0.0.0.255", "access-list 150 permit ip any any")
    inside = "interface Ethernet0/1"
    undone = (inside, "no ip access-group 150 in", "exit", "no access-list 150")
    with planted(deployed, *lines, inside, "ip access-group 150 in", "exit", undone=undone):
        code, verdict = deployed.verdict()
        assert (code, verdict["word"], verdict["known_by"]) == (12, "degraded", "probe"), verdict
        assert "150" in verdict["sentence"]


def test_translation_that_takes_the_traffic(deployed: Estate) -> None:
    """A router that translates what belongs into the tunnel is not healthy, whatever its own pings do."""
    inside, outside = "interface Ethernet0/1", "interface Ethernet0/0"
    lines = (
        *("access-list 160 permit ip 10.10.20.0 0.0.0.255 any", "ip nat inside source list 160 interface Ethernet0/0 overload"),
        *(inside, "ip nat inside", "exit", outside, "ip nat outside", "exit"),
    )
    undone = (
        *(inside, "no ip nat inside", "exit", outside, "no ip nat outside", "exit"),
        *("no ip nat inside source list 160 interface Ethernet0/0 overload", "no access-list 160"),
    )
    with planted(deployed, *lines, undone=undone):
        code, verdict = deployed.verdict()
        assert code == 12, verdict
        assert verdict["word"] in ("degraded", "down", "unencrypted"), verdict


def test_nothing_of_it_is_missing(deployed: Estate) -> None:
    """A tunnel that neither end has is missing, also without a probe; an end that has it alone makes it down."""
    done = deployed.run("remove-l2l", TUNNEL, "--yes", "--poll-interval", "0.1")
    assert done.code == 0, done.out + done.err
    for words in ((), ("--no-probe",)):
        code, verdict = deployed.verdict(*words)
        assert (code, verdict["word"], verdict["configured"]) == (12, "missing", "absent")
        assert all(end["configured"] == "absent" for end in verdict["ends"])
    deployed.deploy(TUNNEL)
    assert deployed.verdict()[0] == 0
