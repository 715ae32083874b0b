"""Rotations of a key that fail: both ends have the old key and its file has it alone, or a person is told where both keys are.

One lab for all: each test leaves the tunnel up with the key that the file holds.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nr_run.inventory.hiding.kept_secrets import KeptSecret

from .. import warm
from ..conftest import DEVICES, SPEED, Rehearsal, copy_inventory
from ..warm import start_lab
from .test_partner_tunnel import addresses, give_away, partners_lines
from .test_ssh import STRONG, Pair, write_inventory

NEAR, FAR = DEVICES


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """A lab whose tunnel is up."""
    folder = tmp_path_factory.mktemp("rotations")
    with start_lab(folder / "lab", speed=SPEED) as lab:
        copy_inventory(folder / "inventory", {name: place.port for name, place in lab.devices.items()})
        environment = {**os.environ, "NR_RUN_CREDENTIALS": str(lab.credentials), "XDG_CONFIG_HOME": str(folder / "config")}
        made = Rehearsal(lab, folder, environment)
        assert made.deploy("--yes").code == 0
        yield made


def rotate(shared: Rehearsal, *words: str):
    """Rotate the key of the tunnel."""
    return shared.deploy_other("rotate-psk", "hq-branch", "--yes", "--json", *words)


def kept(shared: Rehearsal) -> KeptSecret:
    """Where the key lies."""
    return KeptSecret("", shared.lab.credentials / "hq-branch-psk")


def keys_on_devices(shared: Rehearsal) -> set[str]:
    """The keys that both devices show for each other."""
    shown = [shared.lab.exec(name, "show running-config") for name in DEVICES]
    return {found for text in shown for found in re.findall(r"crypto isakmp key (\S+) address 172\.18\.124\.(?:159|199)\b", text)}


def as_before(shared: Rehearsal, before, old: str) -> None:
    """Both devices run and keep what they did, and the file holds the old key alone."""
    assert shared.configurations() == before
    assert (kept(shared).path.read_text().strip(), kept(shared).pending()) == (old, None)
    assert keys_on_devices(shared) == {old}


#: What goes wrong, on which end, and what the device is told.
FAULTS = [
    ("the far end stores another key", FAR, ("wrong-psk",)),
    ("the near end keeps the old one without a word", NEAR, ("ignore", "crypto isakmp key")),
    ("the session to the far end is cut at its first line", FAR, ("cut-session-after", "1")),
    ("the session to the near end is cut behind the line that takes the old key away", NEAR, ("cut-session-after", "2")),
    ("nobody gets in any more in the midst of it", NEAR, ("lose-management-after", "1")),
    ("the line is refused", NEAR, ("refuse-line", "crypto isakmp key")),
    ("it cannot be saved", FAR, ("nvram-full",)),
]
#: In the default run: the session, with one end without a key.
SAMPLE = FAULTS[3:4]


@pytest.mark.parametrize(
    ("_what", "device", "fault"),
    FAULTS if os.environ.get("NR_RUN_FAULTS") else SAMPLE,
    ids=lambda value: str(value).replace(" ", "-"),
)
def test_what_fails_leaves_the_old_key(shared: Rehearsal, _what: str, device: str, fault: tuple[str, ...]) -> None:
    """Whatever goes wrong on either end: rolled back, the tunnel up by the old key, and no other key is left anywhere."""
    before, old = shared.configurations(), kept(shared).path.read_text().strip()
    shared.lab.fault(device, *fault)
    done = rotate(shared, "--revert-in", "3")
    shared.lab.fault(device, fault[0], on=False)
    assert (done.code, done.tunnel["result"]) == (20, "rolled-back"), done.out + done.err
    as_before(shared, before, old)
    assert shared.deploy("--yes").code == 0


def test_an_end_that_is_gone_is_named_with_both_keys(shared: Rehearsal) -> None:
    """The near end is dead from the middle on: exit 21, both keys are kept and told; resume and another rotation end it."""
    old, runs = kept(shared).path.read_text().strip(), {path.name for path in shared.runs.glob("2*")}
    for name in DEVICES:
        shared.lab.fault(name, "slow", "15")
    process = warm.Process(shared.arguments("hq-branch", "--yes", "--revert-in", "0", command="rotate-psk"), shared.environment)
    shared.wait_for("applied", FAR, besides=runs)
    shared.lab.fault(NEAR, "down")
    out, err = process.communicate(timeout=120)
    for name in DEVICES:
        shared.lab.fault(name, "slow", on=False)
    assert process.wait() == 21, out + err
    pending = kept(shared).pending()
    assert pending is not None
    assert kept(shared).path.read_text().strip() == old
    assert "a device may have either" in err + out
    shared.lab.fault(NEAR, "down", on=False)
    assert shared.nr_run("resume").code == 20
    assert keys_on_devices(shared) == {old}
    done = rotate(shared)
    assert done.code == 0, done.out + done.err
    assert keys_on_devices(shared) == {pending}
    assert (kept(shared).path.read_text().strip(), kept(shared).pending()) == (pending, None)


STATES: list[tuple[str, str | None]] = [
    ("planned", None),
    ("recorded", None),
    ("arming", NEAR),
    ("armed", None),
    ("applying", FAR),
    ("switching", FAR),
    ("applied", FAR),
    ("applying", NEAR),
    ("switching", NEAR),
    ("applied", NEAR),
    ("triggering", None),
    ("judged", None),
    ("commit-decided", None),
    ("disarmed", None),
    ("saving", FAR),
    ("saved", NEAR),
    ("done", None),
]
SOME = STATES[-1:]


@pytest.mark.parametrize(("state", "host"), STATES if os.environ.get("NR_RUN_FAULTS") else SOME, ids=lambda value: str(value))
def test_killed_at_every_state(shared: Rehearsal, state: str, host: str | None) -> None:
    """kill -9: resume ends with one key on both ends, neither key is lost, a deploy tells of it, and another rotation ends it."""
    old, runs = kept(shared).path.read_text().strip(), {path.name for path in shared.runs.glob("2*")}
    for name in DEVICES:
        shared.lab.fault(name, "slow", "15")
    process = shared.begin_rotation()
    shared.wait_for(state, host, besides=runs)
    process.kill()
    process.communicate(timeout=30)
    for name in DEVICES:
        shared.lab.fault(name, "slow", on=False)
    assert shared.nr_run("resume").code in (0, 20, 66)
    pending, now = kept(shared).pending(), kept(shared).path.read_text().strip()
    keys = keys_on_devices(shared)
    assert len(keys) == 1
    assert keys <= {now, pending}, "a device has a key that is kept nowhere"
    assert now == old or pending is None
    if pending is not None:
        look = shared.deploy("--plan", "--json")
        assert any("a rotation did not end; nr-run rotate-psk hq-branch ends it" in words for words in look.report["warnings"])
        done = rotate(shared)
        assert done.code == 0, done.out + done.err
        assert keys_on_devices(shared) == {pending}
    assert kept(shared).pending() is None
    assert keys_on_devices(shared) == {kept(shared).path.read_text().strip()}


def test_a_partner_that_does_not_follow(tmp_path: Path) -> None:
    """A key that a partner has too: asked for, rolled back where it does not follow, and asked again when the run is undone."""
    devices = {"hq": "c881", "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, STRONG)
        give_away(tmp_path)
        hosts = tmp_path / "inventory" / "hosts.yaml"
        hosts.write_text("".join(line for line in hosts.read_text().splitlines(True) if not line.startswith("branch:")))
        pair, secret = Pair(lab, tmp_path), KeptSecret("", lab.credentials / "hq-branch-psk")
        old = secret.path.read_text().strip()
        lab.exec("branch", partners_lines(lab, old))
        assert pair.run("deploy-l2l", "--yes")[0] == 0
        built = pair.running()
        code, report = pair.run("rotate-psk", "hq-branch", "--yes")
        assert (code, "confirm it with --confirm far-key\n" in report["tunnels"][0]["sentence"]) == (13, True), report
        assert any("has the next key" in words for words in report["warnings"])
        new = secret.pending()
        assert new is not None
        code, report = pair.run("rotate-psk", "hq-branch", "--confirm", "far-key", "--yes")
        assert (code, report["tunnels"][0]["result"]) == (20, "rolled-back"), report
        assert "the tunnel is verified up again from this side only" in report["tunnels"][0]["sentence"]
        assert (pair.running(), secret.path.read_text().strip(), secret.pending()) == (built, old, new)
        peer, _ = addresses(lab, "hq")
        lab.exec(
            "branch",
            f"configure terminal\nno crypto isakmp key {old} address {peer}\ncrypto isakmp key {new} address {peer}\nend",
        )
        code, report = pair.run("rotate-psk", "hq-branch", "--confirm", "far-key", "--yes")
        assert code == 0, report
        assert (secret.path.read_text().strip(), secret.pending()) == (new, None)
        changed = pair.running()
        code, report = pair.run("rollback", "--yes")
        assert (code, "confirm it with --confirm far-key\n" in report["tunnels"][0]["sentence"]) == (13, True), report
        assert "has the former key again for hq-branch" in report["tunnels"][0]["sentence"]
        code, report = pair.run("rollback", "--confirm", "far-key", "--yes")
        assert (code, report["tunnels"][0]["result"]) == (20, "rolled-back"), report
        assert pair.running() == changed
        lab.exec(
            "branch",
            f"configure terminal\nno crypto isakmp key {new} address {peer}\ncrypto isakmp key {old} address {peer}\nend",
        )
        code, report = pair.run("rollback", "--confirm", "far-key", "--yes")
        assert code == 0, report
        assert any("has the former key again, and credential:hq-branch-psk may hold" in words for words in report["warnings"])
        assert pair.running()["hq"] == built["hq"]
