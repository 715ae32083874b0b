"""What an ASA prints about IKEv2 and tunnel interfaces, before the public templates of ntc-templates."""

from __future__ import annotations

from typing import Any

import pytest
from ntc_templates.parse import parse_output

from nr_run.lab.entry import LabHandle

from .asa_vpn import End, build
from .firewalls import ping, typed
from .tunnels import eventually


def parsed(lab: LabHandle, device: str, command: str, template: str = "") -> list[dict[str, Any]]:
    """What the public template of a command reads out of the answer of a box; `template` where it has an older name."""
    return parse_output(platform="cisco_asa", command=template or command, data=lab.exec(device, command))


@pytest.mark.parametrize("boxes", [("asa919", "asa924")], indirect=True)
@pytest.mark.parametrize("vti", [False, True], ids=["map", "vti"])
def test_templates_read_a_tunnel_of_ikev2(boxes: LabHandle, vti: bool) -> None:
    """SAs, session, interfaces, routes and the proposal are read; the public template of crypto maps knows IKEv1 only."""
    build(boxes, End("asa919", "asa924", vti=vti, number=1), End("asa924", "asa919", vti=vti, number=2))
    eventually(lambda: ping(boxes, "asa919", "asa924") == 5)
    assert "172.18.124.224" in str(parsed(boxes, "asa919", "show crypto ipsec sa"))
    ike, ipsec = parsed(boxes, "asa919", "show vpn-sessiondb detail l2l")
    assert "172.18.124.224" in str((ike, ipsec))
    proposals = parsed(boxes, "asa919", "show running-config crypto ipsec", "show running-config ipsec")
    assert "NR-P" in str(proposals)
    if vti:
        rows = {row["interface"]: row for row in parsed(boxes, "asa919", "show interface ip brief")}
        assert "up" in str(rows["Tunnel1"])
        assert [row for row in parsed(boxes, "asa919", "show route") if "vti" in str(row)]
        (shown,) = parsed(boxes, "asa919", "show interface Tunnel1")
        assert "169.254.10.1" in str(shown)


@pytest.mark.parametrize("boxes", [("asa91",)], indirect=True)
def test_templates_read_translation(boxes: LabHandle) -> None:
    """`show nat` has a row for an identity rule."""
    typed(boxes, "asa91", "object network L\nhost 10.10.91.9\nobject network R\nhost 10.10.119.9")
    typed(boxes, "asa91", "nat (inside,outside) source static L L destination static R R no-proxy-arp route-lookup")
    rows = parsed(boxes, "asa91", "show nat")
    assert "inside" in str(rows)
    assert "'L'" in str(rows)
