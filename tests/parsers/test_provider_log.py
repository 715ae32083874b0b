"""Logs of cloud providers' gateways: what each of their texts means, since when, and what is said of what cannot be read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.inventory.errors import ParseError
from nr_run.parsers.logs.provider_log import ProviderLog, read_provider_log
from nr_run.parsers.logs.provider_log_words import ALIBABA, ALIBABA_CODES, AWS, MEANINGS, TENCENT

GATEWAY = "203.0.113.4"


def record(detail: str, first: str = "Down", second: str = "Down", time: str = "2026-03-01T10:00:00Z", **more: str) -> str:
    """One record of an AWS tunnel log."""
    made = {
        "VpnLogCreationTimestamp": time,
        "VpnConnectionId": "vpn-1234abcd",
        "TunnelOutsideIPAddress": GATEWAY,
        "TunnelDPDEnabled": "True",
        "TunnelCGWNATTDetectionStatus": "False",
        "TunnelIKEPhase1State": first,
        "TunnelIKEPhase2State": second,
        "VpnLogDetail": detail,
    }
    return json.dumps(made | more)


def meanings(log: ProviderLog) -> list[str]:
    """What its entries mean."""
    return [entry.means for entry in log.entries]


AWS_TEXTS = {
    "Peer is not responsive - Declaring peer dead": "no-answer",
    "AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key": "key",
    "AWS tunnel detected a pre-shared key mismatch with cgw: 192.0.2.9": "key",
    "No Proposal Match Found by AWS": "any-proposal",
    'No Proposal Match Found. Notifying with "No proposal chosen"': "any-proposal",
    "AWS tunnel DPD timed out after 3 retransmits": "no-answer",
    "AWS: Traffic Selector: TS_UNACCEPTABLE: received from responder": "selectors",
    "AWS tunnel is sending AUTHENTICATION_FAILED as the response": "authentication",
    "AWS tunnel Phase 2 was unable to establish while keeping Phase 1": "phase-2",
    "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 192.0.2.9": "no-answer",
}


@pytest.mark.parametrize("text", AWS_TEXTS)
def test_a_text_of_aws_has_its_meaning(text: str) -> None:
    """Each error message of the user guide is read, with time, address and the words of the provider."""
    log = read_provider_log("aws.json", record(text) + "\n")
    (entry,) = log.entries
    assert (log.provider, entry.means, entry.text, entry.address) == ("AWS", AWS_TEXTS[text], text, GATEWAY)
    assert entry.time == "2026-03-01T10:00:00Z"
    assert log.problems == ()


def test_what_is_no_failure_is_no_failure() -> None:
    """A deleted SA, a collision and a rekey say nothing, and both phases established say that it is up."""
    details = ("AWS tunnel received DELETE for IKE_SA from CGW", "AWS tunnel detected a (CHILD_REKEY) collision as CHILD_DELETE")
    quiet = "\n".join(record(detail) for detail in details)
    log = read_provider_log("aws.json", f"{quiet}\n{record('AWS tunnel is sending response', 'Established', 'Established')}")
    assert meanings(log) == ["up"]


FORMS = {
    "one record after the other": lambda one, two: f"{one}\n{two}\n",
    "printed over several lines": lambda one, two: "\n\n".join(json.dumps(json.loads(item), indent=4) for item in (one, two)),
    "a list": lambda one, two: f"[{one}, {two}]",
    "events of CloudWatch": lambda one, two: json.dumps({"events": [{"timestamp": 1, "message": item} for item in (one, two)]}),
    "a time in front of each": lambda one, two: f"2026-03-01T10:00:00 {one}\n2026-03-01T10:00:01 {two}\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_log_reads_alike(form: str) -> None:
    """However the records were saved, the newest first or last, they are read in the order of their times."""
    old = record("No Proposal Match Found by AWS", time="2026-03-01T10:00:00Z")
    new = record("AWS tunnel detected a pre-shared key mismatch with cgw: x", time="2026-03-01T11:00:00Z")
    for pair in ((old, new), (new, old)):
        assert meanings(read_provider_log("aws.json", FORMS[form](*pair))) == ["any-proposal", "key"]


def test_a_failure_before_it_came_up_is_history() -> None:
    """What is older than the last time that both phases stood is no state of now."""
    texts = [record("No Proposal Match Found by AWS", time="2026-03-01T10:00:00Z"),
             record("up", "Established", "Established", time="2026-03-01T11:00:00Z")]  # fmt: skip
    log = read_provider_log("aws.json", "\n".join(texts))
    assert [entry.means for entry in log.now(GATEWAY)] == ["up"]
    texts.append(record("Peer is not responsive - Declaring peer dead", time="2026-03-01T12:00:00Z"))
    log = read_provider_log("aws.json", "\n".join(texts))
    assert [entry.means for entry in log.now(GATEWAY)] == ["no-answer"]


def test_the_other_tunnel_of_the_connection_is_left_out() -> None:
    """Two tunnels make a connection, and a log may hold both."""
    other = record("No Proposal Match Found by AWS", TunnelOutsideIPAddress="203.0.113.9")
    log = read_provider_log("aws.json", f"{other}\n{record('Peer is not responsive - Declaring peer dead')}")
    assert [entry.means for entry in log.about(GATEWAY)] == ["no-answer"]
    assert log.about("198.51.100.1") == ()


def test_the_newer_names_of_the_fields_are_read() -> None:
    """The log of 2025 writes its fields in small letters, and the address in the resource."""
    newer = {
        "resource_id": f"vpn-1234abcd_{GATEWAY}", "event_timestamp": 1762580429641, "type": "TunnelStatus",
        "ike_phase1_state": "Down", "ike_phase2_state": "Down", "details": "No Proposal Match Found by AWS",
    }  # fmt: skip
    (entry,) = read_provider_log("aws.json", json.dumps(newer)).entries
    assert (entry.means, entry.address) == ("any-proposal", GATEWAY)


def test_a_broken_record_is_told_and_the_others_are_read() -> None:
    """A line that was cut is one sentence with its number, and a state that is none is another."""
    text = f'{record("No Proposal Match Found by AWS")}\n{{"VpnLogDetail": "cut\n{record("x", "Establishing")}\n'
    log = read_provider_log("aws.json", text)
    assert meanings(log) == ["any-proposal"]
    assert log.problems == (
        "aws.json, line 2: what begins with a brace here is not whole JSON, and is left out",
        "aws.json, line 3: Establishing is no state of a tunnel of AWS (did you mean established?)",
    )


def diagnosis(code: str, log: str = "") -> str:
    """An answer of DiagnoseVpnConnections."""
    one = {"FailedReasonCode": code, "SourceLog": log, "VpnConnectionId": "vco-1"}
    return json.dumps({"RequestId": "1", "VpnConnections": [one]})


@pytest.mark.parametrize("code", ALIBABA_CODES)
def test_every_code_of_alibaba_is_known(code: str) -> None:
    """Each code is read out of the answer of the API, and as a line of its own; one that says nothing of a cause says nothing."""
    means = [ALIBABA_CODES[code]] if ALIBABA_CODES[code] else []
    assert meanings(read_provider_log("d.json", diagnosis(code))) == means
    if means:
        assert meanings(read_provider_log("d.txt", f"{code}\n")) == means


def test_a_code_that_nobody_knows_is_told_with_the_nearest() -> None:
    """A slip of the pen, or a code of next year, is one sentence and no cause."""
    log = read_provider_log("d.json", diagnosis("PskMissmatch"))
    assert log.entries == ()
    assert log.problems == ("d.json, line 1: PskMissmatch is no code that is known here (did you mean PskMismatch?)",)
    assert read_provider_log("d.txt", "PskMissmatch\n").problems == (
        "d.txt, line 1: PskMissmatch is no code that is known here (did you mean PskMismatch?)",
    )


ALIBABA_LINES = {
    "invalid HASH_V1 payload length, decryption failed?": "key",
    "could not decrypt payloads": "key",
    "received NO_PROPOSAL_CHOSEN notify error": "any-proposal",
    "parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]": "any-proposal",
    "2026-03-01 10:00:00 received KE type 14,expected 2": "ike-proposal",
    "trns_id mismatched: my:7 peer:12": "esp-proposal",
    "pfs group mismatched: my:2 peer:0": "pfs",
    "[IKE] received Notify type TS_UNACCEPTABLE": "selectors",
    "IDir '203.0.113.64' does not match to '198.51.100.32'": "identity",
    "unknown ikev2 peer": "version",
    "long lifetime proposed: my:3600 peer:86400": "lifetime",
    "received unexpecting payload type 130": "nat",
    "[IKE] sending retransmit 1 of request message ID 0, seq 1": "no-answer",
    "phase1 negotiation failed due to time up. 6a1b": "no-answer",
}


@pytest.mark.parametrize("line", ALIBABA_LINES)
def test_a_line_of_alibaba_has_its_meaning(line: str) -> None:
    """Each keyword of the provider's table is read where it stands in a line."""
    log = read_provider_log("log.txt", f"nothing to see\n{line}\n")
    assert [(entry.line, entry.means) for entry in log.entries] == [(2, ALIBABA_LINES[line])]


def test_authentication_failure_alone_proves_nothing() -> None:
    """The words stand under four codes of the provider, so a log with nothing else says nothing."""
    with pytest.raises(ParseError, match=r"has no line that a log of AWS, Alibaba Cloud or Tencent Cloud has"):
        read_provider_log("log.txt", "authentication failure\n")


TENCENT_LINES = {
    "IKE_SA_ESTABLISH_FAIL:Failed to establish IKE SA for the reason of no matching proposal, configured [IKE:a/b/c/d], "
    "received [IKE:a/b/c/e]. ike connection: x, my ip: 203.0.113.4, peer ip: 192.0.2.9.": "ike-proposal",
    "IKE_SA_ESTABLISH_FAIL:Failed to establish IKE SA for the reason of no matching secret. my ip: 203.0.113.4,": "key",
    "IKE_SA_ESTABLISH_FAIL:Failed to establish IKE SA for the reason of peer no response. my ip: 203.0.113.4,": "no-answer",
    "IKE_SA_ESTABLISH_FAIL:Failed to establish IKE SA for the reason of responder no peer config found by ID payload, "
    "received[ID_IPV4_ADDR:192.0.2.9]. my ip: 203.0.113.4,": "identity",
    "IKE_NEGO: received NO_PROPOSAL_CHOSEN error notify my ip: 203.0.113.4": "any-proposal",
    "TANS_IKE_NEGO: invalid HASH_V1 payload length, decryption failed my ip: 203.0.113.4": "key",
}


@pytest.mark.parametrize("line", TENCENT_LINES)
def test_a_line_of_tencent_has_its_meaning(line: str) -> None:
    """Each message of the provider's table is read, with the address of its gateway."""
    log = read_provider_log("t.log", f"2026-03-01 10:00:00 {line}\n")
    (entry,) = log.entries
    assert (log.provider, entry.means, entry.address) == ("Tencent Cloud", TENCENT_LINES[line], GATEWAY)
    assert entry.time == "2026-03-01 10:00:00"


def test_a_file_of_something_else_is_one_sentence() -> None:
    """An empty file, JSON of something else, and a text that no provider writes are refused, each in one sentence."""
    for name, text in {"e": " \n", "j": '{"a": 1}', "t": "hello\nworld\n"}.items():
        with pytest.raises(ParseError) as raised:
            read_provider_log(name, text)
        assert str(raised.value).startswith(f"{name} ")
        assert "\n" not in str(raised.value)


@given(
    st.text(max_size=200) | st.lists(st.sampled_from([record("No Proposal Match Found by AWS"), '{"a"', "[", "}\n"])).map("".join)
)
def test_nothing_is_a_defect_of_the_reader(text: str) -> None:
    """Whatever a file holds, it is read or refused in a sentence."""
    try:
        log = read_provider_log("any", text)
    except ParseError:
        return
    assert all(entry.means in MEANINGS for entry in log.entries)


def test_every_row_has_a_meaning_that_is_known() -> None:
    """The tables hold no word that nobody explains, and every meaning stands in one of them."""
    used = {row.means for rows in (ALIBABA, AWS, TENCENT) for row in rows} | {code for code in ALIBABA_CODES.values() if code}
    assert used == {*MEANINGS}


@pytest.mark.skipif("NR_RUN_SAMPLES" not in os.environ, reason="NR_RUN_SAMPLES names no folder of public samples")
def test_public_samples_are_read() -> None:
    """The lines that the provider publishes for its causes are read, and a log of BGP has nothing of the tunnel."""
    folder = Path(os.environ["NR_RUN_SAMPLES"]) / "log"
    log = read_provider_log("a", (folder / "alibaba_phase1_lines.txt").read_text())
    assert meanings(log) == ["key", "key", "any-proposal", "any-proposal", "identity", "no-answer", "version"]
    log = read_provider_log("b", (folder / "aws_bgp_log_json.txt").read_text())
    assert (log.provider, log.entries, log.problems) == ("AWS", (), ())
