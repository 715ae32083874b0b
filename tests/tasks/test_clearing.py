"""SAs are cleared of one peer alone, in the words of the generation, and only those that the device shows with it."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from nr_run.inventory.systems import SYSTEMS
from nr_run.tasks.clear import by_hand, clear_peer

from .scripted import PROMPT, Scripted, connect, credentials

PEER = IPv4Address("198.51.100.1")
NO_IKEV1 = "dst             src             state          conn-id status\r\n"
IKEV1 = f"""{NO_IKEV1}198.51.100.1    192.0.2.1       QM_IDLE           1007 ACTIVE\r
203.0.113.7     192.0.2.1       QM_IDLE           1008 ACTIVE\r
"""
ROWS = "".join(
    "Tunnel-id Local                 Remote                fvrf/ivrf            Status \r\n"
    f"{number}         192.0.2.1/500         {peer}/500      none/none            READY  \r\n"
    "      Encr: AES-CBC, keysize: 256, PRF: SHA256, Hash: SHA256, DH Grp:14, Auth sign: PSK, Auth verify: PSK\r\n"
    "      Life/Active Time: 86400/735 sec\r\n\r\n"
    for number, peer in enumerate(("198.51.100.1", "203.0.113.7", "198.51.100.1"), 1)
)
IKEV2 = f" IPv4 Crypto IKEv2  SA \r\n\r\n{ROWS}"
NO_IKEV2 = "There are no IKEv2 SAs\r\n"
REFUSED = "                            ^\r\n% Invalid input detected at '^' marker.\r\n\r\n"


def typed(tmp_path: Path, ikev1: str, ikev2: str, system: str = "ios-15") -> list[str]:
    """What was typed to clear the SAs of the peer on a device that shows these."""
    answers = {"show crypto isakmp sa": ikev1, "show crypto ikev2 sa": ikev2}

    def script(line: str) -> str | None:
        return f"{line}\r\n{answers[line]}{PROMPT}" if line in answers else None

    with Scripted(script) as box:
        device = connect(box.port, credentials(tmp_path))
        device.dialect = SYSTEMS[system]
        clear_peer(device, PEER)
        device.close()
        return [line for line in box.typed if "crypto" in line]


ASKED = ["clear crypto sa peer 198.51.100.1", "show crypto isakmp sa", "show crypto ikev2 sa"]


@pytest.mark.parametrize(
    ("ikev1", "ikev2", "more"),
    [
        (NO_IKEV1, IKEV2, ["clear crypto ikev2 sa remote 198.51.100.1"]),
        (IKEV1, NO_IKEV2, ["clear crypto isakmp 1007"]),
        (IKEV1, IKEV2, ["clear crypto isakmp 1007", "clear crypto ikev2 sa remote 198.51.100.1"]),
        (NO_IKEV1, NO_IKEV2, []),
        (IKEV1, REFUSED, ["clear crypto isakmp 1007"]),
        (REFUSED, IKEV2, ["clear crypto ikev2 sa remote 198.51.100.1"]),
        (f"{IKEV1}quantum entanglement\r\n", NO_IKEV2, ["clear crypto isakmp 1007"]),
    ],
)
def test_ios(tmp_path: Path, ikev1: str, ikev2: str, more: list[str]) -> None:
    """The child SAs go by address; an IKEv1 SA by its number, those of IKEv2 once by address, and only the peer's.

    Behind an IKE SA the child SAs go once more: it may have brought up new ones in between.
    """
    assert typed(tmp_path, ikev1, ikev2) == [*ASKED, *more, *(ASKED[:1] if more else [])]


def test_release_without_ikev2_is_not_asked(tmp_path: Path) -> None:
    """IOS before 15 does not know IKEv2, so nothing is asked and nothing is cleared of it."""
    assert typed(tmp_path, IKEV1, IKEV2, "ios-12.4") == [*ASKED[:2], "clear crypto isakmp 1007", ASKED[0]]


def test_by_hand() -> None:
    """What a person types names the peer in every line, and clears IKEv2 where the change is about it."""
    ios, asa = SYSTEMS["ios-15"], SYSTEMS["asa-8.4"]
    assert by_hand(ios, [str(PEER)], "set ikev2-profile NR-x") == (
        "clear crypto sa peer 198.51.100.1",
        "clear crypto ikev2 sa remote 198.51.100.1",
    )
    assert by_hand(ios, [str(PEER)], "crypto isakmp policy 10") == ("clear crypto sa peer 198.51.100.1",)
    assert by_hand(asa, [str(PEER)], "crypto map M 10 set ikev2 ipsec-proposal P")[-1] == "clear crypto ikev2 sa 198.51.100.1"
