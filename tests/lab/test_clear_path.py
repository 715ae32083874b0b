"""Private traffic in clear: lost at a provider that knows no private network, unless a fault has somebody there who answers."""

from __future__ import annotations

from nr_run.lab.entry import LabHandle

from .tunnels import build, flow, number, ping, replies

#: At each device, with and without its crypto map.
_MAP = {
    host: [f"configure terminal\ninterface Ethernet0/0\n{word}crypto map {name}\nend" for word in ("no ", "")]
    for host, name in (("vpn2611", "clientmap"), ("vpn3640", "NR-MAP"))
}


def test_a_sink_answers_what_leaves_in_clear(lab: LabHandle) -> None:
    """Without its map a box loses private traffic, and with the fault it is answered, while nothing of it is encrypted."""
    build(lab)
    assert replies(ping(lab, repeat=8)) > 0
    lab.exec("vpn2611", _MAP["vpn2611"][0])
    assert replies(ping(lab)) == 0
    lab.fault("vpn2611", "clear-path")
    assert replies(ping(lab)) == 5
    lab.exec("vpn2611", _MAP["vpn2611"][1])
    assert number(flow(lab, "vpn2611", "10.10.10.0", "10.10.20.0"), "#pkts encaps") == 0
    lab.fault("vpn2611", "clear-path", on=False)
    lab.exec("vpn2611", _MAP["vpn2611"][0])
    assert replies(ping(lab)) == 0


def test_the_peer_drops_what_it_wants_encrypted(lab: LabHandle) -> None:
    """Carried to the box that has the address it is dropped at a map that would protect it, and answered where there is none."""
    build(lab)
    lab.exec("vpn2611", _MAP["vpn2611"][0])
    lab.fault("vpn2611", "clear-path", "peer")
    lab.fault("vpn3640", "clear-path", "peer")
    assert replies(ping(lab)) == 0
    assert number(flow(lab, "vpn3640", "10.10.20.0", "10.10.10.0"), "recv errors") == 5
    lab.exec("vpn3640", _MAP["vpn3640"][0])
    assert replies(ping(lab)) == 5
