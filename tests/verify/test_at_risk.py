"""A tunnel that works on SAs from before, though its two ends no longer agree: never healthy, with when it will end."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from ..conftest import DEVICES
from .estate import TUNNEL, Estate

HQ, BRANCH = DEVICES
OTHER = "An0ther-key-of-somebody"
PEER = "address 172.18.124.159"


def _key(estate: Estate) -> str:
    return (estate.lab.credentials / f"{TUNNEL}-psk").read_text().strip()


def _changed(estate: Estate, lines: Sequence[str], undone: Sequence[str], *words: str) -> dict[str, object]:
    """The verdict while SAs of before stand and these lines are typed on the branch."""
    assert estate.verdict()[1]["word"] == "up"
    estate.configure(BRANCH, *lines)
    try:
        code, verdict = estate.verdict(*words)
        assert code == 12, verdict
    finally:
        estate.configure(BRANCH, *undone)
    assert estate.verdict()[1]["word"] == "up"
    return verdict


@pytest.mark.parametrize("words", [(), ("--no-probe",)], ids=["probe", "no-probe"])
def test_another_key_while_sas_are_up(deployed: Estate, words: tuple[str, ...]) -> None:
    """Pings pass over the SAs of before and the keys differ: degraded, with how long the SAs last, and no key stands anywhere."""
    real = _key(deployed)
    ours, theirs = f"crypto isakmp key {real} {PEER}", f"crypto isakmp key {OTHER} {PEER}"
    verdict = _changed(deployed, (f"no {ours}", theirs), (f"no {theirs}", ours), *words)
    assert (verdict["word"], verdict["configured"]) == ("degraded", "differs"), verdict
    assert "hold different pre-shared keys" in str(verdict["sentence"])
    assert "the next negotiation of IKE will fail" in str(verdict["sentence"])
    causes, findings = verdict["causes"], verdict["findings"]
    assert isinstance(causes, list)
    assert isinstance(findings, list)
    assert [cause["id"] for cause in causes] == ["configuration", "preshared-key"]
    (risk,) = [finding for finding in findings if finding["check"] == "at-risk"]
    left = [int(item["value"]) for item in risk["evidence"] if item["field"] == "seconds left of its SAs"]
    assert len(left) == 2
    assert all(0 < seconds <= 3600 for seconds in left)
    assert f"{min(left)} seconds left" in risk["sentence"]
    assert real not in json.dumps(verdict)
    assert OTHER not in json.dumps(verdict)


def test_a_key_that_is_gone_while_sas_are_up(deployed: Estate) -> None:
    """An end that has no key for the other one any more will not come back: degraded, and named."""
    line = f"crypto isakmp key {_key(deployed)} {PEER}"
    verdict = _changed(deployed, (f"no {line}",), (line,))
    assert verdict["word"] == "degraded", verdict
    assert "no longer has a key" in str(verdict["sentence"])


def test_another_transform_while_sas_are_up(deployed: Estate) -> None:
    """Transforms that have nothing in common are felt at the next rekey, whose time is told."""
    shown = deployed.lab.exec(BRANCH, "show running-config").replace("\r", "")
    line = next(line for line in shown.splitlines() if line.startswith(f"crypto ipsec transform-set NR-{TUNNEL} "))
    other = f"crypto ipsec transform-set NR-{TUNNEL} esp-des esp-md5-hmac"
    verdict = _changed(deployed, (other, "exit"), (line, "exit"))
    assert verdict["word"] == "degraded", verdict
    assert "the next rekey will fail, within" in str(verdict["sentence"])


def test_a_key_that_differs_over_sas_that_are_gone_is_down(deployed: Estate) -> None:
    """Once the SAs are gone the same mistake is down: what was told came true."""
    real = _key(deployed)
    ours, theirs = f"crypto isakmp key {real} {PEER}", f"crypto isakmp key {OTHER} {PEER}"
    deployed.configure(BRANCH, f"no {ours}", theirs)
    try:
        deployed.clear()
        assert deployed.verdict()[1]["word"] == "down"
    finally:
        deployed.configure(BRANCH, f"no {theirs}", ours)
        deployed.clear()
