"""What a device prints whenever it likes is known by its structure, and what only looks like it stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.lab.core.access.logforms import FORMS, Moment, message
from nr_run.tasks.sessions.messages import cleaned, may_stand, standing
from nr_run.tasks.sessions.transcript import Prompts, parts_of

#: One line each: stamps, counters, names, zones, uptimes, classes, standards; and words of other parts of a device.
LINES = (
    "%SYS-5-CONFIG_I: Configured from console by cisco on vty0 (10.10.10.9)",
    "*Mar  1 00:10:11.123: %LINK-3-UPDOWN: Interface Ethernet0/1, changed state to up",
    ".Mar  1 2002 00:10:11: %CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 192.0.2.1 failed its sanity check",
    "Nov 21 12:00:00.001 CET: %CRYPTO-6-IKMP_MODE_FAILURE: Processing of Quick mode failed with peer at 192.0.2.1",
    "1d02h: %SYS-5-RELOAD: Reload requested",
    "00:03:57: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON",
    "2y10w: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet0/0, changed state to down",
    "000123: *Nov 23 22:23:27.833: %SYS-5-CONFIG_I: Configured from console by console",
    "421370: 421366: Nov 23 22:23:27: %SYS-6-LOGGINGHOST_STARTSTOP: Logging to host 192.0.2.9 started",
    "179767: edge-1: Nov 23 22:23:27.833 NewYork: %SYS-5-CONFIG_I: Configured from console by console",
    "edge-1: %SYS-5-CONFIG_I: Configured from console by console",
    "Nov 23 22:23:27.833 Central: %SYS-5-CONFIG_I: Configured from console by console",
    "Nov 23 22:23:27.833 Z: %SYS-5-CONFIG_I: Configured from console by console",
    "Nov 23 22:23:27.833 cet: %SYS-5-CONFIG_I: Configured from console by console",
    "Nov 23 22:23:27.833 GMT+1: %SYS-5-CONFIG_I: Configured from console by console",
    "Nov 23 10:23:27.833 PM UTC+01:00: %SYS-5-CONFIG_I: Configured from console by console",
    "%CRYPTO-SW1_SP-5-SOMETHING: a facility with a place in it",
    "%IOSXE-4-PLATFORM: R0/0: kernel: something",
    "*Nov 23 22:23:27.833: ISAKMP:(0): processing SA payload. message ID = 0",
    "Nov 23 22:23:27.833 CET: IPSEC(key_engine): got a queue event with 1 KMI message(s)",
    "1d02h: ISAKMP (0:1): beginning Main Mode exchange",
    "Rollback:Acquired Configuration lock.",
    "%ASA-6-302013: Built outbound TCP connection 5 for outside",
    "%ASA-session-6-302013: Built outbound TCP connection 5 for outside",
    "%ASA-vpn-3-713902: Group = 192.0.2.1, IP = 192.0.2.1, Removing peer from peer table failed, no match!",
    "Nov 29 2026 12:00:00 fw-1 : %ASA-6-302013: Built outbound TCP connection 5 for outside",
    "<166>2018-06-27T12:17:46Z fw-1 : %ASA-6-110002: Failed to locate egress interface",
    "<166>1 2026-11-29T12:00:00.123+01:00 fw-1 : %ASA-6-110002: Failed to locate egress interface",
    "SECURITY WARNING - Module: AAA, Command: enable password *, Reason: weak, Remediation: type 9",
    "INSECURE DYNAMIC WARNING - Module: SNMP, Reason: no encryption, Remediation: version 3",
)
#: Several lines each.
BLOCKS = (
    "*Mar  1 00:00:12.345: %CRYPTO-4-RECVD_PKT_NOT_IPSEC: Rec'd packet not an IPSEC packet.\n"
    "\t(ip) vrf/dest_addr= /192.0.2.1, src_addr= 192.0.2.2, prot= 1\n",
    "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for\n"
    "        destaddr=192.0.2.1, prot=50, spi=0xBD5C0A(12409866), srcaddr=192.0.2.2\n",
    "*Mar  1 00:00:12.345: %SYS-3-CPUHOG: Task ran for 2048 msec (3/2), process = IP Input\n"
    '-Traceback= 60A3B5C4 60A3B5C5\n60A3B5C6 60A3B5C7\n-Process= "IP Input", ipl= 0, pid= 45\n',
    "*Mar  1 00:00:12.345: %SYS-5-RESTART: System restarted --\nCisco Internetwork Operating System Software \n"
    "IOS (tm) C2600 Software (C2600-IK9O3S3-M), Version 12.2(8)T\nCopyright (c) 2002\nCompiled Fri 21-Jun-02 08:50 by ccai\n",
    "\n\n\n\x07***\n*** --- SHUTDOWN in 0:01:00 ---\n***\n\n",
    "\n\n\n\x07***\n*** --- SHUTDOWN ABORTED ---\n***\n",
    "\n\n\x07***\n***\n*** Message from tty2 to all terminals:\n***\nI am working on hub2, hands off\n\n",
    "Rollback Confirmed Change: Rollback will begin in one minute.\n"
    'Enter "configure confirm" if you wish to keep what you have configured\n',
    "\n\n\nvpn2611 con0 is now available\n\n\n\nPress RETURN to get started.\n\n\n",
)
MESSAGES = (*(f"{line}\n" for line in LINES), *BLOCKS)
#: Answers and configuration that begin or go on as a message does, and are none.
STAY = (
    "% Invalid input detected at '^' marker.",
    "%Error opening flash:x (No such file or directory)",
    "%Warning:There is a file already existing with this name ",
    "%CRYPTO: no such thing",
    "% NOTE: This new crypto map will remain disabled until a peer",
    "*12:00:00.123 UTC Mon Mar 1 1993",
    "! Last configuration change at 12:00:00 UTC Mon Mar 1 1993",
    " description up since *Mar 1 00:10:11.123: %LINK-3-UPDOWN: of the neighbour",
    " description see %SYS-5-CONFIG_I: in the log",
    "Nov 23 22:23:27.833 is when it was seen",
    "logging host 192.0.2.9",
    "00:00:10: up",
    "12: 13: 14",
    "      in use settings ={Tunnel, }",
    "    spi: 0xBD5C0A(12409866)",
    "WARNING: The crypto map entry is incomplete!",
    "***",
    "WARNING - Module: of no security",
)
PROMPT = "vpn2611#"


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_between_two_lines(message: str) -> None:
    """A message is taken out, is recorded, and the line behind it is not glued to the one before."""
    found = cleaned(f"first line\n{message}second line\n")
    assert found.text == "first line\nsecond line\n"
    assert found.messages == (message.strip("\n\x07"),)


@pytest.mark.parametrize("line", STAY)
def test_what_only_looks_like_a_message_stays(line: str) -> None:
    """A line of an answer or a configuration is not taken out because it resembles a message."""
    text = f"first line\n{line}\nsecond line\n"
    assert cleaned(text).text == text
    assert not cleaned(text).messages


CERTIFICATE = " certificate self-signed 01\n  30820301 30820201 02020101 300D0609\n  2A864886 F70D0101 04050030\n  quit\n"


@pytest.mark.parametrize("message", MESSAGES)
def test_no_line_of_an_answer_goes_with_a_message(message: str) -> None:
    """Rows of a certificate, and the lines behind a message of another user that has no end, are not taken for parts of it."""
    assert cleaned(f"{message}{CERTIFICATE}").text == CERTIFICATE
    endless = "\x07***\n*** Message from tty2 to all terminals:\n***\n"
    lines = "".join(f"line {number}\n" for number in range(9))
    assert cleaned(f"{endless}{lines}\nend\n").text == f"{lines}\nend\n"


@pytest.mark.parametrize("line", LINES)
def test_the_text_of_a_banner_stays(line: str) -> None:
    """A banner of the configuration keeps its text, whatever it imitates; what comes behind it is a message again."""
    banner = f"banner motd ^C\n{line}\n^C\n!\n"
    assert cleaned(f"{banner}{line}\nend\n").text == f"{banner}end\n"
    short = "banner exec ^Cno access^C\n!\n"
    assert cleaned(f"{short}{line}\n{banner}{line}\nend\n").text == f"{short}{banner}end\n"


def test_what_a_person_has_to_hear_of() -> None:
    """Security warnings, and a cipher that the hardware cannot do, are told; an ordinary log line is not."""
    cipher = "*Mar 11 00:10:11.123: %CRYPTO-4-ENC_METHOD_NOT_SUPPORTED: Invalid encryption method for IKE policy 10"
    told = (LINES[-1], cipher, "%SYS-4-INSECURE_CONFIG: something")
    assert cleaned("".join(f"{line}\n" for line in (*LINES[:3], *told))).warnings == told


@pytest.mark.parametrize("message", [message for message in MESSAGES if "\x07" not in message and "now available" not in message])
def test_what_stands_behind_a_message_is_known(message: str) -> None:
    """A message behind a prompt or a question does not hide it, and half a message is no question."""
    assert standing(f"answer\n{PROMPT}\n{message}") == PROMPT
    assert standing(f"answer\nProtocol [ip]: \n{message}") == "Protocol [ip]: "
    if message.startswith("Rollback"):  # it comes on the very line of the prompt
        assert standing(f"answer\n{PROMPT}{message}") == PROMPT
    half = message[: message.rindex(": ") + 2] if ": %" in message else ""
    assert standing(f"{PROMPT}\n{half}") in ("", PROMPT)


_WORD = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8)
_ANSWER = st.lists(st.one_of(_WORD, st.sampled_from(STAY), st.lists(_WORD, min_size=2, max_size=4).map(" ".join)), max_size=5)
_TYPED = st.lists(st.lists(_WORD, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=4)


@given(st.data(), _TYPED)
def test_a_transcript_reads_as_without_messages(data: st.DataObject, typed: list[str]) -> None:
    """Whatever messages come between the lines of an answer and in the middle of echoes, each line has the answer that it has
    without them."""
    plain, disturbed = "", ""
    for number, line in enumerate(typed):
        answer = data.draw(_ANSWER)
        messages = [data.draw(st.one_of(st.just(""), st.sampled_from(MESSAGES))) for _ in range(len(answer) + 1)]
        cut = data.draw(st.integers(0, len(line)))
        middle = data.draw(st.one_of(st.just(""), st.sampled_from(LINES).map(lambda words: f"\n{words}\n")))
        prompt = PROMPT if number else ""
        plain += f"{prompt}{line}\n" + "".join(f"{words}\n" for words in answer)
        disturbed += f"{prompt}{line[:cut]}{middle}{line[cut:]}\n{messages[0]}"
        disturbed += "".join(f"{words}\n{message}" for words, message in zip(answer, messages[1:], strict=True))
    wanted, got = (parts_of(f"{text}{PROMPT}", typed, Prompts(PROMPT)) for text in (plain, disturbed))
    assert not isinstance(wanted, int)
    assert not isinstance(got, int)
    assert [cleaned(part.text).text.strip("\n") for part in got] == [part.text.strip("\n") for part in wanted]


@given(
    st.sampled_from((PROMPT, "vpn2611(config-if)# ", "Protocol [ip]: ", "[confirm]", "Save? [yes/no]: ", " --More-- ")), st.data()
)
def test_the_cheap_look_misses_nothing(last: str, data: st.DataObject) -> None:
    """Wherever a prompt, a question or a pager stands, with messages behind it too, the look at each packet sees that it may."""
    message = data.draw(st.one_of(st.just(""), st.sampled_from(MESSAGES).map(lambda words: f"\n{words}")))
    behind = data.draw(st.sampled_from(("", "\x07", "\x1b[K", "\x1b[0m ")))
    text = f"some answer\n{last}{behind}{message}"
    assert standing(text).strip() != last.strip() or may_stand(text)
    assert message or may_stand(text)


@pytest.mark.parametrize("asa", [False, True], ids=["router", "asa"])
@pytest.mark.parametrize("form", sorted(FORMS))
def test_each_form_that_the_lab_plays_is_known(form: str, asa: bool) -> None:
    """Behind a prompt the prompt stands, and between two lines of an answer nothing stays."""
    for number in range(40):
        at = Moment(datetime(2024, 11, 1 + number % 30, 9, 21, 56, tzinfo=UTC), 3600 * number * 9, number, "r1", asa)
        text = "\n".join(message(form, at)) + "\n"
        assert standing(f"\nr1#\n{text}") == "r1#", text
        assert may_stand(f"\nr1#\n{text}"), text
        assert cleaned(f"one\n{text}two\n").text.replace("\n\n", "\n") == "one\ntwo\n", text


def test_the_command_of_a_warning_comes_last() -> None:
    """What stands behind a word for a secret is hidden, so reason and remedy stand before it; the device's own star goes."""
    line = "SECURITY WARNING - Module: CRYPTO, Command: pre-shared-key *, Reason: weak, Remediation: type 6\n"
    (told,) = cleaned(line).warnings
    assert told == "SECURITY WARNING - Module: CRYPTO, Reason: weak, Remediation: type 6, Command: pre-shared-key"
