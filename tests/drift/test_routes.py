"""A static route of a tunnel that somebody takes away by hand is drift: the line, and who it was where the device keeps a log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from netmiko import ConnectHandler

from ..runbooks.test_forms import SUITE, intend
from ..runbooks.test_ssh import write_inventory
from ..verify.estate import Estate
from ..verify.test_forms import built
from ..warm import start_lab

HQ, BRANCH = "hq", "branch"
NO_WAY_OUT = {
    "ios": "configure terminal\nno ip route 0.0.0.0 0.0.0.0 172.18.124.1\nend",
    "asa": "configure terminal\nno route outside 0.0.0.0 0.0.0.0 172.18.124.1\nend",
}
#: Our device and the other one, the IKE version and the form: beside a crypto map a route has distance 19.
CASES = {
    "IOS beside a map": ("c881", "c881", 1, "crypto-map"),
    "IOS beside a map, IKEv2": ("c881", "c881", 2, "crypto-map"),
    "IOS by an interface": ("c881", "c8000v-17", 2, "vti"),
    "ASA beside a map": ("asa919", "c881", 2, "crypto-map"),
    "ASA by an interface": ("asa919", "asa919", 2, "vti"),
}


@pytest.fixture
def estate(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Estate, str]]:
    """The tunnel, and the system of our device, which logs what is typed where it can."""
    ours, theirs, version, style = request.param
    devices, system = {HQ: ours, BRANCH: theirs}, "asa" if ours.startswith("asa") else "ios"
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, SUITE)
        if (version, style) != (1, "crypto-map"):
            intend(tmp_path, version, style)
        if style == "crypto-map":
            lab.exec(HQ, NO_WAY_OUT[system])
            lab.exec(HQ, "write memory")
        made = built(lab, tmp_path)
        if system == "ios":
            made.configure(HQ, "archive", "log config", "logging enable")
            made.configure(HQ, "username mallory privilege 15 secret heart8Stone")
        yield made, system


def by_hand(estate: Estate, line: str) -> None:
    """Somebody of another name types a line at a router, or somebody at the console of an ASA."""
    place = estate.lab.devices[HQ]
    with ConnectHandler("127.0.0.1", port=place.port, device_type="cisco_ios", username="mallory", password="heart8Stone") as who:
        who.send_config_set([line])


def our_device(estate: Estate) -> tuple[int, dict[str, Any]]:
    """Exit code, and what drift says of our end."""
    done = estate.run("drift", "--json")
    assert done.out, done.err
    (service,) = done.report["services"]
    (found,) = (item for item in service["devices"] if item["host"] == HQ)
    return done.code, found


@pytest.mark.parametrize("estate", CASES.values(), ids=CASES, indirect=True)
def test_a_route_that_was_deleted(estate: tuple[Estate, str]) -> None:
    """With its route gone a tunnel differs by exactly that line, as long as it is gone, and nobody else is blamed for it."""
    made, system = estate
    assert our_device(made)[0] == 0
    (route,) = re.findall(r"^(?:ip route|route \S+) 10\.\S+ .*\S", made.lab.exec(HQ, "show running-config"), re.MULTILINE)
    if system == "ios":
        by_hand(made, f"no {route}")
    else:
        made.configure(HQ, f"no {route}")
    code, found = our_device(made)
    assert (code, found["configured"]) == (2, "differs"), found
    (line,) = found["lines"]
    assert (line["kind"], line["line"]) == ("missing", route)
    if system == "ios":
        assert re.match(r"mallory on vty.*'no ip route ", line["by"][0]), line
        assert found["last_change"].endswith("by mallory")
    else:
        assert (line["by"], "keeps no log" in found["without_log"]) == ([], True)
    made.configure(HQ, route)
    assert our_device(made)[0] == 0
