"""The lines of IKEv2, tunnel interfaces, routes and translation on an ASA: how they are printed, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nr_run.lab.entry import LabHandle

from ..warm import start_lab
from .asa_vpn import End, by_netmiko
from .firewalls import OUTSIDE, config, typed
from .tunnels import eventually

NAMES = ("asa82", "asa91", "asa919", "asa924")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """One ASA of each release."""
    with start_lab(tmp_path_factory.mktemp("config") / "lab", devices={name: name for name in NAMES}, speed=50) as handle:
        yield handle


@pytest.fixture
def asas(shared: LabHandle) -> Iterator[LabHandle]:
    """The ASAs as they were at the start."""
    before = {name: config(shared, name) for name in NAMES}
    yield shared
    for name in NAMES:
        if config(shared, name) != before[name]:
            shared.exec(name, "reload noconfirm")
            eventually(lambda name=name: config(shared, name) == before[name])  # type: ignore[misc]


@pytest.fixture
def one(tmp_path: Path) -> Iterator[LabHandle]:
    """A fresh ASA with 9.19."""
    with start_lab(tmp_path / "lab", devices={"asa919": "asa919"}, speed=50) as handle:
        yield handle


@pytest.mark.parametrize(
    ("device", "printed"),
    [
        ("asa91", [" encryption 3des", " integrity sha", " group 2", " prf sha", " lifetime seconds 86400"]),
        ("asa919", [" encryption aes", " integrity sha", " group 14", " prf sha", " lifetime seconds 86400"]),
        ("asa924", [" encryption aes", " integrity sha", " group 14", " prf sha", " lifetime seconds 86400"]),
    ],
)
def test_a_policy_is_printed_whole(asas: LabHandle, device: str, printed: list[str]) -> None:
    """An IKEv2 policy without a line has the defaults of its release, and every line is shown."""
    assert not typed(asas, device, "crypto ikev2 policy 20")
    assert config(asas, device, "crypto ikev2")[:6] == ["crypto ikev2 policy 20", *printed]


def test_lines_of_several_words_keep_their_order(asas: LabHandle) -> None:
    """What is typed is what is printed, the first is preferred; `no` with other words than all of them is not guessed at."""
    lines = "crypto ikev2 policy 5\nencr aes-256 aes-192\nintegrity sha512 sha256\ngroup 20 19 14\nprf sha512 sha256"
    lines += "\nlifetime sec 3600"
    assert not typed(asas, "asa91", lines)
    whole = config(asas, "asa91", "crypto ikev2")
    assert whole[:6] == [
        "crypto ikev2 policy 5", " encryption aes-256 aes-192", " integrity sha512 sha256", " group 20 19 14",
        " prf sha512 sha256",
        " lifetime seconds 3600",
    ]  # fmt: skip
    (said,) = typed(asas, "asa91", "crypto ikev2 policy 5\nno group 20")
    assert "nr-run lab" in said
    assert config(asas, "asa91", "crypto ikev2") == whole
    assert not typed(asas, "asa91", "crypto ikev2 policy 5\nno group 20 19 14")
    assert " group 2" in config(asas, "asa91", "crypto ikev2")


def test_a_proposal_prints_what_was_typed(asas: LabHandle) -> None:
    """Defaults of a proposal are not printed, and it stands among the transform sets in the order of typing."""
    typed(asas, "asa91", "crypto ipsec ikev2 ipsec-proposal A\nprotocol esp encryption aes-gcm-256 aes-256")
    typed(asas, "asa91", "crypto ipsec ikev2 ipsec-proposal B\ncrypto ipsec ikev1 transform-set T esp-aes esp-sha-hmac")
    typed(asas, "asa91", "crypto ipsec ikev2 ipsec-proposal C")
    assert config(asas, "asa91", "crypto ipsec")[:5] == [
        "crypto ipsec ikev2 ipsec-proposal A",
        " protocol esp encryption aes-gcm-256 aes-256",
        "crypto ipsec ikev2 ipsec-proposal B",
        "crypto ipsec ikev1 transform-set T esp-aes esp-sha-hmac",
        "crypto ipsec ikev2 ipsec-proposal C",
    ]


@pytest.mark.parametrize(("device", "typed_", "printed"), [
    ("asa91", "set pfs group14", "set pfs group14"),
    ("asa91", "set pfs", "set pfs"),
    ("asa919", "set pfs group14", "set pfs"),
    ("asa919", "set pfs group19", "set pfs group19"),
])  # fmt: skip
def test_pfs_is_printed_as_the_release_does(asas: LabHandle, device: str, typed_: str, printed: str) -> None:
    """Group 14 is the bare form from 9.13 on, in a crypto map as in a profile."""
    typed(asas, device, f"crypto map PFS 10 {typed_}")
    assert f"crypto map PFS 10 {printed}" in config(asas, device, "crypto map")
    if device == "asa919":
        typed(asas, device, f"crypto ipsec profile PFS\n{typed_}")
        assert f" {printed}" in config(asas, device, "crypto ipsec")


def test_a_tunnel_is_printed_in_its_order(one: LabHandle) -> None:
    """All of a tunnel interface, its group, policy and routes are in the configuration; keys are stars."""
    by_netmiko(one, "asa919", End("asa919", "asa924", vti=True, policy="ikev2").lines)
    whole = config(one, "asa919")
    at = whole.index("interface Tunnel1")
    assert whole[at : at + 7] == [
        "interface Tunnel1", " nameif vti", " ip address 169.254.10.1 255.255.255.252", " tunnel source interface outside",
        f" tunnel destination {OUTSIDE['asa924']}", " tunnel mode ipsec ipv4", " tunnel protection ipsec profile NR-PROFILE",
    ]  # fmt: skip
    assert "route vti 10.10.124.0 255.255.255.0 169.254.10.2 1" in whole
    assert " ikev2 remote-authentication pre-shared-key *****" in whole
    assert " ikev2 local-authentication pre-shared-key *****" in whole
    assert "Agreed.Key" not in "\n".join(whole)
    assert "Agreed.Key" in one.exec("asa919", "more system:running-config")


REFUSED = [
    ("crypto map M 10 set ikev2 ipsec-proposal NONE", 'ERROR: ipsec-proposal with tag "NONE" does not exist.'),
    ("crypto ipsec profile P\nset ikev2 ipsec-proposal NONE", 'ERROR: ipsec-proposal with tag "NONE" does not exist.'),
    ("crypto ipsec profile P\nset ikev1 transform-set NONE", 'ERROR: transform set with tag "NONE" does not exist.'),
    ("interface Tunnel9\ntunnel protection ipsec profile NONE", "ERROR: ipsec profile NONE does not exist"),
    ("interface Tunnel9\ntunnel source interface nowhere", "Invalid input"),
    ("interface Tunnel9\nsecurity-level 50", "Invalid input"),
    ("no interface Tunnel8", "ERROR: interface Tunnel8 does not exist"),
    ("no crypto ipsec profile NR-PROFILE", "ERROR: ipsec profile NR-PROFILE is in use by interface Tunnel1"),
    ("no crypto ipsec ikev2 ipsec-proposal NR-P", "nr-run lab: ipsec profile NR-PROFILE names ipsec-proposal NR-P"),
    ("no group-policy NR-GP", "ERROR: group-policy NR-GP is in use by tunnel-group"),
    ("no object network L", "ERROR: unable to delete object (L). object is being used."),
    ("no nat (inside,outside) source static L L destination static R R no-proxy-arp", "ERROR: No matching NAT policy found"),
    ("route inside 10.10.124.0 255.255.255.0 10.10.119.9", "ERROR: Cannot add route entry, conflict with existing routes"),
    ("route vti 10.10.124.0 255.255.255.0 169.254.10.2 30", "nr-run lab: route vti 10.10.124.0"),
    ("route outside 10.99.0.0 255.255.255.0 172.18.124.219", "%Invalid next hop address"),
    ("crypto ikev2 policy 10\nencryption 3des", "Invalid input"),
    ("crypto ikev2 policy 10\ngroup 5", "ERROR: % "),
    ("crypto ikev2 policy 10\nintegrity md5", "Invalid input"),
    ("group-policy NR-GP attributes\nvpn-tunnel-protocol ssl-clientless", "Invalid input"),
    ("crypto ipsec profile P\nset ikev2 local-identity address", "is not played here"),
    ("tunnel-group 192.0.2.9 ipsec-attributes", "ERROR: tunnel-group 192.0.2.9 does not exist"),
]


def test_what_cannot_be_done_is_refused_and_changes_nothing(one: LabHandle) -> None:
    """Names that do not exist, things in use, weak algorithms, a conflicting route, a translation that is not there whole."""
    by_netmiko(one, "asa919", End("asa919", "asa924", vti=True, policy="ikev2").lines)
    typed(one, "asa919", "object network L\nhost 10.10.119.9\nobject network R\nhost 10.10.124.9")
    typed(one, "asa919", "interface Tunnel9\ncrypto ipsec profile P")
    typed(one, "asa919", "nat (inside,outside) source static L L destination static R R no-proxy-arp route-lookup")
    before = config(one, "asa919")
    for lines, words in REFUSED:
        said = typed(one, "asa919", lines)
        assert len(said) == 1, (lines, said)
        assert words in said[0], (lines, said)
        assert config(one, "asa919") == before, lines


def test_taking_a_tunnel_away_in_order_leaves_nothing(one: LabHandle) -> None:
    """Interface first, then profile, proposal, group, policy: every line is taken, and the box is as it was."""
    by_netmiko(one, "asa919", "!")  # the client widens the terminal
    before = config(one, "asa919")
    by_netmiko(one, "asa919", End("asa919", "asa924", vti=True, policy="ikev2").lines)
    removal = (
        f"no interface Tunnel1\nno crypto ipsec profile NR-PROFILE\nno crypto ipsec ikev2 ipsec-proposal NR-P\n"
        f"no tunnel-group {OUTSIDE['asa924']}\nno group-policy NR-GP\nno crypto ikev2 enable outside\nno crypto ikev2 policy 10"
    )
    assert not typed(one, "asa919", removal)
    assert config(one, "asa919") == before


def test_a_proposal_takes_the_reference_of_a_map_with_it(one: LabHandle) -> None:
    """The entry is incomplete then, and says so when it is touched; what is taken from it says what it will be."""
    by_netmiko(one, "asa919", End("asa919", "asa924").lines)
    assert not typed(one, "asa919", "no crypto ipsec ikev2 ipsec-proposal NR-P")
    assert not [line for line in config(one, "asa919", "crypto map") if "ipsec-proposal" in line]
    (said,) = typed(one, "asa919", "crypto map NR-MAP 10 set pfs group19")
    assert "WARNING: The crypto map entry is incomplete!" in said
    (said,) = typed(one, "asa919", "no crypto map NR-MAP 10 set pfs group19")
    assert "WARNING: The crypto map entry will be incomplete!" in said


def test_a_name_that_goes_takes_what_names_it(one: LabHandle) -> None:
    """`no nameif` on a tunnel removes its routes and its translations, and nothing of other interfaces."""
    by_netmiko(one, "asa919", End("asa919", "asa924", vti=True).lines)
    typed(one, "asa919", "object network N\nhost 10.10.119.9\nnat (inside,vti) source static N N")
    typed(one, "asa919", "interface Tunnel1\nno nameif")
    left = config(one, "asa919")
    assert not [line for line in left if "vti" in line]
    assert "route outside 0.0.0.0 0.0.0.0 172.18.124.1 1" in left
    assert "crypto ikev2 enable outside" in left


def test_small_settings_have_their_place(asas: LabHandle) -> None:
    """MSS replaces MSS and hides its default; protocols are put in order; the identity hides `auto`; 8.2 has them too."""
    for device in ("asa82", "asa919"):
        assert not typed(asas, device, "sysopt connection tcpmss 1350\nsysopt connection tcpmss 1360")
        assert [line for line in config(asas, device) if "tcpmss" in line] == ["sysopt connection tcpmss 1360"]
        typed(asas, device, "sysopt connection tcpmss 1380\ncrypto isakmp identity auto")
        assert not [line for line in config(asas, device) if "tcpmss" in line or "identity" in line]
        typed(asas, device, "same-security-traffic permit intra-interface\ncrypto isakmp identity address")
        assert "same-security-traffic permit intra-interface" in config(asas, device)
        assert "crypto isakmp identity address" in config(asas, device)
    typed(asas, "asa91", "group-policy G internal\ngroup-policy G attributes\nvpn-tunnel-protocol ikev2 ikev1")
    assert " vpn-tunnel-protocol ikev1 ikev2" in config(asas, "asa91", "group-policy")


def test_two_gateways_over_one_interface_share(one: LabHandle) -> None:
    """Equal routes over one interface stand beside each other; another distance over another interface waits for the first."""
    for words in (
        "route outside 10.77.0.0 255.255.255.0 172.18.124.7",
        "route outside 10.77.0.0 255.255.255.0 172.18.124.8",
        "route inside 10.77.0.0 255.255.255.0 10.10.119.7 10",
        "route Null0 10.78.0.0 255.255.0.0",
    ):
        assert not typed(one, "asa919", words)
    shown = one.exec("asa919", "show route")
    assert shown.count("10.77.0.0 255.255.255.0 [1/0]") == 2
    assert "10.10.119.7" not in shown
    assert "10.78.0.0 255.255.0.0 [1/0] is directly connected, Null0" in shown
    assert not typed(one, "asa919", "no route Null0 10.78.0.0 255.255.0.0 1")
    gone = "no route outside 10.77.0.0 255.255.255.0 172.18.124.7 1"
    assert not typed(one, "asa919", gone)
    assert typed(one, "asa919", gone) == [f"{gone}: %No matching route to delete"]


UNPLAYED = (
    "crypto ikev1 am-disable", "crypto isakmp disconnect-notify", "crypto isakmp nat-traversal 20",
    "crypto engine large-mod-accel",
    "crypto map M 10 set connection-type answer-only", "crypto map M 10 set ikev1 phase1-mode main",
    "crypto ikev2 limit max-sa 100",
    "crypto map M 10 set tfc-packets", "crypto map M 10 set ikev2 mode transport", "crypto ipsec df-bit clear-df outside",
    "route outside 10.0.0.0 255.0.0.0 172.18.124.9 10 track 1", "route outside 10.0.0.0 255.0.0.0 172.18.124.9 tunneled",
    "interface Tunnel1\nip unnumbered inside", "interface Tunnel1\nzone-member Z", "interface Tunnel1\ntunnel mode ipsec ipv6",
    "crypto ipsec profile P\nset reverse-route", "clear configure nat", "show crypto ipsec policy",
)  # fmt: skip


def test_what_is_not_played_is_not_called_invalid(one: LabHandle) -> None:
    """Lines that the release has and the lab does not play are told as a limit of the lab, and nothing of them is stored."""
    typed(one, "asa919", "interface Tunnel1\ncrypto ipsec profile P")
    before = config(one, "asa919")
    for lines in UNPLAYED:
        (said,) = typed(one, "asa919", lines)
        assert "is not played here" in said, (lines, said)
    assert config(one, "asa919") == before


def test_an_object_is_shown_by_its_name(asas: LabHandle) -> None:
    """`show running-config object id X` and `object-group id X` show one of them."""
    typed(asas, "asa91", "object network L\nhost 10.10.91.9\nobject network LL\nhost 10.10.91.8")
    typed(asas, "asa91", "object-group network G\nnetwork-object host 10.10.91.7\nobject-group network GG")
    assert config(asas, "asa91", "object id L") == ["object network L", " host 10.10.91.9"]
    assert config(asas, "asa91", "object-group id G") == ["object-group network G", " network-object host 10.10.91.7"]
