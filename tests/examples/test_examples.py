"""What examples/ ships works with this version: commands, options, metrics, rules and units."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from nr_run.checks.verdict import Word
from nr_run.inventory.errors import Exit
from nr_run.runbooks.commands.cli import cli
from nr_run.runbooks.commands.cli import commands as commands_of_nr_run
from nr_run.runbooks.reports.metrics import METRICS

from ..tools import tool

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
RULES = EXAMPLES / "prometheus" / "nr-run-alerts.yaml"
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.is_file() and path.suffix not in (".json", ".pyc"))
#: A command line that is run, up to what a shell makes of its output.
_COMMAND = re.compile(r"^(?:ExecStart=\S*/|\s*- (?:run: )?|[*\d/ ]+nr-run +(?:.* )?)nr-run (?P<words>[a-z][^|;>#]*)")
#: What an alert tells a person to type.
_ADVICE = re.compile(r"description: nr-run (?P<name>[a-z-]+)")


def documents(path: Path) -> list[Any]:
    """The YAML documents of a file."""
    return list(YAML(typ="safe").load_all(path.read_text()))


def commands() -> Iterator[tuple[str, str]]:
    """File and arguments of every command line of nr-run that an example runs."""
    for path in FILES:
        for line in path.read_text().splitlines():
            if match := _COMMAND.match(line):
                yield path.name, match["words"].strip()


@pytest.mark.parametrize(("file", "words"), sorted(set(commands())))
def test_every_command_exists(file: str, words: str) -> None:
    """Each command line is one that this version takes, with its options."""
    arguments = shlex.split(words)
    with cli.make_context("nr-run", list(arguments), resilient_parsing=False) as context:
        name, command, rest = cli.resolve_command(context, list(arguments))
        assert isinstance(command, click.Command), name
        if isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            _, command, rest = command.resolve_command(context, rest)
            assert isinstance(command, click.Command), words
        command.make_context(name or "", rest, parent=context)


def test_commands_are_found() -> None:
    """The search sees what it has to, in every kind of example."""
    found = {file: [words.split()[0] for name, words in commands() if name == file] for file, _ in commands()}
    assert found == {
        "nr-run": ["verify", "runs"],
        "gitlab-ci.yml": ["deploy-l2l", "deploy-l2l", "deploy-l2l", "verify"],
        "nr-run.yml": ["deploy-l2l", "deploy-l2l", "deploy-l2l", "verify"],
        "nr-run-verify.service": ["verify"],
        "nr-run-prune.service": ["runs"],
    }


def test_what_an_alert_advises_exists() -> None:
    """What an alert tells a person to type is a command."""
    advised = set(_ADVICE.findall(RULES.read_text()))
    assert {"verify", "status"} <= advised
    assert advised <= commands_of_nr_run().keys()


def test_every_metric_exists() -> None:
    """Alerts and dashboard use metrics that are written, and no others, with labels that they have."""
    used = set()
    for path in (RULES, EXAMPLES / "grafana" / "nr-run.json", RULES.with_name("nr-run-alerts.test.yaml")):
        text = path.read_text()
        used |= set(re.findall(r"\bnr_run_[a-z_]+", text))
        for metric, labels in re.findall(r"\b(nr_run_[a-z_]+)\{([^}]*)\}", text):
            names = set(re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*\\?"', labels))
            assert names <= set(METRICS[metric].labels), (path.name, metric, names)
    assert used - METRICS.keys() == set()


def test_every_word_is_shown() -> None:
    """A word of a verdict that is neither alerted nor good does not exist; the dashboard knows all of them."""
    rules = RULES.read_text()
    told = {word for words in re.findall(r'verdict=~?"([a-z|]+)"', rules) for word in words.split("|")}
    assert told == {word.value for word in Word} - {"up", "idle"}
    dashboard = json.loads((EXAMPLES / "grafana" / "nr-run.json").read_text())
    timeline = next(panel for panel in dashboard["panels"] if panel["type"] == "state-timeline")
    mapped = {item["text"] for item in timeline["fieldConfig"]["defaults"]["mappings"][0]["options"].values()}
    assert mapped == {word.value for word in Word}


def test_the_rules_do_what_they_say() -> None:
    """promtool takes the rules, and their own tests pass: held for a while, told at once, never for an idle tunnel."""
    promtool = tool("promtool")
    checked = subprocess.run([promtool, "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    tests = RULES.with_name("nr-run-alerts.test.yaml")
    tested = subprocess.run([promtool, "test", "rules", tests], capture_output=True, text=True, check=False, cwd=RULES.parent)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def _asked_by_the_dashboard() -> dict[str, str]:
    """Title of each panel to what it asks, with every service and tunnel chosen."""
    panels = json.loads((EXAMPLES / "grafana" / "nr-run.json").read_text())["panels"]
    asked = {panel["title"]: panel["targets"][0]["expr"] for panel in panels}
    return {title: re.sub(r"\$(service|tunnel)\b", ".*", expression) for title, expression in asked.items()}


def _answered(folder: Path, series: dict[str, str], minutes: int, wanted: dict[str, list[dict[str, object]]]) -> str:
    """What promtool has against these answers, by title of the panel, at that minute; empty if nothing."""
    asked = _asked_by_the_dashboard()
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": asked[title], "eval_time": f"{minutes}m", "exp_samples": samples} for title, samples in wanted.items()
        ],
    }
    path = folder / "dashboard.yaml"
    with path.open("w") as file:
        YAML(typ="safe").dump({"rule_files": [], "evaluation_interval": "1m", "tests": [test]}, file)
    done = subprocess.run([tool("promtool"), "test", "rules", path], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_the_dashboard_shows_no_old_verdict_as_the_present_one(tmp_path: Path) -> None:
    """While verifications run its panels say how things are; once they have stopped, no panel has a verdict, good or bad."""
    tunnel = '{service="l2l",tunnel="a"}'
    one, none = [{"labels": "{}", "value": 1}], [{"labels": "{}", "value": 0}]
    series = {
        "nr_run_last_success_timestamp_seconds": "0+60x30 1800x60",
        f"nr_run_tunnel_expected{tunnel}": "1x90",
        f"nr_run_tunnel_as_intended{tunnel}": "1x90",
        'nr_run_device_reachable{device="hq"}': "0x90",
        **{f'nr_run_tunnel_verdict{{service="l2l",tunnel="a",verdict="{word.value}"}}': "0x90" for word in Word},
        'nr_run_tunnel_verdict{service="l2l",tunnel="a",verdict="up"}': "1x90",
    }
    fresh = {"Up": one, "Down or missing": none, "Unverified": none, "Not as intended": none, "Unencrypted": none}
    verdicts = [{"labels": '{tunnel="a"}', "value": 0}]
    unread = [{"labels": 'nr_run_device_reachable{device="hq"}', "value": 0}]
    assert not _answered(tmp_path, series, 20, {**fresh, "Verdicts": verdicts, "Devices that cannot be read": unread})
    stale: list[dict[str, object]] = []
    judged = {title: stale for title, asked in _asked_by_the_dashboard().items() if "nr_run_tunnel_verdict" in asked}
    assert len(judged) >= 8
    assert not _answered(tmp_path, series, 60, {**judged, "Not as intended": stale, "Devices that cannot be read": stale})
    assert "got" in _answered(tmp_path, series, 60, {"Up": one})


def test_the_rules_can_fail(tmp_path: Path) -> None:
    """A rule that waits for too short a time fails the rules' own tests."""
    for path in RULES.parent.iterdir():
        shutil.copy(path, tmp_path)
    broken = tmp_path / RULES.name
    broken.write_text(broken.read_text().replace("for: 7m", "for: 1m"))
    command = [tool("promtool"), "test", "rules", tmp_path / "nr-run-alerts.test.yaml"]
    tested = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert tested.returncode != 0


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix in (".yml", ".yaml")], ids=lambda path: path.name)
def test_yaml_is_read(path: Path) -> None:
    """Each YAML file is one document with something in it."""
    (document,) = documents(path)
    assert document


def test_units_are_units(tmp_path: Path) -> None:
    """systemd takes each unit, once the command is where it says; without systemd only the lines are looked at."""
    units = sorted((EXAMPLES / "systemd").iterdir())
    assert {path.suffix for path in units} == {".service", ".timer"}
    for path in units:
        for line in path.read_text().splitlines():
            assert not line or line.startswith(("#", "[")) or re.fullmatch(r"[A-Z]\w+=.*", line), (path.name, line)
    if not (analyze := shutil.which("systemd-analyze")):
        return
    for path in units:
        (tmp_path / path.name).write_text(path.read_text().replace("/opt/nr-run/bin/nr-run", shutil.which("true") or "/bin/true"))
    done = subprocess.run([analyze, "verify", *tmp_path.iterdir()], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "nr-run" in line]
    assert not ours, done.stderr


def test_a_unit_does_not_fail_for_what_the_network_has() -> None:
    """The exit codes that the verify unit takes for good are findings of a verification, and exist."""
    text = (EXAMPLES / "systemd" / "nr-run-verify.service").read_text()
    codes = {int(code) for code in re.findall(r"^SuccessExitStatus=(.*)$", text, re.MULTILINE)[0].split()}
    assert codes == {Exit.PENDING, Exit.VERIFY_FAILED}


def test_what_has_to_stay_outlives_a_job() -> None:
    """A pipeline keeps runs, run key and host keys in a folder of the runner: a container and a checkout are new each time."""
    (gitlab,) = documents(EXAMPLES / "gitlab" / "gitlab-ci.yml")
    lasting = gitlab[".on-the-devices"]["variables"]
    assert {"NR_RUN_CREDENTIALS", "NR_RUN_RUNS", "XDG_CONFIG_HOME", "XDG_STATE_HOME"} == lasting.keys()
    assert all(value.startswith("/var/lib/nr-run/") for value in lasting.values())
    assert {name for name, job in gitlab.items() if "extends" in job} == {"plan", "deploy", "verify"}
    (github,) = documents(EXAMPLES / "github" / "nr-run.yml")
    assert github["env"]["NR_RUN_RUNS"].startswith("/var/lib/nr-run/")
    own = {name for name, job in github["jobs"].items() if "self-hosted" in job["runs-on"]}
    assert own == github["jobs"].keys() - {"rehearse"}
    assert github["jobs"]["deploy"]["concurrency"]["cancel-in-progress"] is False


def test_secrets_are_references() -> None:
    """No example holds a secret: what unit, cron or CI hand over are names of files."""
    text = "".join(path.read_text() for path in FILES)
    assert not re.search(r"(?i)(?:password|psk|secret|token)\s*[:=]\s*(?!/|\$|credential|device-|enable-)\S", text)
