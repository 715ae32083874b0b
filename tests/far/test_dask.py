"""verify, drift and doctor on a Dask cluster: the same answers as from here, nothing secret on the way, and every way to fail."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nr_run.inventory.errors import Exit

from .. import warm
from ..conftest import DEVICES, ROOT
from ..verify.estate import TUNNEL
from .befalling import all_let_go, another_build, worker_of
from .conftest import KEY, Cluster, wait_for_worker

HQ, BRANCH = DEVICES


@pytest.fixture
def hanging(cluster: Cluster) -> Iterator[None]:
    """One device that takes a login and is late with every answer."""
    all_let_go(cluster)
    cluster.estate.lab.fault(BRANCH, "slow", "25000")
    yield
    cluster.estate.lab.fault(BRANCH, "slow", on=False)


def test_verify_says_the_same_as_from_here(cluster: Cluster) -> None:
    """Word, axes and exit code are those of a verification from here, by probe, and both workers have looked at a device."""
    code, here = cluster.estate.verdict()
    done = cluster.run("verify", TUNNEL, "--json")
    (there,) = done.report["verdicts"]
    names = ("word", "configured", "operating", "known_by", "healthy")
    assert {name: there[name] for name in names} == {name: here[name] for name in names}
    assert (done.code, there["word"], there["known_by"]) == (code, "up", "probe")
    assert [device["problem"] for device in done.report["devices"]] == ["", ""]
    worked = {path.name for path in (cluster.folder / "passed").glob("inside-*") if path.stat().st_size > 3000}
    assert {f"inside-{worker.pid}" for worker in cluster.workers.values()} <= worked


def test_drift_doctor_and_check_release_say_the_same(cluster: Cluster) -> None:
    """The lines of a comparison and the findings of an examination do not depend on from where it was looked."""
    words = ("check-release", HQ, "--to", "12.2(8)T", "--json")
    there, here = cluster.run(*words), cluster.estate.run(*words)
    assert (there.code, there.report["services"]) == (here.code, here.report["services"]), there.out + there.err
    assert there.report["unread"] == "", there.out + there.err
    there, here = cluster.run("drift", TUNNEL, "--json"), cluster.estate.run("drift", TUNNEL, "--json")
    assert (there.code, there.report["services"]) == (here.code, here.report["services"])
    there, here = cluster.run("doctor", "--json"), cluster.estate.run("doctor", "--json")
    assert there.code == here.code == Exit.OK, there.out
    for one, other in zip(there.report["devices"], here.report["devices"], strict=True):
        assert [finding["check"] for finding in one["findings"]] == [finding["check"] for finding in other["findings"]]
    assert there.report["told"] == here.report["told"], "what a session tells has to come back"


def test_nothing_secret_passes_the_scheduler(cluster: Cluster) -> None:
    """No value of a reference, nor half of one, stands in what passed scheduler and workers, sealed or opened, or in their logs.

    And what is sealed shows nothing of a network: no line of a configuration and no address of a device.
    """
    assert cluster.run("verify", TUNNEL, "--json").code == 0
    for command in ("remove-l2l", "deploy-l2l"):
        done = cluster.run(command, TUNNEL, "--yes", "--json", "--poll-interval", "0.1")
        assert done.code == 0, done.out + done.err
    passed = cluster.folder / "passed"
    wire = b"".join(path.read_bytes() for path in passed.glob("wire-*"))
    inside = b"".join(path.read_bytes() for path in passed.glob("inside-*"))
    logs = b"".join(path.read_bytes() for path in cluster.folder.glob("*.log"))
    assert b"nr-run-" in wire
    assert b"crypto isakmp key <secret:credential:hq-branch-psk>" in inside, "the recorder sees what is sealed"
    values = [(cluster.estate.lab.credentials / name).read_text().strip() for name in SECRETS] + [KEY]
    for value in values:
        for part in (value, value[: len(value) // 2 + 1], value[len(value) // 2 - 1 :]):
            assert len(part) >= 5
            for place in (wire, inside, logs):
                assert part.encode() not in place
    for words in (b"crypto isakmp", b"172.18.124.159", b"hostname vpn2611", TUNNEL.encode()):
        assert words in inside
        assert words not in wire + logs


SECRETS = ("device-password", "enable-secret", "hq-branch-psk")


def test_without_certificates_it_is_said_which_settings_are_missing(cluster: Cluster) -> None:
    """Dask's configuration without TLS ends with 64, and names what is missing."""
    done = warm.run(cluster.arguments("verify"), cluster.estate.environment)
    assert done.returncode == Exit.USAGE
    assert "distributed.comm.tls.ca-file" in done.stderr


def test_a_stranger_with_another_certificate_gets_no_connection(cluster: Cluster, tmp_path: Path) -> None:
    """A certificate of another authority ends with 11, and the scheduler runs nothing for it."""
    cluster.module.make_certificates(tmp_path / "other")
    done = cluster.run("verify", **cluster.module.environment(tmp_path / "other"))
    assert done.code == Exit.UNREACHABLE
    assert f"the scheduler {cluster.address} cannot be reached" in done.err


def test_a_worker_of_another_build_gets_no_work(cluster: Cluster, tmp_path: Path) -> None:
    """A worker whose nr-run differs in one line is told of in one sentence, and the others do the work."""
    cluster.begin_worker("other-build", {"PYTHONPATH": str(another_build(tmp_path))})
    try:
        done = cluster.run("verify", TUNNEL, "--json")
    finally:
        cluster.end_worker("other-build")
    assert done.code == 0
    (said,) = [line for line in done.err.splitlines() if "gets no work" in line]
    assert "it has nr-run" in said
    assert "and the run began with nr-run" in said


def test_a_worker_without_a_secret_gets_no_work(cluster: Cluster, tmp_path: Path) -> None:
    """A worker that cannot resolve a reference is told of by the name of the reference, and the others do the work."""
    folder = tmp_path / "credentials"
    shutil.copytree(cluster.estate.lab.credentials, folder)
    (folder / "hq-branch-psk").unlink()
    cluster.begin_worker("empty", {"NR_RUN_CREDENTIALS": str(folder), "XDG_CONFIG_HOME": str(tmp_path)})
    try:
        done = cluster.run("verify", TUNNEL, "--json")
    finally:
        cluster.end_worker("empty")
    assert done.code == 0
    (said,) = [line for line in done.err.splitlines() if "gets no work" in line]
    assert "gets no work: credential:hq-branch-psk not found" in said


def test_a_slow_worker_is_not_waited_for_beyond_the_deadline(cluster: Cluster, hanging: None) -> None:
    """With a worker that is stopped in its tracks the verification ends all the same, and what it had is told as not read."""
    process = warm.Process(cluster.arguments("verify", TUNNEL, "--no-probe", "--json", "--deadline", "15"), cluster.environment)
    victim = worker_of(cluster, BRANCH)
    cluster.workers[victim].send_signal(signal.SIGSTOP)
    try:
        out, err = process.communicate(timeout=120 * warm.PATIENCE)
    finally:
        cluster.workers[victim].send_signal(signal.SIGCONT)
    assert process.returncode in (Exit.VERIFY_FAILED, Exit.UNREACHABLE), out + err
    problems = {device["host"]: device["problem"] for device in json.loads(out)["devices"]}
    assert problems[BRANCH], "nothing was read there, and that is said"


def test_ctrl_c_ends_it_here_and_there(cluster: Cluster, hanging: None) -> None:
    """The operator's Ctrl-C ends the command with 130, and the workers let go of the devices."""
    process = warm.Process(cluster.arguments("verify", TUNNEL), cluster.environment)
    worker_of(cluster, BRANCH)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60 * warm.PATIENCE)
    assert process.returncode == Exit.INTERRUPTED
    all_let_go(cluster)


OWN = """
import os, sys
from nornir import InitNornir
from nr_run import NrRunError, gather, observe, push, safe_change, save
from pathlib import Path

files = {f"{name}_file": str(Path(os.environ["INVENTORY"]) / f"{file}.yaml")
         for name, file in (("host", "hosts"), ("group", "groups"), ("defaults", "defaults"))}
nr = InitNornir(
    inventory={"plugin": "SimpleInventory", "options": files},
    runner={"plugin": "dask", "options": {"scheduler": sys.argv[1]}},
    logging={"enabled": False},
)
read = nr.run(gather)
assert not read.failed, [str(one.exception) for one in read.values()]
print({host: "<secret:" in made.result["running"] or "<key:" in made.result["running"] for host, made in read.items()})
assert nr.run(observe)["vpn3640"].result["ike"]
text = "ip access-list extended FAR-1\\n permit ip host 10.2.0.1 any\\n"
done = nr.filter(name="vpn3640").run(push, desired=text)["vpn3640"][0]
assert done.changed and "+ permit ip host 10.2.0.1 any" in done.diff, done.exception
assert not nr.filter(name="vpn3640").run(push, remove=text).failed
try:
    with safe_change(nr, ["vpn3640"], runs=Path("runs")):
        raise SystemExit("it began")
except NrRunError as error:
    print(error)
nr.close_connections()
"""


def test_a_program_of_ones_own_uses_the_runner(cluster: Cluster, tmp_path: Path) -> None:
    """Nornir finds the runner ``dask`` by name; tasks of the library read and push there, and safe_change() refuses it."""
    script = tmp_path / "own.py"
    script.write_text(OWN)
    environment = {**cluster.environment, "INVENTORY": str(cluster.estate.inventory)}
    line = [sys.executable, str(script), cluster.address]
    done = subprocess.run(line, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "{'vpn2611': True, 'vpn3640': True}" in done.stdout
    assert "safe_change() reaches devices from here alone" in done.stdout


def test_a_worker_that_is_killed_costs_its_devices_and_no_others(cluster: Cluster, hanging: None) -> None:
    """What a killed worker was looking at is unverified, and a sentence says so; the other device is read to its end."""
    process = warm.Process(cluster.arguments("verify", TUNNEL, "--no-probe", "--json"), cluster.environment)
    victim = worker_of(cluster, BRANCH)
    cluster.end_worker(victim)
    out, err = process.communicate(timeout=120 * warm.PATIENCE)
    assert process.returncode == Exit.VERIFY_FAILED, out + err
    assert "is lost (" in out
    assert f"{BRANCH}: worker" in out


def test_the_example_as_it_stands_and_a_scheduler_that_is_gone(cluster: Cluster, tmp_path: Path) -> None:
    """The example says what to source, and ends with its scheduler; what was looked at then is unverified for that reason."""
    folder = tmp_path / "example"
    line = [sys.executable, str(ROOT / "examples" / "dask" / "cluster.py"), str(folder), "--workers", "1", "--minutes", "10"]
    example = subprocess.Popen(line, env=cluster.estate.environment, stdout=subprocess.PIPE, text=True)
    try:
        assert example.stdout is not None
        assert example.stdout.readline() == f"source {folder}/environment.sh && nr-run verify\n"
        known = json.loads((folder / "cluster.json").read_text())
        sourced = dict(re.findall(r"export (\w+)='(.*)'", (folder / "environment.sh").read_text()))
        assert sourced["NR_RUN_SCHEDULER"] == known["scheduler"]
        wait_for_worker(folder / "worker-0.log")
        cluster.estate.lab.fault(BRANCH, "slow", "25000")
        process = warm.Process(
            cluster.estate.line("verify", TUNNEL, "--no-probe", "--json"), {**cluster.estate.environment, **sourced}
        )
        worker_of(cluster, BRANCH, {"worker-0": known["processes"]["worker-0"]})
        os.kill(known["processes"]["scheduler"], signal.SIGKILL)
        out, err = process.communicate(timeout=120 * warm.PATIENCE)
        assert process.returncode in (Exit.VERIFY_FAILED, Exit.UNREACHABLE), out + err
        assert "is lost (" in out
        example.wait(60 * warm.PATIENCE)
        done = cluster.estate.run("verify", TUNNEL, **sourced)
        assert done.code == Exit.UNREACHABLE
        assert f"the scheduler {known['scheduler']} cannot be reached" in done.err
    finally:
        cluster.estate.lab.fault(BRANCH, "slow", on=False)
        example.terminate()
        example.communicate(timeout=60 * warm.PATIENCE)
