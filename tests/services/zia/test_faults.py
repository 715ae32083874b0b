"""What can go wrong with a site and its service edges, broken in the lab: verify has the right word, and names the cause."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from nr_run.services.zia.causes import KNOWN

from ...failover.ground import BACKUP, CONFIRMED, INTENT, PRIMARY, Site, bare_site, deployed_site
from .sites import HOST

GATEWAY = "172.18.124.1"
PROBED, EDGE = "203.0.113.10", "198.51.100.10"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all tests; what a test breaks is fixed behind it."""
    with deployed_site(tmp_path_factory.mktemp("faults")) as site:
        yield site


class Broken(Struct, frozen=True):
    """What is broken, as faults and lines; what verify says of it; and the lines that fix it."""

    faults: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()
    word: str = "degraded"
    words: str = ""
    causes: tuple[str, ...] = ()


def clear(site: Site) -> None:
    """IKE begins again with both edges."""
    for address in (EDGE, "198.51.100.20"):
        site.lab.exec(HOST, f"clear crypto session remote {address}")


WRONG: dict[str, Broken] = {
    "one edge down": Broken(
        (("edge-p", "down"),), word="degraded", words="the backup leads; primary: 198.51.100.10 is not up", causes=("edge-away",)
    ),
    "both edges down": Broken(
        (("edge-p", "down"), ("edge-b", "down")), word="down", words="what the hosts send is dropped", causes=("edge-away",)
    ),
    "HTTP fails behind a live tunnel": Broken(
        (("edge-p", "no-http"),), words=f"the backup leads; primary: {PROBED} does not answer", causes=("behind-the-edge",)
    ),
    "wrong identity": Broken(
        (("edge-p", "wrong-identity"), ("edge-b", "wrong-identity")),
        word="down",
        words="primary: 198.51.100.10 is not up",
        causes=("credential", "ike-kept-out"),
    ),
    "one edge refuses": Broken(
        (("edge-p", "drop-ike"),), words="the backup leads; primary: 198.51.100.10 is not up", causes=("ike-kept-out",)
    ),
    "the end of a tunnel in a tunnel": Broken(
        lines=(f"ip route {EDGE} 255.255.255.255 Tunnel1",),
        mends=(f"no ip route {EDGE} 255.255.255.255 Tunnel1",),
        words="the backup leads; primary: 198.51.100.10 is not up",
        causes=("end-in-tunnel",),
    ),
    "a clear path preferred by a probe": Broken(
        faults=((HOST, "clear-path"), ("edge-p", "down")),
        lines=(f"no ip route {PROBED} 255.255.255.255 Tunnel1 permanent", f"ip route {PROBED} 255.255.255.255 {GATEWAY}"),
        mends=(f"no ip route {PROBED} 255.255.255.255 {GATEWAY}", f"ip route {PROBED} 255.255.255.255 Tunnel1 permanent"),
        word="down",
        words="no tunnel that works has the lead",
        causes=("probe-past-tunnel", "edge-away"),
    ),
    "a clear path preferred by the hosts": Broken(
        faults=((HOST, "clear-path"),),
        lines=("interface Vlan1", "no ip policy route-map NR-branch-zia"),
        mends=("interface Vlan1", "ip policy route-map NR-branch-zia"),
        word="unencrypted",
        words="goes past the tunnels, in clear",
    ),
}


def verdict(site: Site) -> tuple[int, dict[str, Any]]:
    """What verify says now."""
    code, report = site.run("verify")
    (found,) = report["verdicts"]
    return code, found


def until(site: Site, holds: Callable[[dict[str, Any]], bool]) -> tuple[int, dict[str, Any]]:
    """Verify until it says what is awaited; what it said last where it never does is the failure."""
    last: list[tuple[int, dict[str, Any]]] = []

    def said() -> bool:
        last[:] = [verdict(site)]
        return holds(last[0][1])

    try:
        site.wait_until(said)
    except AssertionError:
        pytest.fail(json.dumps(last[0][1], indent=1)[:6000])
    return last[0]


#: What is tried whenever the tests are run.
SAMPLE = (
    "HTTP fails behind a live tunnel",
    "wrong identity",
    "the end of a tunnel in a tunnel",
    "a clear path preferred by a probe",
)


@pytest.mark.parametrize("name", WRONG if os.environ.get("NR_RUN_FAULTS") == "all" else SAMPLE)
def test_it_is_seen_and_its_cause_is_named(deployed: Site, name: str) -> None:
    """Never healthy, the word that it is, a sentence, the cause and no other one; and healthy again when it is fixed."""
    wrong, site = WRONG[name], deployed
    for box, *fault in wrong.faults:
        site.fault(box, *fault)
    if wrong.lines:
        assert "%" not in site.lab.exec(HOST, "\n".join(("configure terminal", *wrong.lines)))
    clear(site)
    try:
        named = {"word": wrong.word, "causes": sorted(wrong.causes)}
        code, found = until(
            site,
            lambda seen: {"word": seen["word"], "causes": sorted(cause["id"] for cause in seen["causes"])} == named,
        )
        assert wrong.words in found["sentence"], found["sentence"]
        assert (code, found["healthy"]) == (12, False)
    finally:
        for box, fault, *_ in wrong.faults:
            site.fault(box, fault, on=False)
        if wrong.mends:
            site.lab.exec(HOST, "\n".join(("configure terminal", *wrong.mends)))
    until(site, lambda seen: bool(seen["healthy"]))


def test_gcm_that_the_hardware_refuses_is_taken_back(tmp_path: Path) -> None:
    """A router whose release has GCM and whose engine has not says so without a per cent sign: that ends the change as well."""
    gcm = "encryption_algorithm: aes-256-gcm\n"
    intent = INTENT.replace("encryption_algorithm: aes-256-cbc\n      authentication_algorithm: hmac-sha256\n", gcm)
    with bare_site(tmp_path, profile="c8000v-17") as site:
        before = site.lab.exec(HOST, "show running-config")
        outside, inside = re.findall(r"^ ip address (\S+) ", before, re.MULTILINE)
        for old, new in (("172.18.124.181", outside), ("10.10.81.", inside.rpartition(".")[0] + ".")):
            intent = intent.replace(old, new)
        intent = intent.replace("FastEthernet4", "GigabitEthernet1").replace("Vlan1", "GigabitEthernet2")
        (site.folder / "inventory" / "zia.yaml").write_text(intent)
        site.begin_case()
        site.fault(HOST, "no-hardware", "esp-gcm")
        code, report = site.run("deploy-zia", *CONFIRMED, "--yes")
        (found,) = report["tunnels"]
        assert (code, found["result"]) == (20, "rolled-back"), found["sentence"]
        assert "is not supported by encryption hardware" in found["sentence"]
        assert site.is_as_before()


def test_every_cause_is_provoked() -> None:
    """No cause of the table is without a fault that brings it, and the faults strike what is played."""
    assert {cause for wrong in WRONG.values() for cause in wrong.causes} == set(KNOWN)
    assert {PRIMARY, BACKUP, HOST} >= {fault[0] for wrong in WRONG.values() for fault in wrong.faults}
