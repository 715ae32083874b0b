"""Packets that come too late for the anti-replay window: counted where each release counts them, and dropped."""

from __future__ import annotations

import re

from nr_run.lab.entry import LabHandle

from .tunnels import build, flow, number, ping, replies


def test_what_comes_too_late_is_dropped_and_logged(lab: LabHandle) -> None:
    """Of four packets one passes; what was dropped is encrypted at one end, never decrypted at the other, and logged there."""
    build(lab)
    assert replies(ping(lab)) > 0
    lab.fault("vpn3640", "late-esp")
    before = number(flow(lab, "vpn3640", "10.10.20.0", "10.10.10.0"), "#pkts decaps")
    assert replies(ping(lab, repeat=8)) == 2
    assert number(flow(lab, "vpn3640", "10.10.20.0", "10.10.10.0"), "#pkts decaps") == before + 2
    shown = lab.exec("vpn3640", "show logging")
    assert len(re.findall("%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed", shown)) == 6, shown
    lab.fault("vpn3640", "late-esp", on=False)
    assert replies(ping(lab)) == 5
