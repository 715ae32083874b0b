"""Tunnels with an ASA at one end or both: built, verified, changed in place, removed and rolled back over SSH."""

from __future__ import annotations

import json
import os
import re

import pytest

from .test_ssh import OLD, STRONG, Pair, pair  # noqa: F401 - the fixture

YOUNG = ("aes-256-cbc", "hmac-sha1", 14)
PAIRS = [
    ("asa82", "vpn3640-124", STRONG),
    ("c881", "asa91", STRONG),
    ("asa919", "c881", YOUNG),
    ("vpn2611", "asa82", OLD),
    ("asa91", "asa919", STRONG),
]
every_pair = pytest.mark.parametrize("pair", PAIRS, indirect=True, ids=lambda value: f"{value[0]} {value[1]}")
two_pairs = pytest.mark.parametrize("pair", PAIRS[1:3], indirect=True, ids=lambda value: f"{value[0]} {value[1]}")
#: What is changed, and in which pair: by turns, and each in both in `make matrix`.
CHANGES = [
    pytest.param(what, two, id=f"{what}-{two[0]} {two[1]}")
    for number, what in enumerate(("lifetime", "key", "ike", "prefixes"))
    for place, two in enumerate(PAIRS[1:3])
    if place == number % 2 or os.environ.get("NR_RUN_MATRIX") == "all"
]


def startup(pair: Pair) -> dict[str, list[str]]:  # noqa: F811 - the fixture's name
    """What each device has saved, without the lines that say when, and without keys, which an ASA masks."""
    noise = ("!", ":", "Using", "Cryptochecksum", "Current", "Building")
    return {
        name: [line for line in pair.lab.exec(name, "show startup-config").splitlines() if line and not line.startswith(noise)]
        for name in pair.lab.devices
    }


def edit(pair: Pair, old: str, new: str) -> None:  # noqa: F811 - the fixture's name
    """Change the intent."""
    path = pair.folder / "inventory" / "vpn" / "intent.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def rekey(pair: Pair) -> None:  # noqa: F811 - the fixture's name
    """Rotate the key where it is kept."""
    (pair.lab.credentials / "hq-branch-psk").write_text("Rotated.Key-7f3a9b21c4d5e6f708192a3b\n")


@every_pair
def test_built_proved_kept_and_rolled_back(pair: Pair) -> None:  # noqa: F811 - the fixture
    """Each pair of releases gets its tunnel and saves it, keeps it in a second run, and is as before after a rollback."""
    before, saved = pair.running(), startup(pair)
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report
    assert report["tunnels"][0]["verified"] is True
    for name, lines in startup(pair).items():
        assert any("hq-branch" in line for line in lines), name
        assert not any("NR-2" in line for line in lines), "a timer was saved"
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["changed"]) == (0, False), report
    code, report = pair.run("rollback", "--yes")
    assert code == 0, report
    assert pair.running() == before
    assert startup(pair) == saved


@pytest.mark.parametrize(("what", "pair"), CHANGES, indirect=["pair"])
def test_changed_in_place_and_back(pair: Pair, what: str) -> None:  # noqa: F811 - the fixture
    """The tunnel is verified in its new form and nothing of the old one is left; rollback verifies the first form again."""
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report
    first = pair.running()
    if what == "key":
        rekey(pair)
    elif what == "prefixes":
        text = (pair.folder / "inventory" / "vpn" / "intent.yaml").read_text()
        network = re.findall(r"protected_prefixes: \[(\S+?)\]", text)[1]
        edit(pair, f"[{network}]", f"[{network}, 10.77.0.0/24]")
    elif what == "ike":
        edit(pair, "ike_proposals: [{name: ike,", "ike_proposals: [{name: ike, sa_lifetime: 43200,")
    else:
        edit(pair, "ipsec_proposals: [{name: esp,", "ipsec_proposals: [{name: esp, sa_lifetime_seconds: 1800,")
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report
    assert report["tunnels"][0]["verified"] is True
    assert pair.running() != first or what == "key"
    code, report = pair.run("deploy-l2l", "--plan")
    assert code == 0, report
    code, report = pair.run("rollback", "--yes")
    assert code == 0, report
    assert {name: sorted(lines) for name, lines in pair.running().items()} == {
        name: sorted(lines) for name, lines in first.items()
    }


@two_pairs
def test_removed(pair: Pair) -> None:  # noqa: F811 - the fixture
    """remove-l2l takes the tunnel off both devices and verifies it gone; nothing of it is left on either."""
    before = pair.running()
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    code, report = pair.run("remove-l2l", "hq-branch", "--yes")
    assert code == 0, report
    assert pair.running() == before


@pytest.mark.parametrize("pair", [PAIRS[2]], indirect=True, ids=["asa919 c881"])
def test_no_key_in_the_event_manager(pair: Pair) -> None:  # noqa: F811 - the fixture
    """An inverse that gives a key back is no applet: the removal of a tunnel is timed by a reload on the ASA."""
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    code, report = pair.run("remove-l2l", "hq-branch", "--yes")
    assert code == 0, report
    journal = [json.loads(line) for line in (pair.folder / "runs" / report["run"] / "journal.jsonl").read_text().splitlines()]
    timers = {line["host"]: line["method"] for line in journal if line["state"] == "arming"}
    assert timers["hq"] == "reload-in"


@pytest.mark.parametrize("pair", [PAIRS[1]], indirect=True, ids=["c881 asa91"])
def test_a_group_policy_of_an_earlier_release(pair: Pair) -> None:  # noqa: F811 - the fixture
    """A tunnel whose group policy inherits what could stop it is changed in place and verified; rollback leaves it as it was."""
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    words = ("vpn-access-hours", "vpn-simultaneous-logins", "vpn-idle-timeout", "vpn-session-timeout", "vpn-filter")
    lines = ["group-policy NR-hq-branch attributes", *(f"no {word}" for word in words), "exit"]
    pair.lab.exec("branch", "\n".join(["configure terminal", *lines]))
    pair.lab.exec("branch", "write memory")
    first = pair.running()
    assert not any(line.strip().startswith("vpn-filter") for line in first["branch"])
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report
    assert report["tunnels"][0]["verified"] is True
    assert any(line.strip() == "vpn-filter none" for line in pair.running()["branch"])
    code, report = pair.run("rollback", "--yes")
    assert code == 0, report
    assert pair.running() == first
