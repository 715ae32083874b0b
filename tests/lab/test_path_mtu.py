"""A path that takes less than the segment: what may not be cut is lost for its size in ESP, and everything else passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.lab.core.wire.load import MEDIA_BYTES, Load
from nr_run.lab.entry import LabHandle

from .tunnels import build, flow, number, ping, replies

TRANSFORMS = (
    ("esp-3des", "esp-md5-hmac"),
    ("esp-aes", "esp-sha-hmac"),
    ("esp-256-aes", "esp-sha256-hmac"),
    ("esp-gcm", "256"),
    ("esp-null", "esp-sha-hmac"),
)


def _sized(lab: LabHandle, size: int, df: str) -> tuple[int, str]:
    """How many of two pings of a size come back through the tunnel of a 12.2 router, and what it printed."""
    answers = ("ip", "10.10.20.1", "2", str(size), "2", "y", "10.10.10.1", "", df, "", "", "", "")
    text = lab.exec("vpn2611", "\n".join(("ping", *answers)))
    return replies(text), text


def test_what_may_not_be_cut_is_lost_for_its_size(lab: LabHandle) -> None:
    """Small and cut packets pass a narrow path, large whole ones are encrypted, lost without a word, and never decrypted."""
    build(lab)
    assert replies(ping(lab)) > 0
    lab.fault("vpn3640", "path-mtu", "1400")
    before = number(flow(lab, "vpn2611", "10.10.10.0", "10.10.20.0"), "#pkts encaps:")
    there = number(flow(lab, "vpn3640", "10.10.20.0", "10.10.10.0"), "#pkts decaps:")
    assert replies(ping(lab)) == 5
    assert _sized(lab, 1400, "")[0] == 2
    found, text = _sized(lab, 1400, "y")
    assert found == 0
    assert "Packet sent with the DF bit set" in text
    assert ".." in text
    assert number(flow(lab, "vpn2611", "10.10.10.0", "10.10.20.0"), "#pkts encaps:") == before + 9
    assert number(flow(lab, "vpn3640", "10.10.20.0", "10.10.10.0"), "#pkts decaps:") == there + 7
    assert _sized(lab, 1300, "y")[0] == 2
    lab.fault("vpn3640", "path-mtu", on=False)
    assert _sized(lab, 1400, "y")[0] == 2


def test_what_is_too_large_for_the_segment_is_told_at_once(lab: LabHandle) -> None:
    """A whole packet that does not fit the router's own interface with ESP around it is marked M, and is not encrypted."""
    build(lab)
    assert replies(ping(lab)) > 0
    found, text = _sized(lab, 1500, "y")
    assert found == 0
    assert "MM" in text


@pytest.mark.parametrize(("size", "fits"), [(1438, True), (1439, False)])
def test_sizes_are_those_that_a_router_prints(size: int, fits: bool) -> None:
    """With AES and SHA 1438 bytes fit a medium of 1500, as an IOS-XE router prints its plaintext MTU, and 1439 do not."""
    assert (Load(size, whole=True).in_esp(("esp-aes", "esp-sha-hmac"), 500).size <= MEDIA_BYTES) is fits


@given(size=st.integers(28, 9000), transform=st.sampled_from(TRANSFORMS), port=st.sampled_from([500, 4500]))
def test_esp_makes_every_packet_larger(size: int, transform: tuple[str, ...], port: int) -> None:
    """By 50 to 100 bytes or a few less, more with NAT traversal; a larger packet is never smaller outside."""
    inner = Load(size, whole=True)
    outer = inner.in_esp(transform, port)
    assert 30 < outer.size - inner.size < 100
    assert outer.whole
    assert Load(size + 1).in_esp(transform, port).size >= outer.size
    assert inner.in_esp(transform, 4500).size - inner.in_esp(transform, 500).size == 8
