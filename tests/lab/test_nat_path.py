"""A translator in the path: the other end knows a box by another address, and IKE goes on in UDP 4500."""

from __future__ import annotations

import pytest

from nr_run.lab.entry import LabHandle

from .telnet_client import login
from .test_younger import OUTSIDE, lines, ping
from .tunnels import eventually, flow, number, replies, state

KNOWN_AS = "172.18.124.77"


@pytest.fixture
def translated(pair: LabHandle) -> LabHandle:
    """A tunnel between an 881 behind a translator and a 3640 that has the outer address for its peer."""
    pair.fault("hq", "behind-nat", KNOWN_AS)
    for device in ("branch", "hq"):
        with login(pair, device) as line:
            said = line.configure(lines(device).replace(OUTSIDE["hq"], KNOWN_AS) if device == "branch" else lines(device))
        assert all("% NOTE" in text for text in said), said
    return pair


def test_a_tunnel_through_a_translator_comes_up_in_4500(translated: LabHandle) -> None:
    """Both ends are up, each sees the other by the address that it knows, and both show port 4500."""
    assert 0 < replies(ping(translated, repeat=8)) < 8
    assert replies(ping(translated, "branch")) == 5
    assert state(translated, "hq", OUTSIDE["branch"]) == "QM_IDLE"
    hq, branch = flow(translated, "hq", "10.10.81.0", "10.10.24.0"), flow(translated, "branch", "10.10.24.0", "10.10.81.0")
    assert f"current_peer {OUTSIDE['branch']} port 4500" in hq
    assert f"current_peer {KNOWN_AS} port 4500" in branch
    assert number(hq, "#pkts encaps") == number(branch, "#pkts decaps") > 5
    assert f"local {OUTSIDE['hq']}/4500 remote {OUTSIDE['branch']}/4500 Active" in translated.exec("hq", "show crypto session")


def test_without_4500_main_mode_stays_where_identities_go(translated: LabHandle) -> None:
    """UDP 500 gets answers, and both rows stay in MM_KEY_EXCH."""
    translated.fault("branch", "drop-4500")
    assert replies(ping(translated)) == 0
    for device in ("hq", "branch"):
        eventually(lambda device=device: "MM_KEY_EXCH" in translated.exec(device, "show crypto isakmp sa"))  # type: ignore[misc]


def test_esp_goes_in_4500_too(translated: LabHandle) -> None:
    """A tunnel that is up loses its packets with UDP 4500, and not with ESP."""
    ping(translated, repeat=8)
    translated.fault("branch", "drop-esp")
    assert replies(ping(translated)) == 5
    translated.fault("branch", "drop-4500")
    assert replies(ping(translated)) == 0


def test_nobody_reaches_the_inner_address(translated: LabHandle) -> None:
    """Behind a translator a box is not known by its own address."""
    assert replies(translated.exec("branch", f"ping {OUTSIDE['hq']}")) == 0
    assert replies(translated.exec("branch", f"ping {KNOWN_AS}")) == 5
