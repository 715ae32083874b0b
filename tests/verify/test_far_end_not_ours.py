"""The far end is somebody else's: what is wrong there is never called up, and is named from what this end shows alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..runbooks.test_forms import Ends, give_away
from ..runbooks.test_ssh import STRONG, write_inventory
from ..warm import start_lab
from .estate import Estate

MAP = "crypto map NR-MAP"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """A tunnel that was built on both ends, of which the second is given to a partner afterwards."""
    folder = tmp_path_factory.mktemp("foreign")
    devices = {"hq": "c881", "branch": "c881"}
    with start_lab(folder / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, folder / "inventory", devices, STRONG)
        code, report = Ends(lab, folder).run("deploy-l2l", "--yes")
        assert code == 0, report
        give_away(folder)
        yield Estate(lab, folder)


def look(estate: Estate, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the one verdict."""
    code, report = estate.verify(*words, "--deadline", "120", names=())
    (verdict,) = report["verdicts"]
    return code, verdict


def clear(estate: Estate) -> None:
    """No SA is left on either device."""
    for name in estate.lab.devices:
        estate.lab.exec(name, "clear crypto sa")
        estate.lab.exec(name, "clear crypto isakmp")


def outside(estate: Estate) -> str:
    """The line of the interface with the map at the far end."""
    running = estate.lab.exec("branch", "show running-config")
    found = re.search(r"^(interface \S+)\n(?:(?!interface).*\n)*? crypto map ", running, re.MULTILINE)
    assert found
    return found[1]


def other_key(estate: Estate) -> tuple[list[str], list[str]]:
    """Lines with another key at the far end, and those that roll it back."""
    real = (Path(estate.lab.credentials) / "hq-branch-psk").read_text().strip()
    running = estate.lab.exec("branch", "show running-config")
    (line,) = re.findall(rf"^crypto isakmp key .*{re.escape(real)}.*$", running, re.MULTILINE)
    other = line.replace(real, "An0ther-key-of-somebody")
    return [f"no {line}", other], [f"no {other}", line]


def test_it_is_up_and_says_what_was_not_looked_at(alone: Estate) -> None:
    """A tunnel that works is up by its own probe, as intended, and the end that nobody looked at is named."""
    code, verdict = look(alone)
    assert (code, verdict["word"], verdict["known_by"]) == (0, "up", "probe"), verdict
    assert "not ours" in verdict["reach"]
    assert [end["host"] for end in verdict["ends"]] == ["hq"]


@pytest.mark.parametrize("fault", ["drop-ike", "drop-esp", "down"])
def test_what_is_lost_on_the_way(alone: Estate, fault: str) -> None:
    """Lost IKE, lost ESP and a dead partner are down with a cause, and no cause claims to have seen the other device."""
    look(alone)
    alone.lab.fault("branch", fault)
    if fault != "drop-esp":
        clear(alone)
    try:
        code, verdict = look(alone)
    finally:
        alone.lab.fault("branch", fault, on=False)
        clear(alone)
    assert (code, verdict["word"]) == (12, "down"), verdict
    assert verdict["causes"], verdict
    assert {item["device"] for finding in verdict["findings"] for item in finding["evidence"]} <= {"hq"}
    assert look(alone)[1]["word"] == "up"


@pytest.mark.parametrize("mistake", ["another key", "map taken off", "outside shut"])
def test_what_is_configured_there(alone: Estate, mistake: str) -> None:
    """Another key, a map that is not in use and an interface that is shut are down with a cause, and this end is as intended."""
    inside = outside(alone)
    typed, undone = {
        "another key": other_key(alone),
        "map taken off": ([inside, f"no {MAP}", "exit"], [inside, MAP, "exit"]),
        "outside shut": ([inside, "shutdown", "exit"], [inside, "no shutdown", "exit"]),
    }[mistake]
    alone.configure("branch", *typed)
    clear(alone)
    try:
        code, verdict = look(alone)
    finally:
        alone.configure("branch", *undone)
        clear(alone)
    assert (code, verdict["word"], verdict["configured"]) == (12, "down", "as-intended"), verdict
    assert verdict["causes"], verdict
    assert verdict["causes"][0]["id"] != "configuration"
    assert look(alone)[1]["word"] == "up"


def test_the_deadline_comes_while_another_tunnel_is_asked(alone: Estate) -> None:
    """A tunnel whose pings were answered in the first round is up, though the hub hangs in the second, which is for another one;
    that one is not, and the hub is named."""
    path = alone.inventory / "vpn" / "intent.yaml"
    before = path.read_text()
    head, tail = before[: before.index("  - name: hq-branch")], before[before.index("  - name: hq-branch") :]
    far = next(line for line in tail.splitlines() if "partner: them" in line)
    other = "      - {partner: nobody, outside_ip: 192.0.2.77, protected_prefixes: [10.77.0.0/24], probe_address: 10.77.0.1}"
    path.write_text(head + tail + "\n" + tail.replace("name: hq-branch", "name: hq-nobody").replace(far, other))
    alone.lab.fault("hq", "hang-show", 3, "show crypto ipsec sa")
    try:
        code, report = alone.verify("--deadline", "25", names=())
    finally:
        alone.lab.fault("hq", "hang-show", on=False)
        path.write_text(before)
    verdicts = {verdict["name"]: verdict for verdict in report["verdicts"]}
    (device,) = report["devices"]
    assert (code, "the deadline of 25 seconds" in device["problem"]) == (12, True), report
    assert (verdicts["hq-branch"]["word"], verdicts["hq-branch"]["known_by"]) == ("up", "probe"), report
    assert "the deadline of 25 seconds" in verdicts["hq-branch"]["sentence"]
    assert not verdicts["hq-nobody"]["healthy"]
