"""deploy-flexvpn and remove-flexvpn over real SSH to the lab's C8000V, with a Secure Client that connects by itself."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nr_run.services.flexvpn.intent import FlexVpn
from nr_run.services.flexvpn.service import place_of

from .. import warm
from ..conftest import SPEED, Done
from ..services.flexvpn.head_ends import HOST, values
from ..warm import start_lab

PASSWORD = "Password-of-anna-1"
LOGIN = {"host": HOST, "user": "anna", "password": PASSWORD}
INSIDE = "10.10.117.1"


class Router:
    """One router of a lab, an inventory that points at it, and the nr-run command as a real process."""

    def __init__(self, lab: Any, folder: Path) -> None:
        self.lab, self.folder = lab, folder
        self.environment = {**os.environ, "NR_RUN_CREDENTIALS": str(lab.credentials), "XDG_CONFIG_HOME": str(folder / "config")}
        secrets = folder / "config" / "nr-run" / "credentials"
        secrets.mkdir(parents=True)
        (secrets / "anna").write_text(PASSWORD + "\n")
        (secrets / "bob").write_text("Password-of-bob-1\n")
        (folder / "inventory" / "vpn").mkdir(parents=True)
        (folder / "inventory" / "vpn" / "none.yaml").write_text("schema_version: 1\n")
        platform = {"model": "C8000V", "release": "17.12.1"}
        host = {"hostname": "127.0.0.1", "port": lab.devices[HOST].port, "platform": "cisco_xe", "data": platform}
        references = {f"{name}_ref": f"credential:{kind}" for name, kind in _REFERENCES.items()}
        host["data"] = {**platform, **references}
        (folder / "inventory" / "hosts.yaml").write_text(json.dumps({HOST: host}))
        self.intend()
        self.before = self.configurations()

    def intend(self, **other: Any) -> None:
        """Write the intent."""
        text = json.dumps({"schema_version": 1, "flexvpn": [values(**other)]})
        (self.folder / "inventory" / "flexvpn.yaml").write_text(text)

    def arguments(self, command: str, *words: str) -> list[str]:
        """A command line against this lab."""
        places = ["--runs", str(self.folder / "runs")]
        places += ["--inventory", str(self.folder / "inventory")] if command not in ("resume", "rollback") else []
        timeouts = ["--poll-interval", "0.1", "--reconnect-timeout", "6"] if command not in ("verify", "drift") else []
        return [str(Path(sys.executable).parent / "nr-run"), command, *words, *places, *timeouts]

    def run(self, command: str, *words: str) -> Done:
        """Run a command."""
        done = warm.run(self.arguments(command, *words, "--json"), self.environment)
        return Done(done.returncode, done.stdout, done.stderr)

    def configurations(self) -> dict[str, list[str]]:
        """What it runs and what it has saved, without what says how long it is and when it changed."""
        told = ("!", "Current configuration", "Using ", "Building configuration")
        texts = {kind: self.lab.exec(HOST, f"show {kind}-config") for kind in ("running", "startup")}
        return {kind: [line for line in text.strip().splitlines() if not line.startswith(told)] for kind, text in texts.items()}

    def journal(self) -> str:
        """All journals, the last one last."""
        return "".join(path.read_text() for path in sorted((self.folder / "runs").glob("2*/journal.jsonl")))

    @contextmanager
    def somebody_connects(self, name: str = "laptop", behind: str = "") -> Iterator[None]:
        """Meanwhile somebody tries to connect until it works, and sends; not before the router has the line ``behind``."""
        done = threading.Event()

        def try_again() -> None:
            while behind and not done.is_set() and behind not in self.lab.exec(HOST, "show running-config").splitlines():
                done.wait(0.2)
            while not done.is_set():
                there = self.lab.client(name, "status")["connected"]
                if there or self.lab.client(name, "connect-secure", **LOGIN)["connected"]:
                    self.lab.client(name, "send", to=INSIDE, count=3)
                done.wait(0.2)

        thread = threading.Thread(target=try_again)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(60)


_REFERENCES = {"username": "device-username", "password": "device-password", "enable": "enable-secret"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    """The router, with what a head-end takes for granted."""
    folder = tmp_path_factory.mktemp("flexvpn")
    place = place_of(FlexVpn.model_validate(values()))
    order = {
        "profile": "c8000v-1712",
        "release": "17.12.1",
        "outside": {"interface": place.interface, "address": str(place.outside), "length": 24, "gateway": "172.18.124.1"},
        "inside": [{"address": str(own.ip), "length": own.network.prefixlen} for own in place.inside],
        "more": list(place.more),
    }
    with start_lab(folder / "lab", devices={HOST: order}, speed=SPEED) as lab:
        yield Router(lab, folder)


@pytest.fixture
def router(shared: Router) -> Iterator[Router]:
    """The same, as it was, with nobody connected."""
    shared.intend()
    yield shared
    shared.lab.client("laptop", "disconnect")
    now = shared.configurations()
    assert now == shared.before, "the test left something on the router"


def test_built_proved_verified_and_removed(router: Router) -> None:
    """A client verifies it; a second run has nothing to do; verify sees the client; removed with a client in, all is as
    before."""
    with router.somebody_connects():
        done = router.run("deploy-flexvpn", "laptops", "--yes")
    assert done.code == 0, done.out + done.err
    sentences = [item["sentence"] for item in done.tunnel["findings"]]
    assert any("with 192.168.117.10 sends" in words for words in sentences), sentences
    again = router.run("deploy-flexvpn", "laptops", "--yes")
    assert (again.code, again.report["changed"]) == (0, False), again.out
    verdict = router.run("verify", "laptops")
    assert verdict.code == 0, verdict.out + verdict.err
    assert "1 client of laptops connected (192.168.117.10)" in verdict.out
    assert router.lab.client("laptop", "send", to=INSIDE, count=2)["answered"] == 2
    gone = router.run("remove-flexvpn", "laptops", "--yes")
    assert gone.code == 0, gone.out + gone.err
    assert not router.lab.client("laptop", "status")["connected"]
    assert '"sending-away"' in router.journal()


def test_a_user_who_was_there_before_stays(router: Router) -> None:
    """Whom somebody else typed in while the head-end stood is used by it, and outlives it; who came with it goes with it."""
    with router.somebody_connects():
        assert router.run("deploy-flexvpn", "laptops", "--yes").code == 0
    router.lab.exec(HOST, "configure terminal\nusername bob secret Password-of-bob-1\nend")
    router.lab.exec(HOST, "write memory")
    router.intend(users=[*values()["users"], {"name": "bob", "password_ref": "credential:bob"}])
    again = router.run("deploy-flexvpn", "laptops", "--yes")
    assert (again.code, again.report["changed"]) == (0, False), again.out
    gone = router.run("remove-flexvpn", "laptops", "--yes")
    assert gone.code == 0, gone.out + gone.err
    assert "user bob stays: no run that is kept here has made it" in gone.out
    users = [line for line in router.configurations()["startup"] if line.startswith("username ")]
    assert [line.split()[1] for line in users if line.split()[1] in ("anna", "bob")] == ["bob"]
    router.lab.exec(HOST, "configure terminal\nno username bob\nend")
    router.lab.exec(HOST, "write memory")


def test_one_that_left_the_intent(router: Router) -> None:
    """It is told by a verification of another one, and by a drift, and is removed by its name with a client in; users stay."""
    with router.somebody_connects():
        assert router.run("deploy-flexvpn", "laptops", "--yes").code == 0
    other = {"first": "192.168.118.10", "last": "192.168.118.59"}
    router.intend(name="others", pool=other)
    stray = f"which no intent has: nr-run remove-flexvpn laptops --host {HOST}"
    verdict = router.run("verify", "others")
    assert any(stray in words for words in verdict.report["notices"]), verdict.out + verdict.err
    assert verdict.code == 2
    drift = router.run("drift")
    assert (drift.code, [words for words in drift.report["strays"] if stray in words] != []) == (2, True), drift.out + drift.err
    router.intend()
    assert not any("laptops" in words for words in router.run("verify").report["notices"])
    assert router.run("drift").report["strays"] == []
    router.intend(name="others", status="planned", pool=other)
    told = router.run("remove-flexvpn", "others", "--plan")
    assert f"nr-run remove-flexvpn laptops --host {HOST}" in told.out + told.err
    gone = router.run("remove-flexvpn", "laptops", "--host", HOST, "--yes")
    assert gone.code == 0, gone.out + gone.err
    assert not router.lab.client("laptop", "status")["connected"]
    assert "local users of the router stay" in gone.out
    router.lab.exec(HOST, "configure terminal\nno username anna\nend")
    router.lab.exec(HOST, "write memory")


def files(router: Router) -> list[str]:
    """Profiles of clients on the flash."""
    return [line.split()[-1] for line in router.lab.exec(HOST, "dir bootflash:").splitlines() if line.endswith(".xml")]


def test_the_profile_of_the_clients_comes_and_goes(router: Router) -> None:
    """It is on the flash, by its hash, before the first line names it, and is gone with the head-end; the run keeps a copy."""
    router.intend(client_profile={"host_name": "Example VPN"})
    with router.somebody_connects():
        done = router.run("deploy-flexvpn", "laptops", "--yes")
    assert done.code == 0, done.out + done.err
    (name,) = files(router)
    assert any(item["check"] == "client-profile" and item["status"] == "ok" for item in done.tunnel["findings"])
    (kept,) = (router.folder / "runs").glob(f"2*/laptops/{HOST}/files/{name}")
    shown = router.lab.exec(HOST, f"more bootflash:{name}")
    assert shown.strip().splitlines() == kept.read_text().strip().splitlines()
    there = router.run("verify", "laptops")
    assert there.code == 0, there.out + there.err
    router.lab.exec(HOST, f"delete /force bootflash:{name}")
    lost = router.run("verify", "laptops")
    assert lost.code == 12, lost.out + lost.err
    assert f"bootflash:{name} is not there" in lost.out
    assert router.run("remove-flexvpn", "laptops", "--yes").code == 0
    assert files(router) == []


def test_changed_where_it_stands_and_back(router: Router) -> None:
    """Another timeout and another profile for clients are changed with a client in, who stays; a rollback has both back.

    The profile of before is told to stay, and is given back by the rollback though somebody has deleted it; ours goes then.
    """
    router.intend(client_profile={})
    with router.somebody_connects():
        assert router.run("deploy-flexvpn", "laptops", "--yes").code == 0
    (first,) = files(router)
    built = router.configurations()
    router.intend(client_profile={"authentication_timeout": 20}, reconnect_timeout=1200)
    changed = router.run("deploy-flexvpn", "laptops", "--yes")
    assert (changed.code, changed.report["changed"]) == (0, True), changed.out + changed.err
    assert f"{first} stays in its flash" in changed.out + changed.err
    assert " reconnect timeout 1200" in router.configurations()["startup"]
    assert router.lab.client("laptop", "status")["connected"]
    router.lab.exec(HOST, f"delete /force bootflash:{first}")
    back = router.run("rollback", "--yes")
    assert back.code == 0, back.out + back.err
    assert router.configurations() == built
    assert files(router) == [first]
    router.intend(client_profile={})
    assert router.run("remove-flexvpn", "laptops", "--yes").code == 0
    assert files(router) == []


def test_another_pool_other_networks_and_ciphers_under_a_client(router: Router) -> None:
    """They are built beside what is in use: who is in stays, one who comes verifies it; a rollback and a removal leave
    nothing."""
    with router.somebody_connects():
        assert router.run("deploy-flexvpn", "laptops", "--yes").code == 0
    built = router.configurations()
    other = {"first": "192.168.119.10", "last": "192.168.119.59"}
    gcm = {"encryption": ["aes-256-gcm"], "integrity": ["hmac-sha384"]}
    router.intend(pool=other, protected_prefixes=["10.10.117.0/24", "10.10.118.0/24"], ike=gcm)
    with router.somebody_connects("second", " pool FLEX-laptops.v2"):
        changed = router.run("deploy-flexvpn", "laptops", "--yes")
    assert changed.code == 0, changed.out + changed.err
    assert router.lab.client("laptop", "status")["address"] == "192.168.117.10"
    assert router.lab.client("second", "status")["address"] == "192.168.119.10"
    assert "Encr: AES-GCM, keysize: 256" in router.lab.exec(HOST, "show crypto ikev2 session detail")
    assert "address-pool FLEX-laptops stays: clients may have addresses of it" in changed.out
    assert router.run("verify", "laptops").code == 0
    back = router.run("rollback", "--yes")
    assert back.code == 0, back.out + back.err
    assert router.configurations() == built
    router.lab.client("second", "disconnect")
    with router.somebody_connects("second", " pool FLEX-laptops.v2"):
        assert router.run("deploy-flexvpn", "laptops", "--yes").code == 0
    gone = router.run("remove-flexvpn", "laptops", "--yes")
    assert gone.code == 0, gone.out + gone.err
    router.lab.client("second", "disconnect")


def test_profiles_that_were_exchanged_go_with_the_head_end(router: Router) -> None:
    """Each exchange leaves one on the flash for a rollback; a removal takes all, and a rollback of it has the last one back."""
    for seconds in (20, 25):
        router.intend(client_profile={"authentication_timeout": seconds})
        with router.somebody_connects():
            done = router.run("deploy-flexvpn", "laptops", "--yes")
        assert done.code == 0, done.out + done.err
    built, there = router.configurations(), files(router)
    assert len(there) > 1
    assert router.run("remove-flexvpn", "laptops", "--yes").code == 0
    assert files(router) == []
    with router.somebody_connects():
        back = router.run("rollback", "--yes")
    assert back.code == 0, back.out + back.err
    assert router.configurations() == built
    (last,) = files(router)
    assert f"bootflash:{last}" in "".join(built["running"])
    assert router.run("remove-flexvpn", "laptops", "--yes").code == 0


def test_a_rollback_that_is_not_clean_names_the_profile(router: Router) -> None:
    """Where a line of the inverse is refused, the file that this run wrote stays on the flash, and is named to the person."""
    router.intend(client_profile={}, window_seconds=1)
    router.lab.fault(HOST, "refuse-inverse", "ip local pool")
    done = router.run("deploy-flexvpn", "laptops", "--yes", "--revert-in", "0")
    router.lab.fault(HOST, "refuse-inverse", on=False)
    assert done.code == 21, done.out + done.err
    (name,) = files(router)
    assert any(f"delete /force bootflash:{name}" in words for words in done.tunnel["by_hand"])
    router.lab.exec(HOST, "configure terminal\nno ip local pool FLEX-laptops 192.168.117.10 192.168.117.59\nend")
    router.lab.exec(HOST, f"delete /force bootflash:{name}")
    router.lab.exec(HOST, "write memory")
    assert router.run("resume", "--close").code == 0


def test_a_new_head_end_is_undone(router: Router) -> None:
    """Rolled back with a client in: the client is sent away, its profile goes from the flash, and the router is as it was."""
    router.intend(client_profile={})
    with router.somebody_connects():
        assert router.run("deploy-flexvpn", "laptops", "--yes").code == 0
    assert router.lab.client("laptop", "status")["connected"]
    done = router.run("rollback", "--yes")
    assert done.code == 0, done.out + done.err
    assert not router.lab.client("laptop", "status")["connected"]
    assert files(router) == []


def test_a_flash_that_takes_no_file(router: Router) -> None:
    """A flash without room is refused beforehand; what was written by a run that is rolled back goes with it."""
    router.intend(client_profile={}, window_seconds=1)
    router.lab.fault(HOST, "flash-full")
    done = router.run("deploy-flexvpn", "laptops", "--yes")
    router.lab.fault(HOST, "flash-full", on=False)
    assert done.code == 13, done.out + done.err
    assert "of the flash are free" in done.tunnel["sentence"]
    assert router.run("deploy-flexvpn", "laptops", "--yes").code == 20
    assert files(router) == []


def test_a_hash_that_is_not_shown(router: Router) -> None:
    """A router that does not compute the hash for this user has not said that there is no file: no line is typed, and a file
    that was to go is told as one that may be there."""
    router.intend(client_profile={})
    router.lab.fault(HOST, "refuse-exec", "verify")
    done = router.run("deploy-flexvpn", "laptops", "--yes")
    router.lab.fault(HOST, "refuse-exec", on=False)
    assert done.code != 0, done.out + done.err
    assert "is there is not known" in done.tunnel["sentence"], done.tunnel
    assert "may still be in its flash" in done.out + done.err
    assert '"applying"' not in router.journal().rpartition('"placing-files"')[2]
    assert files(router) == []


def test_nobody_connects(router: Router) -> None:
    """Without a client nothing is verified, and all is rolled back."""
    router.intend(window_seconds=1)
    done = router.run("deploy-flexvpn", "laptops", "--yes")
    assert done.code == 20, done.out + done.err
    assert "not verified by a client: none has connected" in done.tunnel["sentence"]


def test_a_client_that_proves_nothing_is_sent_away(router: Router) -> None:
    """One that is in and sends nothing proves nothing: its session is ended, so that what was built can be rolled back."""
    router.intend(window_seconds=10)
    process = warm.Process(router.arguments("deploy-flexvpn", "laptops", "--yes", "--json"), router.environment)
    while process.poll() is None and not router.lab.client("laptop", "connect-secure", **LOGIN)["connected"]:
        time.sleep(0.005)
    out, err = process.communicate(timeout=300)
    assert process.wait() == 20, out + err
    assert "no packets went both ways" in json.loads(out)["tunnels"][0]["sentence"]
    assert not router.lab.client("laptop", "status")["connected"]


def test_a_certificate_that_has_ended(router: Router) -> None:
    """By the router's clock the certificate has ended: nothing is typed."""
    router.lab.fault(HOST, "clock-step", str(86400 * 800))
    done = router.run("deploy-flexvpn", "laptops", "--yes")
    router.lab.fault(HOST, "clock-step", on=False)
    assert done.code == 13, done.out + done.err
    assert "has ended on" in done.tunnel["sentence"]
    assert '"applying"' not in router.journal().splitlines()[-1]


@pytest.mark.parametrize(
    "state", ["armed", "placing-files", "applying", "building", "switching", "applied", "judged", "commit-decided", "saving"]
)
def test_killed(router: Router, state: str) -> None:
    """kill -9 at a state of the journal: resume ends it whole, or as it was before; then it is taken away if it is there."""
    if state not in ("switching", "commit-decided") and os.environ.get("NR_RUN_FAULTS") != "all":
        pytest.skip("make faults tries every state")
    known, decided = router.journal().count(f'"{state}"'), router.journal().count('"commit-decided"')
    router.intend(client_profile={})
    router.lab.fault(HOST, "slow", "50")
    process = warm.Process(router.arguments("deploy-flexvpn", "laptops", "--yes", "--json"), router.environment)
    with router.somebody_connects():
        while process.poll() is None and router.journal().count(f'"{state}"') == known:
            time.sleep(0.002)
        process.kill()
        process.communicate(timeout=60)
        router.lab.fault(HOST, "slow", on=False)
        done = router.run("resume")
    assert done.code in (0, 20), done.out + done.err
    # A state is over when it is read: whether the run was decided by then, the journal says.
    assert (done.code == 0) is (router.journal().count('"commit-decided"') > decided), done.out
    if done.code == 0:
        gone = router.run("remove-flexvpn", "laptops", "--yes")
        assert gone.code == 0, gone.out + gone.err
    assert files(router) == []
