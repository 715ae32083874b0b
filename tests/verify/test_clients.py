"""nr-run verify of a group of VPN clients, with a client that connects by itself, sends, and leaves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ..conftest import SPEED
from ..warm import start_lab
from .estate import Estate, estate_in

GROUP, ADDRESS, INSIDE = "staff", "192.168.77.10", "10.10.10.10"
KEY, PASSWORD = "Group-key-of-staff-1", "Password-of-jane-1"
LOGIN = {"host": "vpn2611", "group": GROUP, "key": KEY, "user": "jane", "password": PASSWORD}


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """Two routers, on one of them a group of clients that was verified by one who has left since."""
    folder = tmp_path_factory.mktemp("clients")
    with start_lab(folder / "lab", speed=SPEED) as lab:
        made = estate_in(lab, folder)
        secrets = Path(made.environment["XDG_CONFIG_HOME"]) / "nr-run" / "credentials"
        secrets.mkdir(parents=True)
        (secrets / "staff-group-key").write_text(KEY + "\n")
        (secrets / "staff-jane").write_text(PASSWORD + "\n")
        with _sending(made):
            done = made.run("deploy-ra", GROUP, "--yes", "--poll-interval", "0.1")
        assert done.code == 0, done.out + done.err
        lab.client("home", "disconnect")
        yield made


@contextmanager
def _sending(estate: Estate) -> Iterator[None]:
    """Meanwhile somebody at home tries to connect until it works, and sends."""
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            there = estate.lab.client("home", "status")["connected"]
            if there or estate.lab.client("home", "connect", **LOGIN)["connected"]:
                estate.lab.client("home", "send", to=INSIDE, count=3)
            over.wait(0.2)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(60)


def _verdict(estate: Estate, *words: str) -> tuple[int, dict[str, Any]]:
    code, report = estate.verify(*words, names=(GROUP,))
    (verdict,) = report["verdicts"]
    return code, verdict


def test_a_client_that_is_connected_is_up_and_idle_behind_it(grouped: Estate) -> None:
    """Up with the client's address of the pool while it is connected, and idle, which is no alarm, once it has left."""
    code, verdict = _verdict(grouped)
    assert (code, verdict["word"], verdict["causes"]) == (0, "idle", []), verdict
    assert grouped.lab.client("home", "connect", **LOGIN)["address"] == ADDRESS
    for words in ((), ("--no-probe",)):
        code, verdict = _verdict(grouped, *words)
        assert (code, verdict["word"], verdict["configured"], verdict["known_by"]) == (0, "up", "as-intended", "tables"), verdict
        assert verdict["sentence"] == f"vpn2611: 1 client of group {GROUP} connected ({ADDRESS})"
        assert {flow["remote"] for end in verdict["ends"] for flow in end["flows"]} == {f"{ADDRESS}/32"}
        assert verdict["untested"] == []
    grouped.lab.client("home", "disconnect")
    code, verdict = _verdict(grouped)
    assert (code, verdict["word"]) == (0, "idle"), verdict
    assert ADDRESS not in verdict["sentence"]
    assert verdict["ends"][0]["flows"] == []
    assert "no client was asked to connect" in verdict["untested"]


def test_a_client_that_sends_is_known_by_its_counters(grouped: Estate) -> None:
    """While it sends its counters rise both ways between two looks, and the answer rests on them."""
    with _sending(grouped):
        found = [_verdict(grouped) for _ in range(5)]
    grouped.lab.client("home", "disconnect")
    connected = [verdict for _, verdict in found if verdict["word"] == "up"]
    assert {code for code, _ in found} == {0}
    assert connected, found
    assert "counters" in {verdict["known_by"] for verdict in connected}, connected


def test_somebody_who_is_not_let_in_makes_nothing_up(grouped: Estate) -> None:
    """A client with another password leaves an IKE SA for a moment and no address: the group is idle."""
    told = grouped.lab.client("home", "connect", **LOGIN | {"password": "Not-the-password-1"})
    assert not told["connected"]
    code, verdict = _verdict(grouped)
    assert (code, verdict["word"]) == (0, "idle"), verdict


def test_a_client_that_is_cut_off_is_not_up(grouped: Estate) -> None:
    """A session whose SAs the router has lost is none, whatever the client believes."""
    assert grouped.lab.client("home", "connect", **LOGIN)["connected"]
    grouped.lab.exec("vpn2611", "clear crypto sa")
    code, verdict = _verdict(grouped)
    assert (code, verdict["word"]) == (0, "idle"), verdict
    grouped.lab.client("home", "disconnect")
