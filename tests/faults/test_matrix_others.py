"""Nobody comes back, somebody else comes first, an end is gone at any moment, the inverse is refused, the disk is full."""

from __future__ import annotations

import json
import resource
import subprocess
import time
from pathlib import Path

import pytest

from .bench import BRANCH, ENDS, HQ, PAIRS, SHORT, bench_of, ended_right

every_pair = pytest.mark.parametrize("pair", PAIRS)
on_each_end = pytest.mark.parametrize("device", ENDS)


@every_pair
@pytest.mark.parametrize(("state", "host"), [("armed", None), ("applied", BRANCH), ("applied", HQ), ("judged", None)])
def test_killed_and_nobody_comes(tmp_path: Path, pair: str, state: str, host: str | None) -> None:
    """After kill -9 both devices roll themselves back; a resume that comes later finds them so and clears what is left."""
    with bench_of(pair, tmp_path) as bench:
        bench.kill_at(state, host, "--yes", "--revert-in", "3")
        bench.wait_until(lambda: bench.configurations() == bench.before, pause=0.1)
        # The outer timer of a device that has two comes at twice the time: the judge waits for it.
        bench.wait_until(lambda: not [left for name in ENDS for left in bench.pending(name) if left != "file"], pause=0.1)
        assert bench.configurations() == bench.before
        code, report = bench.run(command="resume")
        assert ended_right(bench, code, report) == "before"


@every_pair
@on_each_end
@pytest.mark.parametrize("state", ["approved", "building", "applied", "judged"])
def test_an_end_is_gone(tmp_path: Path, pair: str, device: str, state: str) -> None:
    """A device that is gone before, during or after its push, and comes back when its timer has fired: one state on both ends."""
    with bench_of(pair, tmp_path) as bench:
        bench.slow(12)
        process = bench.begin("--yes", "--revert-in", "3", "--boot-timeout", "20")
        bench.wait_for(state, device if state in ("building", "applied") else None)
        bench.lab.fault(device, "down")
        bench.slow(0)
        back = time.monotonic() + 8
        while time.monotonic() < back and (bench.configurations()[device] != bench.before[device] or bench.pending(device)):
            time.sleep(0.1)
        bench.lab.fault(device, "down", on=False)
        code, report = bench.end(process)
        assert code in (11, 20, 21), report
        ended_right(bench, code, report)


@every_pair
@on_each_end
def test_somebody_edits_between_plan_and_push(tmp_path: Path, pair: str, device: str) -> None:
    """What another operator types after the plan was read stays, and nothing of ours is left half-done around it."""
    with bench_of(pair, tmp_path) as bench:
        bench.slow(12)
        process = bench.begin("--yes")
        bench.wait_for("planned")
        theirs = "route outside 10.99.0.0 255.255.0.0 {}" if bench.is_asa(device) else "ip route 10.99.0.0 255.255.0.0 {}"
        bench.lab.exec(device, "configure terminal\n" + theirs.format(gateway(bench.running(device))))
        bench.slow(0)
        code, report = bench.end(process)
        assert "10.99.0.0" in "\n".join(bench.running(device)), report
        assert not any(bench.pending(name) for name in ENDS), report
        touched = [name for name in ENDS if any("hq-branch" in line for line in bench.running(name))]
        assert touched in ([], list(ENDS)), report
        assert bool(touched) is (code == 0), report
        if not touched:
            rest = [line for line in bench.running(device) if "10.99.0.0" not in line]
            assert rest == bench.before[device][0], report


def gateway(lines: list[str]) -> str:
    """A next hop on the outside network of a device."""
    outside = next(line.split()[2] for line in lines if line.startswith(" ip address "))
    return outside.rsplit(".", 1)[0] + ".254"


@every_pair
@on_each_end
def test_inverse_is_refused(tmp_path: Path, pair: str, device: str) -> None:
    """Where a device refuses the inverse its timer rolls the change back, or a person is told what to type."""
    with bench_of(pair, tmp_path) as bench:
        bench.lab.fault(HQ, "refuse-line", "match address")
        bench.lab.fault(device, "refuse-inverse", "crypto")
        code, report = bench.run("--yes", *SHORT)
        bench.lab.fault(device, "refuse-inverse", on=False)
        assert code in (20, 21), report
        ended_right(bench, code, report)


@every_pair
@pytest.mark.parametrize("size", [900, 2200, 3600])
def test_disk_full(tmp_path: Path, pair: str, size: int) -> None:
    """When no file of the run can grow beyond this size, the run ends before the first line or rolls back what it sent."""
    with bench_of(pair, tmp_path) as bench:

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

        done = subprocess.run(
            bench.arguments("deploy-l2l", "--yes"),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env=bench.environment,
            preexec_fn=limit,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 1, 20), done.stdout + done.stderr
        ended_right(bench, done.returncode, json.loads(done.stdout) if done.returncode != 1 else None)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [("one end", 20), ("one end", 0), ("both", 20), ("both, one not saved", 0), ("timer", 20), ("unreported", 21)],
)
def test_the_judge_says_wrong(tmp_path: Path, wrong: str, code: int) -> None:
    """A tunnel on one end, one that is not saved, one that is kept and called rolled back, a timer that counts: all are wrong."""
    with bench_of("reload-reload", tmp_path) as bench:
        if wrong.startswith("both"):
            assert bench.run("--yes")[0] == 0
            assert ended_right(bench, 0) == "changed"
        if wrong in ("one end", "both, one not saved", "unreported"):
            bench.lab.exec(HQ, "configure terminal\nip access-list extended NR-hq-branch\npermit ip any any")
        if wrong == "timer":
            bench.lab.exec(HQ, "reload in 90\n")
        with pytest.raises(AssertionError):
            ended_right(bench, code, {"tunnels": [{"verified": True, "by_hand": ["on branch, paste it"]}]})
