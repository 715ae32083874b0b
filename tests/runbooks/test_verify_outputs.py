"""What a verification of real devices leaves: a history, the reports, and somebody who was told."""

from __future__ import annotations

import json
import re
import resource
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from click.testing import CliRunner

from nr_run.runbooks.commands.cli import cli
from nr_run.runbooks.reports.document import verification_schema

from .. import warm
from ..conftest import Done, Rehearsal
from ..notify.test_delivery import SECRET, receiver


def verify(rehearsal: Rehearsal, *words: str, **environment: str) -> Done:
    """One verification."""
    places = ["--inventory", str(rehearsal.inventory), "--runs", str(rehearsal.runs)]
    command = [str(Path(sys.executable).parent / "nr-run"), "verify", "hq-branch", *words, *places]
    done = warm.run(command, {**rehearsal.environment, **environment})
    return Done(done.returncode, done.stdout, done.stderr)


def metrics(path: Path) -> dict[str, float]:
    """Series to value."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_one_result_many_outputs(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """The document, the test report, the metrics, the page, the history and the webhook all say of a tunnel what was found."""
    assert rehearsal.deploy("--yes").code == 0
    page, report, prom = tmp_path / "page.html", tmp_path / "junit.xml", tmp_path / "nr-run.prom"
    files = ["--html", str(page), "--junit", str(report), "--prometheus", str(prom)]
    credentials = tmp_path / "hooks"
    credentials.mkdir()
    told: dict[str, Any] = {}
    with receiver() as hook:
        (credentials / "hook").write_text(f"http://127.0.0.1:{hook.port}/{SECRET}")
        tell = ["--notify", "credential:hook", "--down-after", "0", "--up-after", "0"]
        environment = {"CREDENTIALS_DIRECTORY": str(credentials), "no_proxy": "127.0.0.1"}

        good = verify(rehearsal, "--json", *files, *tell, **environment)
        assert good.code == 0, good.out + good.err
        jsonschema.validate(good.report, verification_schema())
        assert good.report["verdicts"][0]["word"] == "up"
        assert good.report["warnings"] == []
        # Both ends are ours, so when IKE has to be renewed is known: anything sooner is a flap.
        assert {end["ike_lifetime_seconds"] for end in good.report["verdicts"][0]["ends"]} == {86_400}
        assert metrics(prom)['nr_run_tunnel_verdict{service="l2l",tunnel="hq-branch",verdict="up"}'] == 1
        assert metrics(prom)['nr_run_tunnel_expected{service="l2l",tunnel="hq-branch"}'] == 1
        assert stat.S_IMODE(prom.stat().st_mode) == 0o644
        assert Xml.parse(report).getroot().get("failures") == "0"  # noqa: S314 - our own
        assert "The one service works as intended." in page.read_text()
        assert rehearsal.nr_run("status").code == 0
        assert hook.got == []

        rehearsal.configure("vpn3640", "interface Ethernet0/0", "no crypto map NR-MAP")
        word = "unverified"
        for _ in range(3):  # a machine that is busy may leave a look open, which is told to nobody for a while
            if word == "unverified":
                bad = verify(rehearsal, "--json", *files, *tell, **environment)
                assert bad.code == 12, bad.out + bad.err
                word = bad.report["verdicts"][0]["word"]
        assert word == "down", bad.out
        assert bad.report["warnings"] == []
        assert metrics(prom)[f'nr_run_tunnel_verdict{{service="l2l",tunnel="hq-branch",verdict="{word}"}}'] == 1
        assert metrics(prom)['nr_run_tunnel_verdict{service="l2l",tunnel="hq-branch",verdict="up"}'] == 0
        assert Xml.parse(report).getroot().get("failures") == "1"  # noqa: S314 - our own
        assert "Of 1 service, 1 does not work as it has to." in page.read_text()
        told = hook.got[0][2]
        assert len(hook.got) == 1
    assert [(change["name"], change["now"]) for change in told["changes"]] == [("hq-branch", word)]
    status = rehearsal.nr_run("status")
    assert status.code == 12
    assert re.search(rf"^{word} +hq-branch", status.out, re.M)
    (past,) = json.loads(rehearsal.nr_run("history", "hq-branch", "--json").out)
    assert [look["word"] for look in past["looks"] if look["word"] != "unverified"] == ["up", word]
    assert past["last_proof"] == past["first_seen"]
    everything = [
        path for path in tmp_path.rglob("*") if path.is_file() and path.parent != credentials and "lab" not in path.parts
    ]
    assert not [path for path in everything if SECRET.encode() in path.read_bytes()]
    assert rehearsal.secret("hq-branch-psk") not in page.read_text() + report.read_text() + prom.read_text() + bad.out


def test_what_cannot_be_written_is_no_success(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """A report that is not there ends in an error, and so does a target that nobody can reach; a damaged history is a warning."""
    assert rehearsal.deploy("--yes").code == 0
    done = verify(rehearsal, "--json", "--junit", str(tmp_path / "nowhere" / "x.xml"))
    assert (done.code, done.report["outcome"]) == (1, "error")
    assert "nowhere/x.xml cannot be written: No such file or directory" in done.report["warnings"][0]
    (rehearsal.runs / "history.db").write_text("no database")
    for name in ("history.db-wal", "history.db-shm"):
        (rehearsal.runs / name).unlink(missing_ok=True)
    (tmp_path / "hook").write_text("http://127.0.0.1:9/x")
    done = verify(rehearsal, "--notify", "credential:hook", CREDENTIALS_DIRECTORY=str(tmp_path))
    assert done.code == 0, done.out + done.err
    assert "move history.db away" in done.err
    assert "nobody was notified" in done.err
    done = verify(rehearsal, "--json", "--notify", "credential:hok", CREDENTIALS_DIRECTORY=str(tmp_path))
    assert (done.code, done.report["outcome"]) == (1, "error"), done.out + done.err
    assert "nobody can be notified there: credential:hok not found" in done.report["warnings"][-1]
    assert "did you mean credential:hook?" in done.report["warnings"][-1]


def test_a_disk_that_is_full_keeps_nobody_from_the_verdicts(rehearsal: Rehearsal) -> None:
    """A record that the disk does not take is an error, and every verdict is told; what is wrong with a tunnel is told first."""
    assert rehearsal.deploy("--yes").code == 0

    def on_a_full_disk() -> tuple[int, dict[str, Any], str]:
        places = ["--inventory", str(rehearsal.inventory), "--runs", str(rehearsal.runs)]
        done = subprocess.run(
            [str(Path(sys.executable).parent / "nr-run"), "verify", "hq-branch", "--json", *places],
            capture_output=True,
            text=True,
            check=False,
            env=rehearsal.environment,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2048, resource.RLIM_INFINITY)),
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout), done.stderr

    code, report, said = on_a_full_disk()
    assert (code, report["outcome"], report["verdicts"][0]["word"]) == (1, "error", "up"), report
    assert "verification.json cannot be written" in report["warnings"][0]
    assert "verification.json cannot be written" in said
    rehearsal.configure("vpn3640", "interface Ethernet0/0", "no crypto map NR-MAP")
    code, report, _ = on_a_full_disk()
    assert (code, report["outcome"]) == (12, "verify-failed")
    assert report["verdicts"][0]["word"] in ("down", "unverified"), report


def test_where_no_folder_can_be_made_the_verdicts_are_told(rehearsal: Rehearsal) -> None:
    """A disk that takes not even the folder of the record is an error, with every verdict told and the history written."""
    assert rehearsal.deploy("--yes").code == 0
    place = rehearsal.runs / "verify"
    assert not place.exists()
    place.write_text("in the way")
    done = verify(rehearsal, "--json")
    assert (done.code, done.report["outcome"], done.report["folder"]) == (1, "error", ""), done.err
    assert done.report["verdicts"][0]["word"] == "up"
    jsonschema.validate(done.report, verification_schema())
    assert f"the run folder {place} cannot be made: File exists" in done.report["warnings"][0]
    assert "record: not kept" in verify(rehearsal).out
    assert "up           hq-branch" in rehearsal.nr_run("status").out
    assert place.read_text() == "in the way"


def test_ike_that_was_torn_down_between_two_looks_is_a_flap(rehearsal: Rehearsal) -> None:
    """Up at every look, with IKE lost in between, has flapped; of the first IKE that was seen nobody knows how old it was."""
    assert rehearsal.deploy("--yes").code == 0
    for torn in (False, True, True):
        for device in ("vpn2611", "vpn3640") if torn else ():
            with rehearsal.operator(device) as connection:
                connection.send_command("clear crypto isakmp")
                connection.send_command("clear crypto sa")
        done = verify(rehearsal, "--json")
        assert done.report["verdicts"][0]["word"] == "up", done.out
    (past,) = json.loads(rehearsal.nr_run("history", "hq-branch", "--json").out)
    assert past["flaps_kept"] == 1, past
    assert "began again before its time" in past["flaps"][0]["reason"]
    assert past["changes"] == []


@pytest.mark.parametrize("given", [f"https://hooks.example/{SECRET}", "credential:", "hook"])
def test_a_url_on_the_command_line_is_refused(rehearsal: Rehearsal, given: str) -> None:
    """A URL is a key as often as not: it is kept by reference, and the refusal does not repeat it."""
    done = verify(rehearsal, "--notify", given)
    assert done.code == 64
    assert "credential:NAME" in done.err
    assert SECRET not in done.out + done.err


def test_metrics_that_nobody_would_read_are_refused(tmp_path: Path) -> None:
    """The textfile collector passes over a file with another name in silence, so such a name is a wrong command line."""
    done = CliRunner().invoke(cli, ["verify", "--prometheus", str(tmp_path / "nr-run.txt")])
    assert done.exit_code != 0
    assert "the name has to end in .prom" in done.output
