"""nr-run verify of one tunnel on the lab: every state that it may be in, every way in which a device may fail."""

from __future__ import annotations

import json

import pytest

from nr_run.runbooks.locking.locks import DeviceLocks

from ..conftest import DEVICES
from .conftest import Faults
from .estate import Estate

HQ, BRANCH = DEVICES
#: A telnet login: name, password, enable, its secret.
LOGIN_TRIPS = 4


def test_a_tunnel_that_works_is_up_by_probe(deployed: Estate) -> None:
    """Both ends are as intended, both pings are answered, the counters saw them, and the exit code is 0."""
    code, verdict = deployed.verdict()
    assert (code, verdict["word"], verdict["configured"], verdict["known_by"]) == (0, "up", "as-intended", "probe"), verdict
    assert verdict["healthy"]
    assert verdict["causes"] == []
    assert {end["host"]: (end["ike_up"], end["flows"][0]["up"]) for end in verdict["ends"]} == {
        HQ: (True, True),
        BRANCH: (True, True),
    }
    # Its own five pings; those of the other end may come after its last look.
    assert all(end["flows"][0]["encaps"] >= 3 and end["flows"][0]["decaps"] >= 3 for end in verdict["ends"])


def test_one_login_and_six_round_trips_at_most(deployed: Estate) -> None:
    """Each device is logged in to once, and answers six exchanges at most, as the device counts them, idle tunnel included."""
    deployed.clear()
    for _ in range(2):
        deployed.lab.reset_counters()
        _, report = deployed.verify()
        for device in report["devices"]:
            counted = deployed.lab.counters(device["host"])
            assert counted.logins == 1
            assert device["round_trips"] <= 6
            assert counted.round_trips <= 6 + LOGIN_TRIPS, device


def test_configuration_mode_is_never_entered(deployed: Estate, fault: Faults) -> None:
    """Routers that go silent at the first line of configuration answer to the end, and run what they ran, byte for byte."""
    before = {device: deployed.lab.exec(device, "show running-config") for device in DEVICES}
    for device in DEVICES:
        fault(device, "lose-management-after", "1")
    code, verdict = deployed.verdict()
    assert (code, verdict["word"]) == (0, "up")
    assert {device: deployed.lab.exec(device, "show running-config") for device in DEVICES} == before
    assert deployed.verdict()[0] == 0, "a device was lost: something was configured"


def test_idle_is_not_broken(deployed: Estate) -> None:
    """Without SAs and without a ping it is idle, by tables, and the exit code is 0; with a ping it comes up."""
    deployed.clear()
    code, verdict = deployed.verdict("--no-probe")
    assert (code, verdict["word"], verdict["known_by"], verdict["causes"]) == (0, "idle", "tables", [])
    assert verdict["untested"] == ["nothing was sent"]
    assert "nothing asks for it" in verdict["sentence"]
    code, verdict = deployed.verdict()
    assert (code, verdict["word"], verdict["known_by"]) == (0, "up", "probe")
    code, verdict = deployed.verdict("--no-probe")
    assert (code, verdict["word"], verdict["known_by"]) == (0, "up", "tables")


def test_without_a_probe_nothing_is_sent(deployed: Estate) -> None:
    """With --no-probe no counter of any flow moves."""
    deployed.verdict()
    _, first = deployed.verdict("--no-probe")
    counts = {device: deployed.lab.exec(device, "show crypto ipsec sa") for device in DEVICES}
    _, second = deployed.verdict("--no-probe")
    assert {device: _packets(deployed.lab.exec(device, "show crypto ipsec sa")) for device in DEVICES} == {
        device: _packets(text) for device, text in counts.items()
    }
    assert first["word"] == second["word"] == "up"


def _packets(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if "#pkts" in line]


def test_lost_esp_is_down_and_named(deployed: Estate, fault: Faults) -> None:
    """SAs on both ends and nothing that arrives is down, by the probe, with its cause, how to confirm it and what fixes it."""
    deployed.verdict()
    fault(BRANCH, "drop-esp")
    code, verdict = deployed.verdict()
    assert (code, verdict["word"], verdict["known_by"]) == (12, "down", "probe"), verdict
    assert "esp-blocked" in [cause["id"] for cause in verdict["causes"]]
    assert all(cause["confirm"] and cause["remedy"] for cause in verdict["causes"])
    failed = [finding for finding in verdict["findings"] if finding["status"] == "failed"]
    assert failed
    assert failed[0]["cause"]["id"] == verdict["causes"][0]["id"]


def test_ike_that_is_not_answered_is_down(deployed: Estate, fault: Faults) -> None:
    """Without IKE no SA comes after the pings: down, with a cause; and never up or idle."""
    fault(BRANCH, "drop-ike")
    deployed.clear()
    code, verdict = deployed.verdict()
    assert (code, verdict["word"]) == (12, "down")
    assert verdict["causes"]
    assert "still no SA pair" in verdict["sentence"]


@pytest.mark.parametrize("how", [("down",), ("no-answer",), ("login-refused",)])
def test_one_end_that_cannot_be_reached(deployed: Estate, fault: Faults, how: tuple[str, ...]) -> None:
    """It makes nothing down and nothing healthy: what the other end shows is told, with which device is missing and why."""
    fault(BRANCH, *how)
    code, report = deployed.verify("--deadline", "12")
    (verdict,) = report["verdicts"]
    assert code == 12
    assert verdict["word"] in ("unverified", "up"), verdict
    assert verdict["known_by"] in ("nothing", "counters", "tables")
    assert (verdict["configured"], verdict["healthy"], report["healthy"]) == ("unknown", False, False)
    assert f"{BRANCH}:" in verdict["sentence"]
    assert BRANCH in verdict["reach"]
    problems = {device["host"]: device["problem"] for device in report["devices"]}
    assert problems[BRANCH]
    assert not problems[HQ]


def test_no_device_at_all(deployed: Estate, fault: Faults) -> None:
    """Where nobody answers every service is unverified with the reason, and the exit code is 11."""
    for device in DEVICES:
        fault(device, "down")
    code, report = deployed.verify("--deadline", "20")
    assert code == 11
    (verdict,) = report["verdicts"]
    assert (verdict["word"], verdict["operating"], verdict["known_by"]) == ("unverified", "unknown", "nothing")
    assert HQ in verdict["sentence"]
    assert BRANCH in verdict["sentence"]


def test_a_deadline_that_leaves_no_time_for_pings_makes_nothing_idle(deployed: Estate) -> None:
    """Without SAs, and without the pings that were to bring them, nothing is known: unverified, and not idle."""
    deployed.clear()
    code, verdict = deployed.verdict("--deadline", "2")
    assert (verdict["word"], verdict["healthy"]) == ("unverified", False), verdict
    assert code in (11, 12)
    assert "deadline" in verdict["sentence"]


@pytest.mark.parametrize("probe", [(), ("--no-probe",)], ids=["probe", "no-probe"])
@pytest.mark.parametrize(
    "how",
    [
        ("garbage",),
        ("cut-show", "3"),
        ("cut-show", "20", "show crypto ipsec"),
        ("empty-show", "show crypto ipsec"),
        ("garble-show", "show crypto"),
        ("refuse-show", "show crypto ipsec"),
        ("refuse-show", "show running-config"),
        ("lose-lines", "local  ident", "show crypto ipsec"),
    ],
    ids=lambda how: "-".join(how).replace(" ", "_"),
)
def test_damaged_output_is_neither_healthy_nor_down(
    deployed: Estate, fault: Faults, how: tuple[str, ...], probe: tuple[str, ...]
) -> None:
    """An end that shows noise, half or nothing makes the verification not healthy, and its tunnel not down."""
    deployed.verdict()
    fault(BRANCH, *how)
    code, report = deployed.verify(*probe, "--deadline", "60")
    (verdict,) = report["verdicts"]
    assert code == 12, verdict
    assert verdict["word"] in ("up", "unverified"), verdict
    assert not report["healthy"]
    assert any(device["problem"] for device in report["devices"])


def test_a_device_in_the_hands_of_a_run(deployed: Estate, fault: Faults) -> None:
    """What is wrong on a device that a run is changing is unverified, names the run, and is no alarm."""
    fault(BRANCH, "drop-ike")
    deployed.clear()
    run = "20261101T000000Z-beef"
    with DeviceLocks(deployed.runs, run, [BRANCH], keep_seconds=60):
        code, report = deployed.verify()
    (verdict,) = report["verdicts"]
    assert (code, verdict["word"]) == (12, "unverified")
    assert f"{BRANCH} is being changed" in verdict["sentence"]
    assert run in verdict["sentence"]
    assert any("is being changed" in notice for notice in report["notices"])


def test_another_device_at_the_address(deployed: Estate) -> None:
    """A device that calls itself otherwise is not the one that is meant: unverified with both names, and neither up nor down."""
    deployed.configure(BRANCH, "hostname spare")
    try:
        for words in ((), ("--no-probe",)):
            code, report = deployed.verify(*words)
            (verdict,) = report["verdicts"]
            assert (code, verdict["configured"], verdict["healthy"]) == (12, "unknown", False), verdict
            assert verdict["known_by"] != "probe"
            problems = {device["host"]: device["problem"] for device in report["devices"]}
            assert "calls itself spare" in problems[BRANCH]
            assert [end["flows"] for end in verdict["ends"] if end["host"] == BRANCH] == [[]]
    finally:
        deployed.configure(BRANCH, f"hostname {BRANCH}")
    assert deployed.verdict()[0] == 0


def test_no_lock_keeps_a_run_out(deployed: Estate) -> None:
    """A verification holds no lock: a plan is made while one is at work."""
    done = deployed.run("deploy-l2l", "hq-branch", "--plan", "--json")
    assert done.code == 0, done.out
    deployed.verdict()
    assert not list((deployed.runs / ".locks").glob("*.holders/.*"))


def test_since_says_what_has_changed(deployed: Estate, fault: Faults) -> None:
    """Compared with an earlier verification, and with the run that built it, what is otherwise is told, and nothing else."""
    _, report = deployed.verify()
    then = report["run"]
    built = next(path.name for path in deployed.runs.glob("2*-*"))
    _, report = deployed.verify("--since", then)
    assert report["since"] == {"run": then, "of": "verification", "changed": []}
    fault(BRANCH, "drop-esp")
    _, report = deployed.verify("--since", then)
    assert report["since"]["changed"] == [{"service": "l2l", "name": "hq-branch", "before": "up", "now": "down"}]
    _, report = deployed.verify("--since", built[-4:])
    assert report["since"]["changed"] == [{"service": "l2l", "name": "hq-branch", "before": "up", "now": "down"}]
    assert report["since"]["of"] == "run"
    done = deployed.run("verify", "--since", "nothing")
    assert done.code == 66


def test_names_and_limits_that_nothing_has(deployed: Estate) -> None:
    """An unknown name is 66 with the nearest one, an unknown word 64, an unknown value 66, and no device is logged in to."""
    deployed.lab.reset_counters()
    for words, code, said in (
        (("hq-brnach",), 66, "hq-branch"),
        (("--limit", "hots=vpn2611"), 64, "did you mean host?"),
        (("--limit", "host=vpn2612"), 66, "did you mean vpn2611?"),
        (("--limit", "vpn2611"), 64, "site=berlin"),
        (("--limit", "host=vpn2611,host=vpn3640"), 66, "no host fits all of it"),
    ):
        done = deployed.run("verify", *words)
        assert done.code == code, (words, done.err)
        assert said in done.err, (words, done.err)
    assert all(deployed.lab.counters(device).logins == 0 for device in DEVICES)


def test_limit_keeps_what_is_on_the_device(deployed: Estate) -> None:
    """A tunnel is verified on both its ends where one of them is meant; the group of clients on the other router is left out."""
    code, report = deployed.verify("--limit", f"host={BRANCH}", names=())
    assert [verdict["name"] for verdict in report["verdicts"]] == ["hq-branch"]
    assert {device["host"] for device in report["devices"]} == set(DEVICES)
    assert code == 0
    _, report = deployed.verify("--limit", "group=cisco-2611", names=())
    assert {verdict["name"] for verdict in report["verdicts"]} == {"hq-branch", "staff"}


def test_every_service_there_is(deployed: Estate) -> None:
    """Without names the tunnels and the groups of clients get their verdicts, the missing group first."""
    code, report = deployed.verify(names=())
    assert code == 12
    found = [(item["service"], item["name"], item["word"], item["configured"]) for item in report["verdicts"]]
    assert found == [("ra", "staff", "missing", "absent"), ("l2l", "hq-branch", "up", "as-intended")]


def test_what_a_person_sees_fits_eighty_columns(deployed: Estate, fault: Faults) -> None:
    """Failures first, each with its cause, and no line is broken inside a word or longer than 80 unless one word is."""
    deployed.verdict()
    fault(BRANCH, "drop-esp")
    done = deployed.run("verify")
    assert done.code == 12
    lines = done.out.splitlines()
    assert all(len(line) <= 80 or len(line.split()) == 1 for line in lines), [line for line in lines if len(line) > 80]
    at = {word: next(number for number, line in enumerate(lines) if line.startswith(word)) for word in ("down", "missing")}
    assert at["down"] < at["missing"]
    assert "probable cause" in done.out
    assert "to confirm:" in done.out
    assert "remedy:" in done.out


def test_the_record_is_kept_without_secrets(deployed: Estate) -> None:
    """What was seen is in the record of the verification, readable by its owner only, and no secret of the lab is in it."""
    _, report = deployed.verify("--debug")
    folder = deployed.runs / "verify" / report["run"]
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    kept = json.loads((folder / "verification.json").read_text())
    assert kept["verdicts"] == report["verdicts"]
    assert kept["schema_version"] == 1
    secrets = [path.read_text().strip() for path in deployed.lab.credentials.iterdir() if path.is_file()]
    for path in folder.rglob("*"):
        text = path.read_text() if path.is_file() else ""
        assert not [secret for secret in secrets if len(secret) > 5 and secret in text], path
    assert "show crypto ipsec sa" in (folder / "debug.log").read_text()


def test_a_device_that_hangs_behind_its_first_look(deployed: Estate, fault: Faults) -> None:
    """The SAs of its first look are of before: a tunnel with such an end is not up by tables, and the end is named."""
    fault(BRANCH, "hang-show", 2, "show crypto ipsec sa")
    code, verdict = deployed.verdict("--no-probe", "--deadline", "15")
    assert (code, verdict["word"], verdict["healthy"]) == (12, "unverified", False), verdict
    assert BRANCH in verdict["sentence"]
