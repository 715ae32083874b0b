"""nr-run drift on the lab: what somebody changed by hand is told line by line, with who it was, and nothing is changed for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from netmiko import ConnectHandler

from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.verdict import Configured
from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.services.common.intended_state import standing
from nr_run.services.registry import find

from ..runbooks.test_forms import SUITE
from ..runbooks.test_ssh import write_inventory
from ..verify.estate import Estate
from ..verify.test_forms import built
from ..warm import start_lab

HQ, BRANCH = "hq", "branch"
DEVICES = {HQ: "c881", BRANCH: "asa919"}
#: A key that no reference holds.
STRANGE = "Zq7strangeKey41"


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """A router that logs what is typed, a firewall that does not, and the tunnel between them."""
    folder = tmp_path_factory.mktemp("drift")
    with start_lab(folder / "lab", devices=DEVICES, speed=20) as lab:
        write_inventory(lab, folder / "inventory", DEVICES, SUITE)
        made = built(lab, folder)
        made.configure(HQ, "archive", "log config", "logging enable")
        made.configure(HQ, "username mallory privilege 15 secret heart8Stone")
        yield made


@pytest.fixture
def clean(estate: Estate) -> Iterator[Estate]:
    """Both devices run what they have saved, before and behind a test."""
    for host in DEVICES:
        lab_exec(estate, host, "write memory")
    yield estate
    for host in DEVICES:
        estate.lab.fault(host, "down", on=False)
    lab_exec(estate, HQ, "configure replace nvram:startup-config force")
    entry = header(estate, BRANCH, r"^crypto map \S+ \d+ (?=match address)")
    estate.configure(BRANCH, f"{entry} set pfs group14")


def lab_exec(estate: Estate, host: str, command: str) -> str:
    """What a device answers."""
    return estate.lab.exec(host, command)


def drift(estate: Estate, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and report."""
    done = estate.run("drift", *words, "--json")
    assert done.out, done.err
    return done.code, done.report


def device(report: dict[str, Any], host: str) -> dict[str, Any]:
    """One member of the one service."""
    (service,) = report["services"]
    found: dict[str, Any] = next(item for item in service["devices"] if item["host"] == host)
    return found


def header(estate: Estate, host: str, pattern: str) -> str:
    """The first line of a configuration that fits."""
    found = re.search(pattern, lab_exec(estate, host, "show running-config"), re.MULTILINE)
    assert found
    return found[0].strip()


def by_hand(estate: Estate, host: str, *lines: str) -> None:
    """Somebody of another name changes a router over a session of his own."""
    place = estate.lab.devices[host]
    with ConnectHandler("127.0.0.1", port=place.port, device_type="cisco_ios", username="mallory", password="heart8Stone") as who:
        who.send_config_set(list(lines))


def test_as_intended_and_nothing_is_changed(clean: Estate) -> None:
    """Devices that would be lost at the first line of configuration answer to the end, are as intended, and run what they ran."""
    before = {host: lab_exec(clean, host, "show running-config") for host in DEVICES}
    for host in DEVICES:
        clean.lab.fault(host, "lose-management-after", "1")
    for _ in range(2):
        code, report = drift(clean)
        assert (code, report["outcome"], report["services"][0]["configured"]) == (0, "ok", "as-intended"), report
    for host in DEVICES:
        clean.lab.fault(host, "lose-management-after", on=False)
    assert {host: lab_exec(clean, host, "show running-config") for host in DEVICES} == before


def test_lines_that_somebody_changed_and_who(clean: Estate) -> None:
    """A line that is gone and lines too many on a router: each is told with the user who typed it, and no key."""
    entry = header(clean, HQ, r"^crypto map \S+ \d+ ipsec-isakmp")
    by_hand(
        clean,
        HQ,
        entry,
        "no set pfs",
        "set security-association lifetime seconds 900",
        "exit",
        "ip access-list extended NR-hq-branch",
        "permit ip 10.9.0.0 0.0.0.255 10.8.0.0 0.0.0.255",
        "exit",
        f"crypto isakmp key {STRANGE} address 198.51.100.77",
    )
    code, report = drift(clean)
    assert code == 2
    found = device(report, HQ)
    assert (found["configured"], found["without_log"]) == ("differs", "")
    lines = {(line["kind"], line["line"]): line for line in found["lines"]}
    assert set(lines) == {
        ("missing", "set pfs group14"),
        ("surplus", "set security-association lifetime seconds 900"),
        ("surplus", "permit ip 10.9.0.0 0.0.0.255 10.8.0.0 0.0.0.255"),
    }
    for line in lines.values():
        assert len(line["by"]) == 1, line
        assert line["by"][0].startswith("mallory on vty"), line
    assert "'no set pfs'" in lines["missing", "set pfs group14"]["by"][0]
    assert found["last_change"].endswith("by mallory")
    assert STRANGE in lab_exec(clean, HQ, "show archive log config all")
    done = clean.run("drift")
    assert done.code == 2
    assert "mallory" in done.out
    assert STRANGE not in done.out + done.err + json.dumps(report)
    assert not any(STRANGE in path.read_text() for path in clean.runs.rglob("*") if path.is_file())
    # A path is never broken: half of one leads nowhere.
    assert max(len(line) for line in done.out.splitlines() if "/drift/" not in line) <= 80, done.out
    by_hand(
        clean,
        HQ,
        f"no crypto isakmp key {STRANGE} address 198.51.100.77",
        entry,
        "set pfs group14",
        "no set security-association lifetime seconds 900",
        "exit",
        "ip access-list extended NR-hq-branch",
        "no permit ip 10.9.0.0 0.0.0.255 10.8.0.0 0.0.0.255",
    )
    assert drift(clean)[0] == 0


def test_a_value_that_is_other_is_shown_as_was_and_will_be(clean: Estate) -> None:
    """On an ASA the group of PFS was changed: was and will be are told, and that it keeps no log.

    The release has group 14 for ``set pfs`` alone, and shows it so.
    """
    entry = header(clean, BRANCH, r"^crypto map \S+ \d+ (?=match address)")
    clean.configure(BRANCH, f"{entry} set pfs group5")
    code, report = drift(clean)
    found = device(report, BRANCH)
    assert code == 2
    assert [(line["kind"], line["was"], line["line"]) for line in found["lines"]] == [("changed", "set pfs group5", "set pfs")]
    assert "keeps no log" in found["without_log"]
    assert found["last_change"]
    shown = clean.run("drift").out
    assert "was:" in shown
    assert "will be:" in shown
    assert shown.index("differs") < shown.index("Nothing was changed")
    clean.configure(BRANCH, f"{entry} set pfs group14")
    assert drift(clean)[0] == 0


def test_what_nobody_intends_is_named(clean: Estate) -> None:
    """A tunnel of ours that the intent does not have is a difference, unless other services were asked for by name."""
    path = clean.inventory / "vpn" / "intent.yaml"
    text = path.read_text()
    path.write_text(text.replace("name: hq-branch", "name: spare"))
    try:
        code, report = drift(clean)
        assert code == 2
        assert any("hq and branch have a tunnel hq-branch, which no intent has" in words for words in report["strays"]), report
        _, report = drift(clean, "spare")
        assert report["strays"] == []
    finally:
        path.write_text(text)


def test_a_device_that_is_away(clean: Estate) -> None:
    """The other end is compared all the same, what was not read is never as intended, and the exit code is 11."""
    clean.lab.fault(BRANCH, "down")
    code, report = drift(clean, "--deadline", "30")
    assert (code, report["outcome"]) == (11, "unreachable")
    assert device(report, HQ)["configured"] == "as-intended"
    assert device(report, BRANCH)["configured"] == "unknown"
    assert "branch" in device(report, BRANCH)["sentence"]


def test_names_that_are_not_there(clean: Estate) -> None:
    """An unknown service or host is told with the nearest one, and the exit code is 66."""
    done = clean.run("drift", "hq-brnach")
    assert (done.code, "did you mean hq-branch?" in done.err) == (66, True)
    done = clean.run("drift", "--limit", "host=brnch")
    assert (done.code, "branch" in done.err) == (66, True)


def test_without_keys_nothing_is_told_of_them(clean: Estate, tmp_path: Path) -> None:
    """A job without the key of the tunnel says that it was not compared; that is no drift."""
    for path in Path(clean.lab.credentials).iterdir():
        if path.name != "hq-branch-psk":
            (tmp_path / path.name).write_text(path.read_text())
            (tmp_path / path.name).chmod(0o600)
    done = clean.run("drift", "--json", NR_RUN_CREDENTIALS=str(tmp_path))
    assert done.code == 0, done.out
    assert all("not at hand" in item["unseen"][0] for item in done.report["services"][0]["devices"])


def test_a_key_that_cannot_be_read_is_no_drift(clean: Estate) -> None:
    """A router that shows its key encrypted (type 6) is as intended, and that the key was not compared is said."""
    text = lab_exec(clean, HQ, "show running-config")
    running = re.sub(r"(?m)^(crypto isakmp key) \S+ (address .*)$", r"\1 6 <key:0123456789abcdef> \2", text)
    assert running != text
    nornir = load_nornir(clean.inventory)
    platforms = platforms_of(nornir)
    ((deployment,), _) = find("l2l").intended(clean.inventory, platforms).select([], date(2026, 11, 30), removal=False)
    member = next(member for member in deployment.members if member.host == HQ)
    token = Secrets(folders=(Path(clean.lab.credentials),)).preshared_key("credential:hq-branch-psk")
    shown = Configuration(HQ, "ios", "show running-config", running[running.index("!") :])
    found = standing(deployment, member, platforms[HQ], shown, {"credential:hq-branch-psk": token}, None)
    assert (found.configured, found.lacks, found.has_besides) == (Configured.AS_INTENDED, (), ())
    assert "masked or encrypted" in found.unseen[0]


def test_what_differs_is_told_on_a_full_disk(clean: Estate) -> None:
    """Where the record cannot be kept what was found is told all the same, with its exit code; as intended is then an error."""
    done = clean.run_on_a_full_disk("drift", "--json")
    assert (done.code, done.report["outcome"]) == (1, "error"), done.out + done.err
    assert [one["configured"] for one in done.report["services"]] == ["as-intended"]
    assert "drift.json cannot be written" in done.report["warnings"][0]
    assert done.report["folder"] == ""
    entry = header(clean, BRANCH, r"^crypto map \S+ \d+ (?=match address)")
    clean.configure(BRANCH, f"{entry} set pfs group5")
    done = clean.run_on_a_full_disk("drift")
    assert (done.code, "set pfs group5" in done.out, "record: not kept" in done.out) == (2, True, True), done.out + done.err
    assert "drift.json cannot be written" in done.err
    place = clean.runs / "drift"
    place.rename(clean.runs / "drift-before")
    place.write_text("in the way")
    try:
        code, report = drift(clean)
    finally:
        place.unlink()
        (clean.runs / "drift-before").rename(place)
    assert (code, report["folder"], len(report["warnings"])) == (2, "", 1), report
