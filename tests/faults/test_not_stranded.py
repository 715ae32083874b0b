"""What happens at unlucky places while a change is armed or rolled back: no device is left half-changed, armed or unnamed."""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from nr_run.inventory.errors import NrRunError
from nr_run.runbooks.commands.console import CommandConsole
from nr_run.runbooks.commands.service_command import building
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.engine.context import Context, Timeouts
from nr_run.runbooks.engine.outcome import TunnelOutcome
from nr_run.runbooks.engine.plans.planning import DeploymentPlan
from nr_run.runbooks.engine.run_setup import RunRequest, open_run
from nr_run.runbooks.engine.runbook import Approval, run_deployments
from nr_run.runbooks.engine.transaction import change_members
from nr_run.runbooks.engine.verifying.postchecks import BUILD, PostCheck
from nr_run.runbooks.engine.verifying.proof import Proof

from .. import warm
from .bench import BRANCH, ENDS, HQ, Bench, bench_of, ended_right
from .test_rollback_timers import other_session

PLAIN = "reload-reload"
on_each_end = pytest.mark.parametrize("device", ENDS)


def test_saved_and_away_when_it_is_resumed(tmp_path: Path) -> None:
    """A device that had saved the change and is away when the resume begins is given its old startup configuration too."""
    with bench_of(PLAIN, tmp_path) as bench:
        bench.slow(12)
        # Both are saved at the same time: what the journal says of the one comes a moment before the run is done.
        bench.lab.fault(HQ, "slow", "80")
        begun = bench.begin("--yes")
        bench.wait_for("saving", BRANCH)
        bench.wait_until(lambda: bench.startup(BRANCH) == bench.shown(BRANCH))
        begun.kill()
        begun.communicate(timeout=30)
        bench.slow(0)
        bench.lab.fault(BRANCH, "down")
        process = bench.begin(command="resume")
        bench.wait_for("rolling-back")
        bench.lab.fault(BRANCH, "down", on=False)
        code, report = bench.end(process)
        assert code == 20, report
        assert ended_right(bench, code, report) == "before"


@on_each_end
@pytest.mark.parametrize("pair", [PLAIN, "revert-kron", "applet-revert"])
def test_somebody_saves_while_the_change_is_made(tmp_path: Path, pair: str, device: str) -> None:
    """Where another operator's write memory caught the change, or the timer, the startup configuration is fixed as well."""
    with bench_of(pair, tmp_path) as bench:
        bench.lab.fault(HQ, "drop-esp")
        bench.slow(12)
        process = bench.begin("--yes")
        bench.wait_for("applied", device)
        bench.lab.exec(device, "write memory")
        bench.slow(0)
        code, report = bench.end(process)
        assert code == 20, report
        assert ended_right(bench, code, report) == "before"


@on_each_end
@pytest.mark.parametrize("pair", [PLAIN, "revert-kron", "applet-revert"])
@pytest.mark.parametrize("moment", ["asked", "counting"])
def test_lost_while_it_is_armed(tmp_path: Path, pair: str, device: str, moment: str) -> None:
    """A device that is lost while its timer is armed is awaited: nothing was touched, and nothing is left of the timer."""
    with bench_of(pair, tmp_path) as bench:
        bench.slow(25)
        process = bench.begin("--yes", "--revert-in", "3", "--boot-timeout", "60")
        bench.wait_for("arming", device)
        if moment == "counting":
            bench.wait_until(lambda: bool(set(bench.pending(device)) - {"file"}))
        bench.lab.fault(device, "down")
        bench.slow(0)
        bench.wait_for("rolling-back")
        bench.lab.fault(device, "down", on=False)
        code, report = bench.end(process)
        assert code == 11, report
        assert ended_right(bench, code, report) == "before"


def test_another_reload_in_the_place_of_the_outer_timer(tmp_path: Path) -> None:
    """Somebody's reload in the place of ours ends the change, and kron and the copy of this run go with it; theirs stays."""
    with bench_of("revert-kron", tmp_path) as bench:
        bench.slow(12)
        process = bench.begin("--yes")
        bench.wait_for("applied", BRANCH)
        bench.lab.exec(BRANCH, "reload in 90 maintenance\nno\n")
        bench.slow(0)
        code, report = bench.end(process)
        assert code == 20, report
        assert "a reload, maintenance" in report["tunnels"][0]["sentence"]
        assert bench.pending(BRANCH) == ["reload"]
        assert bench.configurations() == bench.before


def test_somebody_has_wound_the_timer_up(tmp_path: Path) -> None:
    """A revert timer that may be ours and cannot be told to be is left alone, and a person is told that it counts."""
    with bench_of("revert-kron", tmp_path) as bench:
        bench.slow(12)
        process = bench.begin("--yes")
        bench.wait_for("applied", BRANCH)
        other_session(bench, HQ, "configure revert timer 33")
        bench.slow(0)
        code, report = bench.end(process)
        assert code == 21, report
        assert ended_right(bench, code, report) == "rollback-incomplete"


def test_inverse_is_refused_and_the_boot_takes_long(tmp_path: Path) -> None:
    """A device that reloads because its inverse was refused is awaited for as long as it boots, not for a lost session's time."""
    with bench_of(PLAIN, tmp_path) as bench:
        bench.lab.fault(HQ, "refuse-line", "match address")
        bench.lab.fault(BRANCH, "refuse-inverse", "crypto")
        words = bench.arguments("deploy-l2l", "--yes", "--revert-in", "3", "--boot-timeout", "120")
        code, report = bench.end(warm.Process([*words, "--reconnect-timeout", "0.5"], bench.environment))
        bench.lab.fault(BRANCH, "refuse-inverse", on=False)
        assert code == 20, report
        assert ended_right(bench, code, report) == "before"


def test_a_header_of_the_inverse_is_refused(tmp_path: Path) -> None:
    """The exit behind a refused header leaves configuration mode: the rest of the inverse is typed there all the same, and the
    person who is needed is told the device's own words."""
    with bench_of(PLAIN, tmp_path) as bench:
        bench.lab.fault(HQ, "drop-esp")
        bench.slow(12)
        process = bench.begin("--yes", "--revert-in", "0")
        bench.wait_for("applied", HQ)
        bench.lab.fault(BRANCH, "refuse-line", "interface ")
        bench.wait_for("undoing", BRANCH)
        bench.slow(0)
        code, report = bench.end(process)
        bench.lab.fault(BRANCH, "refuse-line", on=False)
        assert code == 21, report
        (told,) = (words for words in report["tunnels"][0]["by_hand"] if words.startswith(f"{BRANCH}: "))
        assert "'interface " in told
        assert "was answered with" in told
        assert "crypto isakmp key" not in "\n".join(bench.running(BRANCH))


def _gone_back(bench: Bench) -> None:
    """Wait until the reload behind kron has come: by then both devices have rolled back, and only the copy stays in the flash."""
    bench.wait_until(lambda: "hour" not in bench.lab.exec(BRANCH, "show version | include uptime"), pause=0.1)
    assert bench.configurations() == bench.before
    assert [bench.pending(name) for name in ENDS] == [[], ["file"]]


def test_a_run_whose_key_is_gone_can_be_closed(tmp_path: Path) -> None:
    """Where secrets or record of a run cannot be read any more, a person's word still lets other runs go on."""
    with bench_of("revert-kron", tmp_path) as bench:
        bench.kill_at("applied", BRANCH, "--yes", "--revert-in", "2")
        _gone_back(bench)
        (tmp_path / "config" / "nr-run" / "run-key").unlink()
        (record,) = bench.folder.glob("runs/2*/*/record.json")
        record.unlink()
        assert bench.run(command="resume")[0] in (1, 65)
        closing = bench.begin("--close", command="resume")
        _, err = closing.communicate(timeout=60)
        assert closing.returncode == 0, err
        code, report = bench.run("--yes")
        assert code == 0, report


def test_a_defect_in_the_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that is none of nr-run's own is told like others: both devices are as before, and the folder says where it was."""
    with bench_of(PLAIN, tmp_path) as bench:
        monkeypatch.setenv("NR_RUN_CREDENTIALS", str(bench.lab.credentials))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        outcome = change_in_process(bench, tmp_path / "runs", replace(BUILD, prove=_broken))
        assert outcome.exit_code == 20, outcome
        assert "TypeError, which is a defect of nr-run" in outcome.sentence
        (told,) = bench.folder.glob("runs/2*/hq-branch/defect.txt")
        text = told.read_text()
        assert "_broken" in text
        assert (bench.lab.credentials / "hq-branch-psk").read_text().strip() not in text
        assert ended_right(bench, 20, {"tunnels": [outcome.as_dict()]}) == "before"


def test_a_journal_that_is_lost_while_a_box_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rollback whose own journal cannot be verified any more still ends in an outcome that names the armed device."""
    with bench_of(PLAIN, tmp_path) as bench:
        monkeypatch.setenv("NR_RUN_CREDENTIALS", str(bench.lab.credentials))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

        def prove(context: Context, _plan: DeploymentPlan) -> Proof:
            journal = context.folder.path / "journal.jsonl"
            journal.write_text(journal.read_text().replace('"applied"', '"altered"'))
            bench.lab.fault(BRANCH, "empty-show", "show running-config$")
            raise NrRunError("it is not verified")

        outcome = change_in_process(bench, tmp_path / "runs", replace(BUILD, prove=prove))
        bench.lab.fault(BRANCH, "empty-show", on=False)
        assert outcome.exit_code == 21, outcome
        assert any(f"{BRANCH}: its rollback timer fires 15 minutes after it was armed" in words for words in outcome.by_hand)


@pytest.mark.parametrize(("size", "code"), [(9000, 1), (30000, 0)])
def test_the_log_is_what_fills_the_disk(tmp_path: Path, size: int, code: int) -> None:
    """With --debug, when no file can grow any more, the log ends and says so; outcome and exit code are those of the run."""
    with bench_of(PLAIN, tmp_path) as bench:
        done = subprocess.run(
            bench.arguments("deploy-l2l", "--yes", "--debug"),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env=bench.environment,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY)),
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert "Logging error" not in done.stderr
        assert "debug.log could not be written to its end" in done.stderr
        assert done.returncode == code, done.stderr
        assert ended_right(bench, code, json.loads(done.stdout)) == ("before" if code else "changed")


def _broken(context: Context, plan: DeploymentPlan) -> Proof:
    """A proof with a defect, whose words hold a key."""
    raise TypeError(context.secrets.resolve(plan.deployment.wanted.tunnel.preshared_key_ref))


def change_in_process(bench: Bench, runs: Path, postcheck: PostCheck) -> TunnelOutcome:
    """Build the tunnel with another postcheck, which no command line can ask for."""
    timeouts = Timeouts(ike=5, poll=0.05, reconnect=3, reconnect_pause=0.1)
    wanted = RunRequest("l2l", "deploy-l2l", (), bench.folder / "inventory", runs, False, False, timeouts)
    plans: list[DeploymentPlan] = []
    with open_run(wanted, PlainProgress()) as opened:
        planner = building(accept_unsaved=False)
        run_deployments(opened.context, opened.deployments, runs, planner, lambda made, _: plans.extend(made), Approval(None))
        outcome = change_members(opened.context, plans[0], postcheck)
        CommandConsole("deploy-l2l", plan_only=False, yes=True, as_json=True).finish(opened.context, [outcome])
        return outcome
