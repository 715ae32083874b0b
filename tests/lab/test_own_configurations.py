"""A device is played with its own running configuration: what the lab does not play is shown again in its place, and named."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netmiko import ConnectHandler

from nr_run.lab.core.configuration.loaded import Loaded, blocks
from nr_run.lab.entry import LabHandle, start

FOLDER = Path(__file__).parent / "configurations"
PROFILES = {"c881": "cisco_ios", "vpn3640": "cisco_ios_telnet", "asa91": "cisco_asa"}
#: What a device prints around its configuration.
AROUND = re.compile(r"Building .*|Current config.*|Using .*|! Last .*|:.*|Cryptochecksum.*|ASA Version.*|!?\s*|end")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """Three devices, each with a configuration of its own."""
    orders = {name: {"profile": name, "config": (FOLDER / f"{name}.cfg").read_text().splitlines()} for name in PROFILES}
    with start(tmp_path_factory.mktemp("own") / "lab", devices=orders, speed=20.0) as handle:
        yield handle


def said(text: str) -> list[str]:
    """The lines of a configuration, without what stands around it and without blanks at their ends."""
    return [line.rstrip() for line in text.splitlines() if not AROUND.fullmatch(line.rstrip())]


def shown(lab: LabHandle, name: str) -> list[str]:
    """What the device shows of its running configuration, keys included."""
    return said(lab.exec(name, "more system:running-config" if name == "asa91" else "show running-config"))


@pytest.mark.parametrize("name", PROFILES)
def test_it_comes_back_equal(lab: LabHandle, name: str) -> None:
    """What is shown is the file, line by line and in its order."""
    assert shown(lab, name) == said((FOLDER / f"{name}.cfg").read_text())


@pytest.mark.parametrize("name", PROFILES)
def test_the_user_of_the_lab_logs_in(lab: LabHandle, name: str) -> None:
    """Netmiko logs in with the lab's credentials, though nobody of that name stands in the file, and becomes privileged."""
    secret = {item.name: item.read_text().strip() for item in lab.credentials.iterdir()}
    place = lab.devices[name]
    with ConnectHandler(
        device_type=PROFILES[name], host=place.host, port=place.port, username="nr",
        password=secret["device-password"], secret=secret["enable-secret"],
    ) as connection:  # fmt: skip
        connection.enable()
        assert connection.check_enable_mode()
        assert "hostname" in connection.send_command("show running-config")


def test_a_change_is_shown_in_its_place_and_goes_again(lab: LabHandle) -> None:
    """A line that is typed stands with its section; when it is taken away again, the file is what is shown."""
    before = shown(lab, "c881")
    lab.exec("c881", "configure terminal\ncrypto isakmp policy 20\ngroup 14\nexit\ninterface FastEthernet4\nno crypto map\nend")
    changed = shown(lab, "c881")
    assert changed.index("crypto isakmp policy 20") == changed.index("crypto isakmp policy 10") + 4
    assert [line for line in before if line not in changed] == [" crypto map OUT"]
    assert " service-policy output SHAPE" in changed
    lab.exec("c881", "configure terminal\nno crypto isakmp policy 20\ninterface FastEthernet4\ncrypto map OUT\nend")
    assert shown(lab, "c881") == before


def test_it_is_saved_and_boots_with_it(lab: LabHandle) -> None:
    """The startup configuration has the kept lines too, and a reload brings all of it back."""
    before = shown(lab, "vpn3640")
    assert said(lab.exec("vpn3640", "show startup-config")) == before
    lab.exec("vpn3640", "configure terminal\nno router rip\nhostname other\nend")
    lab.exec("vpn3640", "reload\nno\n\n")
    deadline = 0
    while "lab-branch" not in "".join(shown(lab, "vpn3640")):
        deadline += 1
        assert deadline < 2000, "the device does not come back"
        subprocess.run(["sleep", "0.05"], check=True)
    assert shown(lab, "vpn3640") == before


def test_lines_that_are_not_played_are_named_without_their_secrets(lab: LabHandle) -> None:
    """What is kept and not played is counted and named by what it is; a key or a community behind it is not shown."""
    found = lab.not_played["c881"]
    assert {"class-map match-any", "policy-map", "router eigrp"} <= set(found["lines"])
    assert "interface FastEthernet4 > service-policy output" in found["lines"]
    assert found["count"] > len(found["lines"])
    assert "Some.Tacacs.Key" not in str(lab.not_played)
    assert "A.Community.Word" not in str(lab.not_played)


def test_lab_up_names_them(tmp_path: Path) -> None:
    """`nr-run lab up --config` says how many lines are kept and not played, and which."""
    command = [str(Path(sys.executable).parent / "nr-run"), "lab", "up", "--directory", str(tmp_path / "lab"), "--any-ports"]
    command += ["--device", "hq=c881", "--config", f"hq={FOLDER / 'c881.cfg'}", "--detach"]
    up = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    subprocess.run(
        [command[0], "lab", "down", "--directory", str(tmp_path / "lab")], timeout=120, check=True, capture_output=True
    )
    (line,) = [line for line in up.stdout.splitlines() if "kept, not played" in line]
    assert re.match(r"hq: kept, not played: \d+ lines: ", line)
    assert "router eigrp" in line


WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma 1", "delta 2 3"]), min_size=1, max_size=6, unique=True)


@given(WORDS, st.sets(st.sampled_from(["alpha", "beta", "gamma 1", "delta 2 3"])))
def test_whatever_is_kept_comes_back(lines: list[str], known: set[str]) -> None:
    """Law: with any lines played and the others kept, what is shown is the file."""
    own = [line for line in lines if line in known]
    loaded = Loaded.of(lines, None, lambda place, line: (line in known, place), lambda: own)
    assert loaded.shown(own) == lines
    assert loaded.count == len(lines) - len(own)
    assert loaded.shown([]) == [line for line in lines if line not in known]


def test_a_banner_and_a_certificate_are_one_block_each() -> None:
    """Their text is no command, whatever stands in it."""
    text = [
        "banner motd ^C",
        "interface Ethernet0/0",
        "end ^C",
        "crypto pki certificate chain A",
        " certificate 01",
        "  308201",
        "  quit",
    ]
    assert [block.text for block in blocks(text)] == ["banner motd ^C", "crypto pki certificate chain A"]
