"""What the ASA commands promise beyond their captures: counts that balance, cuts that are noticed, keys that are not kept."""

from __future__ import annotations

import json
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from nr_run.inventory.errors import DeviceRefused, NrRunError, ParseError
from nr_run.parsers import parse
from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.command import find
from nr_run.parsers.fields.convert import plan_of
from nr_run.parsers.fields.export import as_document
from nr_run.parsers.printed.pairs import SESSION_KEYS, Pairs
from nr_run.parsers.printed.unwrap import anchors, unwrap
from nr_run.parsers.records.asa_vpn import AsaIkeSas, VpnSession, VpnTunnel

if TYPE_CHECKING:
    from .conftest import Case


def text_of(cases: tuple[Case, ...], folder: str, stem: str) -> str:
    """The text of one ASA capture."""
    return next(c.text for c in cases if c.os == "asa" and c.path.parent.name == folder and c.path.stem == stem)


def without(text: str, words: str) -> str:
    """The text without its first line that holds `words`."""
    lines = text.split("\n")
    del lines[next(number for number, line in enumerate(lines) if words in line)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("sh cry isa sa", "show crypto isakmp sa"),
        ("show crypto isakmp sa detail", "show crypto isakmp sa"),
        ("show crypto ikev1 sa detail", "show crypto ikev1 sa"),
        ("show crypto ikev2 sa detail", "show crypto ikev2 sa"),
        ("show crypto ipsec sa peer 198.51.100.20 detail", "show crypto ipsec sa"),
        ("show vpn-sessiondb summary", "show vpn-sessiondb"),
        ("show vpn-sessiondb detail l2l filter ipaddress 198.51.100.20", "show vpn-sessiondb detail l2l"),
        ("show vpn-sessiondb svc", "show vpn-sessiondb anyconnect"),
        ("show run all group-policy DfltGrpPolicy", "show running-config group-policy"),
        ("show run tunnel-group VPNPhone", "show running-config tunnel-group"),
        ("show run crypto map", "show running-config crypto"),
        ("show run all ssl", "show running-config ssl"),
        ("packet-tracer input inside icmp 10.1.0.1 8 0 10.3.0.1 detailed", "packet-tracer"),
    ],
)
def test_an_asa_command_is_known_however_it_is_typed(typed: str, name: str) -> None:
    """Old and new words, filters and `detail` lead to the command whose template reads the output."""
    command = find(COMMANDS, "asa", typed)
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize(
    ("folder", "stem", "words"),
    [
        ("show_crypto_isakmp_sa", "a9_12_both_versions", "3   IKE Peer"),
        ("show_crypto_isakmp_sa", "a9_12_both_versions", "Total IKE SA"),
        ("show_crypto_isakmp_sa", "a9_12_both_versions", "ESP spi in/out"),
        ("show_crypto_ikev2_sa", "a9_19_two_vti", "Child sa:"),
        ("show_crypto_ikev2_sa", "a9_19_two_vti", "READY"),
        ("show_crypto_ipsec_sa", "a9_12_map_rekey", "inbound esp sas"),
        ("show_crypto_ipsec_sa", "a9_12_map_rekey", "spi: 0x"),
        ("show_crypto_ipsec_sa", "a9_12_map_rekey", "sa timing"),
        ("show_crypto_ipsec_sa", "a9_12_map_rekey", "Crypto map tag"),
        ("show_vpn_sessiondb", "a9_6_summary", "DTLS-Tunnel"),
        ("show_vpn_sessiondb_detail_l2l", "a9_12_ikev2_two_children", "IKEv2:"),
        ("show_vpn_sessiondb_detail_l2l", "a9_12_ikev2_two_children", "12.3"),
        ("show_vpn_sessiondb_anyconnect", "a9_parent_only", "Audt Sess ID"),
        ("show_version", "asa5520_9.1_phone_disabled", "has not been modified"),
        ("show_ssl", "a9_16", "Certificate authentication"),
        ("show_track", "a8_down", "return code"),
        ("show_bgp_neighbors", "a9_19_established", "Connections established"),
        ("show_route", "a9_19_bgp_over_tunnels", "Gateway of last resort"),
        ("packet_tracer", "a9_into_the_tunnel", "Phase: 3"),
        ("packet_tracer", "a9_16_no_tunnel", "Drop-reason"),
        ("show_running_config_crypto", "a9_19_vti", "quit"),
        ("show_running_config_crypto", "a9_19_vti", " group 14"),
    ],
)
def test_a_line_that_counts_is_missed(cases: tuple[Case, ...], folder: str, stem: str, words: str) -> None:
    """Take one line away, and a count no longer balances or a record is no longer whole."""
    text = text_of(cases, folder, stem)
    case = next(c for c in cases if c.os == "asa" and c.path.parent.name == folder and c.path.stem == stem)
    assert parse("asa", case.command, text).complete
    try:
        parsed = parse("asa", case.command, without(text, words))
    except NrRunError:
        return
    assert not parsed.complete


@pytest.mark.parametrize(
    ("folder", "stem", "last"),
    [
        ("show_crypto_ipsec_sa", "a9_19_vti_ipv6_gcm_detail", 57),
        ("show_crypto_ipsec_sa", "a8_0_peer_one_way", 38),
        ("show_version", "asav_9.19", 51),
        ("show_vpn_sessiondb_detail_l2l", "a8_4_default_group_one_way", 36),
        ("show_vpn_sessiondb_anyconnect", "a9_phone_with_dtls", 17),
        ("show_vpn_sessiondb", "a9_6_summary", 31),
        ("packet_tracer", "a9_16_no_tunnel", 29),
        ("show_bgp_neighbors", "a9_19_established", 47),
    ],
)
def test_an_asa_output_that_ends_early_never_passes(cases: tuple[Case, ...], folder: str, stem: str, last: int) -> None:
    """Cut above its `last` line, an output is unverified or refused, wherever the cut is."""
    case = next(c for c in cases if c.os == "asa" and c.path.parent.name == folder and c.path.stem == stem)
    lines = case.text.split("\n")
    for stop in range(1, last):
        if not lines[stop].strip() and stop + 1 >= last:
            continue
        try:
            assert not parse("asa", case.command, "\n".join(lines[:stop])).complete, f"cut below {lines[stop - 1]!r}"
        except NrRunError:
            continue


def test_a_refusal_of_an_asa_is_an_error() -> None:
    """`ERROR:` says nothing about tunnels, whatever stands above the caret."""
    for reply in (
        "ERROR: % Invalid input detected at '^' marker.\n",
        "fw1# show crypto ikev2 sa\n               ^\nERROR: % Invalid input detected at '^' marker.\nfw1# \n",
        "ERROR: % Incomplete command\n",
    ):
        with pytest.raises(DeviceRefused):
            parse("asa", "show crypto ikev2 sa", reply)


def test_both_versions_are_told_apart() -> None:
    """IKEv1 and IKEv2 differ in one digit: `show crypto isakmp sa` says which version it knows nothing of."""
    none = parse("asa", "show crypto isakmp sa", "\nThere are no IKEv1 SAs\n\nThere are no IKEv2 SAs\n")
    assert (none.complete, none.state) == (True, AsaIkeSas(ikev1=(), ikev2=()))
    old = parse("asa", "show crypto isakmp sa", "There are no isakmp sas\n")
    assert (old.complete, old.state) == (True, AsaIkeSas(ikev1=(), ikev2=None))
    half = parse("asa", "show crypto isakmp sa", "There are no IKEv2 SAs\n")
    assert half.state == AsaIkeSas(ikev1=None, ikev2=())
    assert not parse("asa", "show crypto isakmp sa", "IKEv1 SAs:\n\nThere are no IKEv2 SAs\n").complete


def test_a_rekey_counts_twice() -> None:
    """One active and one rekeying SA make a total of two, and two blocks."""
    head = "   Active SA: 1\n    Rekey SA: 1 (A tunnel will report 1 Active and 1 Rekey SA during rekey)\nTotal IKE SA: 2\n\n"
    block = "{}   IKE Peer: 192.0.2.1\n    Type    : L2L   Role    : initiator\n    Rekey   : {}   State   : MM_ACTIVE\n"
    both = parse("asa", "show crypto ikev1 sa", head + block.format(1, "no") + block.format(2, "yes"))
    assert (both.complete, [sa.rekey for sa in both.state]) == (True, [False, True])
    assert not parse("asa", "show crypto ikev1 sa", head + block.format(1, "no")).complete


def test_no_key_of_a_configuration_is_kept() -> None:
    """`more system:running-config` prints keys in clear: they are in no field, no problem and no exception."""
    secret = "C0rrect-Horse"
    text = (
        "tunnel-group 192.0.2.1 type ipsec-l2l\ntunnel-group 192.0.2.1 ipsec-attributes\n"
        f" ikev1 pre-shared-key {secret}\n ikev2 remote-authentication pre-shared-key 8 {secret}\n pre-shared-key {secret}\n"
    )
    parsed = parse("asa", "show running-config tunnel-group", text)
    assert parsed.complete
    assert parsed.state[0].keys == ("ikev1 pre-shared-key", "ikev2 remote-authentication pre-shared-key", "pre-shared-key")
    policy = parse(
        "asa",
        "show running-config group-policy",
        f"group-policy X external server-group RAD password {secret}\n"
        f"group-policy Y internal\ngroup-policy Y attributes\n webvpn\n  storage-key value {secret}\n",
    )
    assert policy.complete
    crypto = parse("asa", "show running-config crypto", f"crypto map m 1 set ikev2 pre-shared-key {secret}\n")
    assert crypto.complete
    assert [(item.name, item.secret) for item in crypto.state.map_entries[0].attributes] == [("set ikev2 pre-shared-key", True)]
    for document in (as_document(parsed), as_document(policy), as_document(crypto)):
        assert secret not in json.dumps(document)
    assert secret not in repr((parsed, policy, crypto))


def test_an_inherited_attribute_is_not_an_attribute(cases: tuple[Case, ...]) -> None:
    """A policy prints what it sets itself; `none` is a value, and nothing printed means that it is inherited."""
    text = text_of(cases, "show_running_config_group_policy", "a9_inherited_filter")
    policies = {policy.name: policy for policy in parse("asa", "show running-config group-policy", text).state}
    default, phone = policies["DfltGrpPolicy"], policies["GroupPolicy_VPNPhone"]
    assert (default.name, default.kind, default.value("vpn-filter")) == ("DfltGrpPolicy", None, "NO-TRAFFIC")
    assert (phone.kind, phone.value("wins-server"), phone.value("vpn-filter")) == ("internal", "none", None)


def test_a_name_stands_for_an_address() -> None:
    """With `names` an ASA prints the name of an address: it stays text, and the rest is read."""
    text = "Codes: C - connected, S - static\nGateway of last resort is not set\n\n"
    text += "S    branch-lan 255.255.255.0 [1/0] via gw-outside, outside\n"
    (route,) = parse("asa", "show route", text).state
    assert (route.prefix, route.next_hops[0].gateway) == ("branch-lan 255.255.255.0", "gw-outside")


def test_pairs_are_found_wherever_they_stand() -> None:
    """Which keys share a line depends on the release; a key that no table knows is named, not taken for a value."""
    pairs = Pairs()
    pairs.add("Encryption   : AnyConnect-Parent: (1)none  SSL-Tunnel: (1)AES128  Hashing      : SHA1")
    pairs.add("Bytes Tx     : 10                     Speed        : 7")
    pairs.add("Bytes Tx     : 11")
    assert pairs.values["encryption_text"] == "AnyConnect-Parent: (1)none  SSL-Tunnel: (1)AES128"
    assert pairs.values["integrity_text"] == "SHA1"
    assert (pairs.strangers, pairs.twice) == (["Speed"], ["Bytes Tx"])


def test_every_key_of_a_session_has_a_field() -> None:
    """A key of the table leads to a field of the session or of its tunnels, or says that it is not kept."""
    sources = set(plan_of(VpnSession).by_source) | set(plan_of(VpnTunnel).by_source)
    assert {name for name in SESSION_KEYS.values() if name} - sources == {"nac_result"}


def test_the_templates_of_the_sessions_know_the_keys_of_the_table(cases: tuple[Case, ...]) -> None:
    """Each key of the table is read by each of the four templates of the session database."""
    for command in ("l2l", "detail l2l", "anyconnect", "webvpn"):
        for key in SESSION_KEYS.keys() - {"Username", "Connection", "Index"}:
            text = f"Session Type: X\n\nUsername     : a         Index        : 1\n{key:13}: 1\n"
            problems = parse("asa", f"show vpn-sessiondb {command}", text).problems if key != "Duration" else ()
            assert all("no rule of the template" not in problem.why for problem in problems), key


def test_flows_of_a_peer_have_its_address_in_place_of_the_interface(cases: tuple[Case, ...]) -> None:
    """`show crypto ipsec sa peer X` prints `peer address:`, not `interface:`, above its flows (ASA 8.0 on)."""
    (flow,) = parse(
        "asa", "show crypto ipsec sa peer 198.51.100.20", text_of(cases, "show_crypto_ipsec_sa", "a8_0_peer_one_way")
    ).state
    assert (flow.interface, flow.peer) == (None, ip_address("198.51.100.20"))
    assert flow.access_list == "101 permit ip 10.10.10.0 255.255.255.0 10.20.20.0 255.255.255.0"


def test_an_unfinished_trace_is_not_an_answer() -> None:
    """Without its result a packet-tracer says nothing about the packet."""
    with pytest.raises(ParseError):
        parse("asa", "packet-tracer", "Phase: 1\nType: VPN\nSubtype: encrypt\nResult: ALLOW\nConfig:\nAdditional Information:\n")


def hard_wrapped(text: str, width: int = 80) -> str:
    """The text as a terminal of `width` columns breaks it, in the middle of a word too."""
    return "\n".join(line[at : at + width] for line in text.split("\n") for at in range(0, max(len(line), 1), width))


FREE_TEXT = {"packet_tracer", "show_reload"}


def test_an_asa_capture_reads_the_same_from_a_terminal_of_80_columns(cases: tuple[Case, ...]) -> None:
    """An ASA breaks its output at 80 columns unless it is told otherwise: state and verdict stay.

    Where a line ends in free text or a name, its rest could be anything: then the result is unverified, never wrong.
    """
    for case in (case for case in cases if case.os == "asa"):
        plain, broken = (parse("asa", case.command, text) for text in (case.text, hard_wrapped(case.text)))
        if case.path.parent.name in FREE_TEXT or case.path.stem == "a9_client_with_name":
            assert not broken.complete or broken.state == plain.state, case.name
        else:
            assert (broken.state, broken.complete) == (plain.state, plain.complete), case.name


def test_the_rest_of_a_broken_line_is_put_behind_it() -> None:
    """The first piece of a broken line may pass for a whole line; its rest goes behind it, a syslog line does not."""
    piece = "access-list NR-BRANCH extended permit ip 10.1.0.0 255.255.255.0 10.3.0.0 255.255.2".rjust(80)[-80:]
    text = f"\ninterface: outside\n{piece}\n55.0\n"
    found = anchors(text, [text.index("\n55.0")])
    assert unwrap(text, found) == text.replace("\n55.0\n", "55.0\n\n")
    for log in ("%ASA-6-302013: Built outbound TCP connection", "Nov 21 2026 12:00:00: %ASA-5-111008: User", "--More--"):
        assert not anchors(text.replace("55.0\n", log + "\n"), [text.index("\n55.0")])
    wide = text + "x" * 100 + "\n"
    assert not anchors(wide, [wide.index("\n55.0")])
    assert not anchors(text.replace(piece, piece[8:]), [text.index("\n55.0") - 8])


def test_free_text_is_no_judge_of_what_belongs_behind_it() -> None:
    """A line that would take any word behind it leaves a doubt: the unknown line below it stays a problem."""
    stamp = "Compiled on Mon 28-Nov-22 16:31 GMT by builders".ljust(79, "x")
    text = f"Cisco Adaptive Security Appliance Software Version 9.19(1)\n{stamp}\nrest\nfw1 up 1 day 2 hours\n"
    parsed = parse("asa", "show version", text)
    assert [problem.text for problem in parsed.problems if "no rule" in problem.why] == ["rest"]


def test_the_pager_of_an_asa_is_wiped_as_the_terminal_wipes_it(cases: tuple[Case, ...]) -> None:
    """`<--- More --->` is written over with blanks; without that the text was cut by hand, and it is a stranger."""
    text = text_of(cases, "show_crypto_ipsec_sa", "a9_12_map_rekey")
    command = "show crypto ipsec sa"
    plain = parse("asa", command, text)
    paged = text.replace("      #pkts decaps", "<--- More --->\r              \r      #pkts decaps", 1)
    assert (parse("asa", command, paged).complete, parse("asa", command, paged).state) == (True, plain.state)
    assert not parse("asa", command, text.replace("      #pkts decaps", "<--- More --->\n      #pkts decaps", 1)).complete
