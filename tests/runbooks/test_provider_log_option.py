"""``nr-run verify --provider-log``: what the far side says, beside what our end shows of a partner's tunnel in the lab."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import warm
from .test_partner_tunnel import addresses, key, pair, partners_lines, reached
from .test_ssh import Pair

__all__ = ["key", "pair", "reached"]


def record(address: str, detail: str) -> str:
    """A record of an AWS tunnel log."""
    made = {"VpnLogCreationTimestamp": "2026-03-01T10:00:00Z", "TunnelOutsideIPAddress": address, "VpnLogDetail": detail}
    return json.dumps(made | {"TunnelIKEPhase1State": "Down", "TunnelIKEPhase2State": "Down"})


def verified(pair: Pair, log: Path) -> tuple[int, dict[str, Any]]:
    """What verify says with this log."""
    words = ["verify", "hq-branch", "--provider-log", str(log), "--json", "--runs", str(pair.folder / "runs")]
    words += ["--inventory", str(pair.folder / "inventory")]
    places = {"NR_RUN_CREDENTIALS": str(pair.lab.credentials), "XDG_CONFIG_HOME": str(pair.folder / "config")}
    done = warm.run([str(Path(sys.executable).parent / "nr-run"), *words], {**os.environ, **places}, timeout=300)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def told(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Status and sentence of what is said of the log."""
    (verdict,) = report["verdicts"]
    return [(item["status"], item["sentence"]) for item in verdict["findings"] if item["check"] == "far-side-log"]


def test_the_log_of_the_far_side_is_joined(pair: Pair, reached: Callable[[], object], key: str, tmp_path: Path) -> None:
    """Agreement makes the cause surer, a difference is a finding, another gateway's log is told to be one."""
    reached()
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report
    far, _ = addresses(pair.lab, "branch")
    near, _ = addresses(pair.lab, "hq")
    log = tmp_path / "tunnel.json"
    log.write_text(record(far, "AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key"))
    code, report = verified(pair, log)
    assert (code, report["verdicts"][0]["word"]) == (0, "up")
    ((status, sentence),) = told(report)
    assert (status, sentence.endswith("its log may be older than that")) == ("warning", True)

    wrong = f"no crypto isakmp key {key} address {near}\ncrypto isakmp key Another.Key-24 address {near}"
    pair.lab.exec("branch", f"configure terminal\n{wrong}\nend")
    for host in ("hq", "branch"):
        for command in ("clear crypto sa", "clear crypto isakmp"):
            pair.lab.exec(host, command)
    code, report = verified(pair, log)
    (verdict,) = report["verdicts"]
    assert (code, verdict["word"]) == (12, "down"), verdict
    assert [(cause["id"], cause["confidence"]) for cause in verdict["causes"]] == [("preshared-key", "certain")]
    assert told(report) == [("ok", "AWS and our end agree: the pre-shared keys differ")]

    log.write_text(record(far, "No Proposal Match Found by AWS"))
    _, report = verified(pair, log)
    ((status, sentence),) = told(report)
    assert (status, "our end shows something else" in sentence) == ("warning", True)
    assert {cause["id"] for cause in report["verdicts"][0]["causes"]} >= {"preshared-key", "ike-policy"}
    assert partners_lines(pair.lab, key)


def test_a_file_that_is_none_is_one_sentence(pair: Pair, tmp_path: Path) -> None:
    """A file that is not there, is no text or no log is refused before anything is connected, with the file's name."""
    nothing, binary, other = tmp_path / "nothing", tmp_path / "binary", tmp_path / "other"
    binary.write_bytes(b"\xff\xfe\x00")
    other.write_text("hello\n")
    wanted = {nothing: "No such file", binary: "is not UTF-8", other: "has no line that a log of AWS"}
    before = pair.lab.counters("hq").logins
    for path, words in wanted.items():
        code, report = verified(pair, path)
        assert code in (64, 65), report
        assert str(path) in str(report)
        assert words in str(report)
    assert pair.lab.counters("hq").logins == before
