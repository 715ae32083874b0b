"""The metrics are what the text format and promtool take, and say no more than is known."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given

from nr_run.checks.verdict import Configured, DeviceState, Figure, FlowState, Operating, Verification, Word
from nr_run.runbooks.history.file import reading
from nr_run.runbooks.history.keep import keep
from nr_run.runbooks.history.read import pasts
from nr_run.runbooks.reports.metrics import METRICS
from nr_run.runbooks.reports.prometheus import prometheus
from nr_run.runbooks.reports.writing import ReportError, write_report

from ..tools import tool
from ..verifications import NASTY, PATIENT, end, flow, verdict, verification, verifications

_SAMPLE = re.compile(r'^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$')
_LABEL = re.compile(r'([a-z]+)="((?:[^"\\\n]|\\["\\n])*)"')


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Name and label values to value, each once."""
    made: dict[tuple[str, ...], float] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            match = _SAMPLE.match(line)
            assert match, line
            key = (match[1], *(value for _, value in _LABEL.findall(match[2] or "")))
            assert key not in made, f"{key} is there twice"
            made[key] = float(match[3])
    return made


def test_all_words_of_a_verdict_are_there() -> None:
    """Each tunnel is expected, and has every word of a verdict as 0 or 1, one of them 1."""
    found = samples(prometheus(verification(verdict("a", Operating.DOWN), verdict("b"))))
    assert found["nr_run_tunnel_expected", "l2l", "a"] == 1
    words = {word.value: found["nr_run_tunnel_verdict", "l2l", "a", word.value] for word in Word}
    assert words == {word.value: float(word is Word.DOWN) for word in Word}
    assert found["nr_run_tunnel_verdict", "l2l", "b", "up"] == 1


def test_what_is_not_known_has_no_sample() -> None:
    """An end that could not be read is neither up nor down; the tunnel is expected and unverified."""
    away = end("far", ike="", ike_up=None, ike_id="", flows=(flow(up=None, sa_age_seconds=None),))
    found = samples(
        prometheus(verification(verdict("a", Operating.UNKNOWN, configured=Configured.UNKNOWN, ends=(end("hq"), away))))
    )
    assert found["nr_run_tunnel_up", "l2l", "a", "hq"] == 1
    assert ("nr_run_tunnel_up", "l2l", "a", "far") not in found
    assert ("nr_run_ike_up", "l2l", "a", "far") not in found
    assert ("nr_run_tunnel_as_intended", "l2l", "a") not in found
    assert found["nr_run_tunnel_verdict", "l2l", "a", "unverified"] == 1


def test_one_flow_of_several_down_is_an_end_that_is_not_up() -> None:
    """The end is 0, and the flow that is missing is named by both its selectors."""
    other = flow(up=False, spis=(), sa_age_seconds=None)
    ends = (end("hq", flows=(flow(), type(other)("10.1.9.0/24", "10.2.9.0/24", up=False))),)
    found = samples(prometheus(verification(verdict("a", Operating.DEGRADED, ends=ends))))
    assert found["nr_run_tunnel_up", "l2l", "a", "hq"] == 0
    assert found["nr_run_flow_up", "l2l", "a", "hq", "10.1.9.0/24", "10.2.9.0/24"] == 0
    assert found["nr_run_flow_up", "l2l", "a", "hq", "10.1.0.0/24", "10.2.0.0/24"] == 1


def test_devices_and_the_run_are_told() -> None:
    """Reachability by device, when it ended, how long it took."""
    devices = (DeviceState("hq", "IOS", "", 5, 1.5), DeviceState("far", "IOS", "no login"))
    found = samples(prometheus(verification(verdict(), devices=devices)))
    assert found["nr_run_device_reachable", "hq"] == 1
    assert found["nr_run_device_reachable", "far"] == 0
    assert found["nr_run_last_success_timestamp_seconds",] > 1.7e9
    assert found["nr_run_duration_seconds",] == 30


def test_no_label_is_an_index_of_an_sa() -> None:
    """Other SPIs and another IKE make no other series."""
    one = verification(verdict(ends=(end(ike_id="1", flows=(flow(spis=(1,)),)),)))
    two = verification(verdict(ends=(end(ike_id="2", flows=(flow(spis=(2,)),)),)))
    assert samples(prometheus(one)).keys() == samples(prometheus(two)).keys()


def test_labels_are_escaped() -> None:
    """A quote, a backslash and a line end in a name stay inside their label."""
    found = samples(prometheus(verification(verdict('a"b\\c\nd'))))
    assert found["nr_run_tunnel_expected", "l2l", 'a\\"b\\\\c\\nd'] == 1


@PATIENT
@given(verifications)
def test_every_file_has_the_form(found: Verification) -> None:
    """Whatever a verification found: each line is a sample or a heading, no series is there twice, and each is declared."""
    text = prometheus(found)
    assert text.endswith("\n")
    names = {key[0] for key in samples(text)}
    assert names == set(re.findall(r"^# TYPE (\S+) ", text, re.M)) == set(re.findall(r"^# HELP (\S+) ", text, re.M))
    assert {"nr_run_last_success_timestamp_seconds", "nr_run_healthy"} <= names <= METRICS.keys()


def test_promtool_takes_it(tmp_path: Path) -> None:
    """Prometheus' own checker has nothing to say of a file with every metric, and names with quotes and line ends in them."""
    name = NASTY.replace("\ud800", "")  # an intent is text, so a name has no half characters
    nasty = verdict(name, ends=(end("hq", ike_age_seconds=7), end("far", ike_up=None, flows=(FlowState(NASTY, NASTY, up=None),))))
    found = verification(nasty, verdict("b", Operating.DOWN, figures=(Figure("sessions", 3),)))
    assert keep(tmp_path, found, 12) == []
    with reading(tmp_path) as connection:
        connection.execute("ROLLBACK")
        connection.execute("INSERT INTO keys VALUES ('l2l', 'b', 1)")
        connection.execute("BEGIN")
        text = prometheus(found, pasts(connection, 0))
    assert set(re.findall(r"^# TYPE (\S+) ", text, re.M)) == set(METRICS)
    done = subprocess.run([tool("promtool"), "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_file_is_replaced_whole(tmp_path: Path) -> None:
    """A reader who has it open sees the old one, it is for everybody to read, and nothing else is left in the folder."""
    path = tmp_path / "nr-run.prom"
    write_report(path, "old\n", mode=0o644)
    with path.open() as reader:
        write_report(path, "new\n", mode=0o644)
        assert reader.read() == "old\n"
    assert path.read_text() == "new\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [item.name for item in tmp_path.iterdir()] == ["nr-run.prom"]


def test_a_report_keeps_the_rights_that_it_has(tmp_path: Path) -> None:
    """A new page is for its owner; one that was opened to others stays open, and metrics are for all."""
    path = tmp_path / "page.html"
    modes = []
    for opened in (None, 0o640, 0o644):
        if opened:
            path.chmod(opened)
        write_report(path, "text")
        modes.append(stat.S_IMODE(path.stat().st_mode))
    assert modes == [0o600, 0o640, 0o644]


@pytest.mark.parametrize("name", ["no-such-folder/x.prom", "a-file/x.prom"])
def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path, name: str) -> None:
    """The sentence names the file and the reason."""
    (tmp_path / "a-file").touch()
    with pytest.raises(ReportError, match=r"x\.prom cannot be written: (No such file|Not a directory)"):
        write_report(tmp_path / name, "text", mode=0o644)


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    """A device or a pipe is not replaced by a file."""
    (tmp_path / "out").symlink_to("/dev/null")
    write_report(tmp_path / "out", "text", mode=0o644)
    assert (tmp_path / "out").is_symlink()
    assert Path("/dev/null").is_char_device()
