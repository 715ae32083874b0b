"""A tunnel that is disabled, or that left the intent, is named by a plan and can be removed as safely as any other."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from nr_run.lab.entry import LabHandle

from ..warm import start_lab
from .test_ssh import STRONG, Pair, write_inventory

BOTH = ("--host", "vpn2611", "--host", "vpn3640")


def leave(rehearsal) -> None:
    """Take the tunnel out of the intent; another one, planned and far away, stays."""
    path = rehearsal.inventory / "vpn" / "hq-branch.yaml"
    text = path.read_text().replace("name: hq-branch", "name: hq-branches").replace("status: active", "status: planned")
    text = re.sub(r"10\.10\.(1|2)0\.", r"10.99.\g<1>0.", text)
    path.write_text(text)


def remove(rehearsal, *words: str, **environment: str):
    """remove-l2l of the tunnel, as JSON."""
    return rehearsal.deploy_other("remove-l2l", "hq-branch", *words, "--json", **environment)


def test_a_disabled_tunnel_is_removed(rehearsal) -> None:
    """With status disabled remove-l2l takes it from both devices, verifies it gone and saves."""
    assert rehearsal.deploy("--yes").code == 0
    rehearsal.edit("vpn/hq-branch.yaml", "status: active", "status: disabled")
    done = remove(rehearsal, "--yes")
    assert (done.code, done.report["changed"]) == (0, True), done.out + done.err
    assert "NR-hq-branch" not in "".join(rehearsal.configurations()["startup"].values())


def test_a_removal_of_an_active_tunnel_warns_of_the_next_deploy(rehearsal) -> None:
    """As long as the intent has it as active the next deploy builds it again; that is said."""
    assert rehearsal.deploy("--yes").code == 0
    done = remove(rehearsal, "--yes")
    assert done.code == 0
    assert any("hq-branch as active: the next deploy-l2l builds it again" in line for line in done.report["warnings"])


@pytest.mark.parametrize("words", [BOTH, ()], ids=["devices named", "all devices looked through"])
def test_a_tunnel_that_left_the_intent_is_removed(rehearsal, words: tuple[str, ...]) -> None:
    """Known to the devices alone it is found by name, taken away and verified gone; policies stay, and nothing else moves."""
    assert rehearsal.deploy("--yes").code == 0
    leave(rehearsal)
    look = remove(rehearsal, *words, "--plan")
    assert look.code == 2, look.out + look.err
    done = remove(rehearsal, *words, "--yes")
    assert (done.code, done.tunnel["verified"]) == (0, True), done.out + done.err
    assert [words for words in done.report["warnings"] if "telnet" not in words] == []
    assert any("the IKE policies and other device-wide IKE settings stay" in line for line in done.tunnel["stays"])
    now = rehearsal.configurations()
    for name in ("vpn2611", "vpn3640"):
        for which in ("running", "startup"):
            left = set(now[which][name].splitlines()) ^ set(rehearsal.before[which][name].splitlines())
            # What cannot be told to be this tunnel's alone stays.
            rest = [line for line in left if not re.match(r"Current|Using|crypto isakmp (policy|keepalive)| |!", line)]
            assert rest == []
            assert "NR-hq-branch" not in now[which][name]
            assert rehearsal.secret("hq-branch-psk") not in now[which][name]


def test_its_removal_is_rolled_back(rehearsal) -> None:
    """What was removed by name alone is built again from the run folder, and verified with traffic."""
    assert rehearsal.deploy("--yes").code == 0
    now = rehearsal.configurations()["running"]
    leave(rehearsal)
    assert remove(rehearsal, *BOTH, "--yes").code == 0
    back = rehearsal.nr_run("rollback", "--yes", "--json")
    assert (back.code, back.tunnel["verified"]) == (0, True), back.out + back.err
    for name, text in rehearsal.configurations()["running"].items():
        assert sorted(text.splitlines()) == sorted(now[name].splitlines())


def test_a_removal_that_fails_is_taken_back(rehearsal) -> None:
    """When the near end refuses a line both ends have their tunnel again."""
    assert rehearsal.deploy("--yes").code == 0
    now = rehearsal.configurations()["running"]
    leave(rehearsal)
    rehearsal.lab.fault("vpn2611", "refuse-inverse", "ip access-list extended NR-hq-branch")
    done = remove(rehearsal, *BOTH, "--yes")
    assert done.code == 20, done.out + done.err
    for name, text in rehearsal.configurations()["running"].items():
        assert sorted(text.splitlines()) == sorted(now[name].splitlines())


def test_one_of_two_ends_of_ours_is_not_taken_for_a_partners(rehearsal) -> None:
    """Where one device is named and its peer is a host of the intent, both have to be named: half of a tunnel is not removed."""
    assert rehearsal.deploy("--yes").code == 0
    now = rehearsal.configurations()
    rehearsal.edit("vpn/hq-branch.yaml", "name: hq-branch", "name: hq-branches")
    rehearsal.edit("vpn/hq-branch.yaml", "status: active", "status: planned")
    done = remove(rehearsal, "--host", "vpn3640", "--yes")
    assert done.code == 65, done.out + done.err
    assert "its peer 172.18.124.159 is vpn2611: name both ends, --host vpn3640 --host vpn2611" in done.out + done.err
    assert rehearsal.configurations() == now


def test_one_end_is_gone_already(rehearsal) -> None:
    """Where one device has nothing left of it, the other end is cleaned all the same: it has the peer's address."""
    assert rehearsal.deploy("--yes").code == 0
    leave(rehearsal)
    lines = ("interface Ethernet0/0", "no crypto map NR-MAP", "exit", "no crypto map NR-MAP 10")
    running = rehearsal.lab.exec("vpn3640", "show running-config")
    (sequence,) = re.findall(r"^crypto map NR-MAP (\d+) ipsec-isakmp", running, re.MULTILINE)
    rehearsal.configure("vpn3640", *lines[:3], f"no crypto map NR-MAP {sequence}", "write memory")
    done = remove(rehearsal, *BOTH, "--yes")
    assert done.code == 0, done.out + done.err
    assert "NR-hq-branch" not in rehearsal.lab.exec("vpn2611", "show running-config")


def test_no_key_is_needed_to_remove(rehearsal, tmp_path: Path) -> None:
    """A disabled tunnel whose key has been deleted already is removed by what its devices show."""
    assert rehearsal.deploy("--yes").code == 0
    rehearsal.edit("vpn/hq-branch.yaml", "status: active", "status: disabled")
    folder = tmp_path / "keyless"
    folder.mkdir()
    for file in rehearsal.lab.credentials.iterdir():
        if file.name != "hq-branch-psk":
            (folder / file.name).write_text(file.read_text())
    done = remove(rehearsal, "--yes", NR_RUN_CREDENTIALS=str(folder))
    assert done.code == 0, done.out + done.err
    assert "NR-hq-branch" not in rehearsal.lab.exec("vpn2611", "show running-config")


def test_a_name_that_nobody_has_is_not_turned_into_another(rehearsal, unchanged: Callable[[], None]) -> None:
    """A misspelt name on remove-l2l is refused; a tunnel that is alive under a similar name is said to be, and not touched."""
    done = rehearsal.deploy_other("remove-l2l", "hq-brunch", "--yes", "--json")
    assert done.code == 66, done.out + done.err
    assert "the intent has hq-branch, which is another tunnel and active" in done.report["error"]
    assert "did you mean" not in done.report["error"]
    unchanged()


def test_hosts_are_for_what_left_the_intent(rehearsal) -> None:
    """--host beside a tunnel of the intent would be ignored, so it is refused; a host that is not there is named."""
    assert remove(rehearsal, *BOTH, "--yes").code == 64
    wrong = rehearsal.deploy_other("remove-l2l", "old", "--yes", "--host", "vpn2612")
    assert (wrong.code, "did you mean vpn2611?" in wrong.err) == (66, True)


@pytest.mark.parametrize("word", ["left", "disabled"])
def test_a_plan_names_what_no_intent_wants(rehearsal, word: str) -> None:
    """deploy --plan of another tunnel on the same devices names the stray one, with the command that removes it."""
    assert rehearsal.deploy("--yes").code == 0
    path = rehearsal.inventory / "vpn" / "hq-branch.yaml"
    text = path.read_text()
    other = text.replace("name: hq-branch", "name: hq-lab").replace("10.10.20.", "10.10.30.").replace("10.10.10.", "10.10.40.")
    if word == "left":
        path.write_text(other)
    else:
        tunnels = other[other.index("  - name:") :]
        path.write_text(text.replace("status: active", "status: disabled") + tunnels)
    look = rehearsal.deploy("hq-lab", "--plan", "--json")
    (told,) = [line for line in look.report["warnings"] if "hq-branch" in line]
    command = "nr-run remove-l2l hq-branch" + (" --host vpn2611 --host vpn3640" if word == "left" else "")
    assert told.startswith("vpn2611 and vpn3640 have a tunnel hq-branch, which ")
    assert told.endswith(command)


@pytest.fixture
def asa_pair(tmp_path: Path):
    """An ASA and a router with a tunnel between them."""
    profiles = {"hq": "asa91", "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=profiles, speed=20) as lab:
        yield _pair(lab, tmp_path, profiles)


def _pair(lab: LabHandle, folder: Path, profiles: dict[str, str]) -> Pair:
    write_inventory(lab, folder / "inventory", profiles, STRONG)
    return Pair(lab, folder)


def test_an_asa_is_cleaned_by_name_too(asa_pair: Pair) -> None:
    """Tunnel group, group policy, map entry, list and transform set go from an ASA; what others may use stays."""
    code, report = asa_pair.run("deploy-l2l", "--yes")
    assert code == 0, report
    (path,) = (asa_pair.folder / "inventory" / "vpn").glob("*.yaml")
    path.write_text(path.read_text().replace("name: hq-branch", "name: other"))
    code, report = asa_pair.run("remove-l2l", "hq-branch", "--yes")
    assert code == 0, report
    lines = [line for text in asa_pair.running().values() for line in text]
    assert not [line for line in lines if "hq-branch" in line]
    assert not [line for line in lines if line.startswith("tunnel-group 172")]


ELSEWHERE = [
    (command, (word,)) for command in ("deploy-l2l", "remove-l2l", "rollback") for word in ("--check", "--diff", "--dry-run")
]
NO_LIMIT = [(command, ("--limit", "host=vpn2611")) for command in ("remove-l2l", "rollback", "rotate-psk")]


@pytest.mark.parametrize(("command", "option"), [*ELSEWHERE, *NO_LIMIT])
def test_what_other_tools_call_it_is_answered(rehearsal, command: str, option: tuple[str, ...]) -> None:
    """The words of other tools are a usage error that points to --plan."""
    run = rehearsal.nr_run if command == "rollback" else rehearsal.deploy_other
    done = run(command, *([] if command == "rollback" else ["hq-branch"]), *option)
    assert done.code == 64
    assert f"there is no {option[0]}: --plan previews the change" in done.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--limit", "host=vpn2611", "--plan"), 2, "hq-branch"),
        (("--limit", "group=cisco-3640", "--limit", "host=vpn3640", "--plan"), 2, "hq-branch"),
        (("--limit", "host=vpn2612", "--plan"), 66, "did you mean vpn2611"),
        (("--limit", "hots=vpn2611", "--plan"), 64, "did you mean host"),
    ],
)
def test_a_deploy_is_limited_to_devices(rehearsal, words: tuple[str, ...], code: int, told: str) -> None:
    """--limit takes the words of a Nornir filter; one that no device has is refused with the nearest."""
    done = rehearsal.deploy(*words)
    assert (done.code, told in done.out + done.err) == (code, True), done.out + done.err


def test_resume_and_rollback_keep_a_debug_log(rehearsal) -> None:
    """--debug of rollback and resume keeps what passes, without keys, in the run folder that they write to."""
    assert rehearsal.deploy("--yes").code == 0
    done = rehearsal.nr_run("rollback", "--yes", "--debug", "--json")
    assert done.code == 0, done.out + done.err
    log = Path(done.report["folder"]) / "debug.log"
    assert "no crypto map" in log.read_text()
    assert rehearsal.secret("hq-branch-psk") not in log.read_text()
    assert "--debug" in rehearsal.nr_run("resume", "--help").out
