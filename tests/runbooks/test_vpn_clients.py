"""deploy-ra and remove-ra over real telnet to the lab, with a client that connects by itself, beside a LAN-to-LAN tunnel."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .. import warm

KEY, PASSWORD = "Group-key-of-staff-1", "Password-of-jane-1"
CLIENT = {"host": "vpn2611", "group": "staff", "key": KEY, "user": "jane", "password": PASSWORD}


@pytest.fixture
def clients(rehearsal):
    """A lab with the pair, its inventory, and the secrets of the group where the person who runs it keeps theirs."""
    folder = rehearsal.folder / "config" / "nr-run" / "credentials"
    folder.mkdir(parents=True)
    (folder / "staff-group-key").write_text(KEY + "\n")
    (folder / "staff-jane").write_text(PASSWORD + "\n")
    return rehearsal


@contextmanager
def somebody_connects(rehearsal, to: str = "10.10.10.10", **other: str) -> Iterator[None]:
    """Meanwhile somebody at home tries to connect until it works, and sends."""
    done = threading.Event()

    def try_again() -> None:
        while not done.is_set():
            if (
                rehearsal.lab.client("home", "status")["connected"]
                or rehearsal.lab.client("home", "connect", **CLIENT | other)["connected"]
            ):
                rehearsal.lab.client("home", "send", to=to, count=3)
            done.wait(0.2)

    thread = threading.Thread(target=try_again)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(60)


def body(text: str) -> list[str]:
    """A configuration without what it says of its size and its changes, and without what a tunnel leaves to all IKE peers."""
    told = ("!", "Current configuration", "Using ", "crypto isakmp keepalive ")
    return [line.rstrip() for line in text.strip().splitlines() if not line.startswith(told)]


def spis(rehearsal) -> list[str]:
    """The SAs of the tunnel on the 2611."""
    return re.findall(r"spi: (\S+)", rehearsal.lab.exec("vpn2611", "show crypto ipsec sa peer 172.18.124.199"))


def test_beside_a_tunnel(clients) -> None:
    """Clients come beside a tunnel that keeps its very SAs; the tunnel goes and the client stays; in the end all is as before."""
    assert clients.deploy("hq-branch", "--yes").code == 0
    before = spis(clients)
    with somebody_connects(clients):
        done = clients.deploy_other("deploy-ra", "staff", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert done.tunnel["sentence"] == "built on vpn2611, verified and saved"
    sessions = [item["sentence"] for item in done.tunnel["findings"] if item["check"] == "client-session"]
    assert "has 192.168.77.10/32 of the pool, and sends" in sessions[-1]
    assert spis(clients) == before
    again = clients.deploy_other("deploy-ra", "staff", "--yes", "--json")
    assert (again.code, again.report["changed"]) == (0, False), again.out
    assert clients.deploy("hq-branch", "--yes", "--json").report["changed"] is False
    assert clients.deploy_other("remove-l2l", "hq-branch", "--yes").code == 0
    assert clients.lab.client("home", "send", to="10.10.10.10", count=4)["answered"] == 4
    gone = clients.deploy_other("remove-ra", "staff", "--yes", "--json")
    assert gone.code == 0, gone.out + gone.err
    now = clients.configurations()
    for kind in ("running", "startup"):
        assert body(now[kind]["vpn2611"]) == body(clients.before[kind]["vpn2611"])


def test_a_tunnel_that_was_there_first(clients) -> None:
    """Its key gets no-xauth before the map asks for users; its SAs stay; put back without a client, the router is as it was."""
    lines = ("aaa new-model", "aaa authentication login default local", "write memory")
    clients.configure("vpn3640", *lines)
    assert clients.deploy("hq-branch", "--yes").code == 0
    before = clients.configurations()["running"]["vpn3640"]
    tunnel = spis(clients)
    for old, new in (
        ("host: vpn2611", "host: vpn3640"),
        ("172.18.124.159", "172.18.124.199"),
        ("[10.10.10.0/24]", "[10.10.20.0/24]"),
        ("probe_address: 10.10.10.1", "probe_address: 10.10.20.1"),
        ("window_seconds: 300", "window_seconds: 1"),
    ):
        clients.edit("remote-access.yaml", old, new)
    done = clients.deploy_other("deploy-ra", "staff", "--yes", "--json")
    assert done.code == 20, done.out + done.err
    assert body(clients.configurations()["running"]["vpn3640"]) == body(before)
    clients.edit("remote-access.yaml", "window_seconds: 1", "window_seconds: 20")
    with somebody_connects(clients, to="10.10.20.10", host="vpn3640"):
        done = clients.deploy_other("deploy-ra", "staff", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert "address 172.18.124.159 no-xauth\n" in clients.lab.exec("vpn3640", "show running-config")
    assert spis(clients) == tunnel
    clients.lab.exec("vpn3640", "clear crypto isakmp")
    clients.lab.exec("vpn3640", "clear crypto sa peer 172.18.124.159")
    assert clients.deploy("hq-branch", "--yes", "--json").tunnel["verified"] is True


def test_a_group_that_left_the_intent(clients) -> None:
    """Known to its router alone it is removed by name, and verified gone; a group of somebody else's is not touched."""
    with somebody_connects(clients):
        assert clients.deploy_other("deploy-ra", "staff", "--yes").code == 0
    clients.lab.client("home", "disconnect")
    built = clients.configurations()["running"]["vpn2611"]
    clients.edit("remote-access.yaml", "  - name: staff", "  - name: guests")
    clients.edit("remote-access.yaml", "status: active", "status: planned")
    gone = clients.deploy_other("remove-ra", "staff", "--host", "vpn2611", "--yes", "--json")
    assert (gone.code, gone.tunnel["verified"]) == (0, True), gone.out + gone.err
    assert any("the users of the router stay" in line for line in gone.tunnel["stays"])
    now = clients.configurations()
    for kind in ("running", "startup"):
        left = {*body(now[kind]["vpn2611"])} ^ {*body(clients.before[kind]["vpn2611"])}
        assert {line for line in left if not re.match(r"username jane |crypto isakmp policy | ", line)} == set()
    with somebody_connects(clients):
        back = clients.nr_run("rollback", "--yes", "--json")
    assert back.code == 0, back.out + back.err
    assert sorted(body(clients.configurations()["running"]["vpn2611"])) == sorted(body(built))
    clients.configure("vpn2611", "ip local pool THEIRS 192.168.79.1 192.168.79.9")
    clients.configure(
        "vpn2611", "crypto isakmp client configuration group theirs", "key somebodys", "pool THEIRS", "write memory"
    )
    refused = clients.deploy_other("remove-ra", "theirs", "--host", "vpn2611", "--yes", "--json")
    assert refused.code == 65, refused.out
    assert "the pool of client group theirs is THEIRS, and nr-run would have called it RA-theirs" in refused.report["error"]


def test_a_client_that_hangs_up_after_the_proof(clients) -> None:
    """Who was verified and says good-bye before the router is saved has verified it all the same, and the run says so."""
    clients.lab.fault("vpn2611", "slow", "250")
    words = clients.arguments("staff", "--yes", "--json", command="deploy-ra")
    process = warm.Process(words, clients.environment)
    with somebody_connects(clients):
        clients.wait_for("judged", seconds=120)
    clients.lab.client("home", "disconnect")
    clients.lab.fault("vpn2611", "slow", on=False)
    out, err = process.communicate(timeout=120)
    assert process.wait() == 0, out + err
    (group,) = json.loads(out)["tunnels"]
    assert any("has hung up since" in item["sentence"] for item in group["findings"]), group["findings"]


def decided_and_killed(clients) -> None:
    """A deployment that is killed when its journal says that it was decided; its client is gone then."""
    clients.lab.fault("vpn2611", "slow", "150")
    process = warm.Process(clients.arguments("staff", "--yes", "--json", command="deploy-ra"), clients.environment)
    with somebody_connects(clients):
        clients.wait_for("commit-decided", seconds=120)
        process.kill()
        process.communicate(timeout=30)
    clients.lab.client("home", "disconnect")
    clients.lab.fault("vpn2611", "slow", on=False)


def test_a_decided_run_whose_client_has_left(clients) -> None:
    """kill -9 behind the decision: resume saves what was decided without a client, says so, and keeps the proof as it was."""
    decided_and_killed(clients)
    (proof,) = clients.runs.glob("2*/staff/findings.json")
    was = proof.read_text()
    assert "192.168.77.10/32 of the pool, and sends" in was
    done = clients.nr_run("resume", "--json")
    assert (done.code, done.tunnel["verified"]) == (0, True), done.out + done.err
    assert any("was verified before the run was interrupted" in item["sentence"] for item in done.tunnel["findings"])
    assert proof.read_text() == was
    now = clients.configurations()
    assert "client configuration group staff" in now["startup"]["vpn2611"]
    assert {*body(now["running"]["vpn2611"])} ^ {*body(now["startup"]["vpn2611"])} <= {"", "Building configuration..."}
    assert "No reload is scheduled" in clients.lab.exec("vpn2611", "show reload")
    assert clients.nr_run("resume").code == 66


def test_a_decided_run_whose_configuration_has_gone(clients) -> None:
    """Where the router no longer runs what was decided, resume rolls the rest back and saves nothing."""
    decided_and_killed(clients)
    clients.configure("vpn2611", "no crypto isakmp client configuration group staff")
    done = clients.nr_run("resume", "--json")
    assert done.code == 20, done.out + done.err
    assert "no longer runs the change" in done.tunnel["sentence"]
    now = clients.configurations()
    for kind in ("running", "startup"):
        assert body(now[kind]["vpn2611"]) == body(clients.before[kind]["vpn2611"])


def test_a_tunnel_that_is_lost_meanwhile(clients) -> None:
    """With a client that is verified, and the tunnel beside it gone, nothing is called verified: the router is rolled back."""
    assert clients.deploy("hq-branch", "--yes").code == 0
    before = body(clients.configurations()["running"]["vpn2611"])
    clients.edit("remote-access.yaml", "window_seconds: 300", "window_seconds: 4")
    clients.lab.fault("vpn2611", "slow", "40")
    process = warm.Process(clients.arguments("staff", "--yes", "--json", command="deploy-ra"), clients.environment)
    clients.wait_for("armed", host=None, besides=[path.name for path in clients.runs.glob("2*-*")][:1], seconds=120)
    clients.lab.fault("vpn3640", "behind-nat", "203.0.113.9")
    with somebody_connects(clients):
        out, err = process.communicate(timeout=240)
    assert process.wait() == 20, out + err
    assert "had SAs and has lost them" in json.loads(out)["tunnels"][0]["sentence"]
    clients.lab.fault("vpn3640", "behind-nat", on=False)
    assert body(clients.configurations()["running"]["vpn2611"]) == before


def test_without_a_client(clients) -> None:
    """Where nobody connects within the window it is not called verified: the router is rolled back, and the run says why."""
    clients.edit("remote-access.yaml", "window_seconds: 300", "window_seconds: 1")
    done = clients.deploy_other("deploy-ra", "staff", "--yes", "--json")
    assert done.code == 20, done.out + done.err
    assert "configured, not verified by a client: none has connected within 1 seconds" in done.tunnel["sentence"]
    assert body(clients.configurations()["running"]["vpn2611"]) == body(clients.before["running"]["vpn2611"])


def test_with_a_client_that_knows_another_key(clients) -> None:
    """A client that cannot connect proves nothing."""
    clients.edit("remote-access.yaml", "window_seconds: 300", "window_seconds: 2")
    with somebody_connects(clients, key="Another-key-1"):
        done = clients.deploy_other("deploy-ra", "staff", "--yes", "--json")
    assert done.code == 20, done.out + done.err
    assert body(clients.configurations()["running"]["vpn2611"]) == body(clients.before["running"]["vpn2611"])


def test_no_secret_is_kept(clients) -> None:
    """Neither the key nor a password stands in what was printed, or in any file of the run."""
    with somebody_connects(clients):
        done = clients.deploy_other("deploy-ra", "staff", "--yes")
    assert done.code == 0, done.out + done.err
    kept = [path for path in clients.runs.rglob("*") if path.is_file()]
    assert any(path.name == "rendered.cfg" for path in kept)
    for secret in (KEY, PASSWORD):
        assert secret not in done.out + done.err
        assert not [path for path in kept if secret.encode() in path.read_bytes()]


def test_rehearsal(tmp_path: Path) -> None:
    """The example of the inventory ends verified in the lab, where a scripted client connects; and its profile has no key."""
    root = Path(__file__).parents[2]
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "NR_RUN_LAB_DIR": str(tmp_path / "lab")}
    line = [str(Path(sys.executable).parent / "nr-run"), "deploy-ra", "--lab", "--yes", "--json"]
    line += ["--inventory", str(root / "inventory"), "--runs", str(tmp_path / "runs")]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (only,) = json.loads(done.stdout)["tunnels"]
    assert only["verified"] is True
