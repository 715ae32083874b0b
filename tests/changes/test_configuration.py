"""What counts as a configuration: whole texts of every form that devices show, and no others."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.changes.configurations.configuration import Configuration, counts
from nr_run.inventory.errors import Exit, NotKnown

IOS_BODY = """\
!
! Last configuration change at 10:11:12 UTC Tue Nov 10 2015 by netops
!
version 15.4
service timestamps log datetime msec
!
hostname r1
!
banner motd ^C
end
% Authorization failed.
Command authorization failed.
^C
banner exec # one line #
!
interface GigabitEthernet0
 description end
 ip address 192.0.2.1 255.255.255.0
!
line vty 0 4
 login local
!
end
"""
RUNNING = f"Building configuration...\n\nCurrent configuration : {len(IOS_BODY.replace('^C', 'C')) + 1} bytes\n{IOS_BODY}"
ASA = """\
: Saved

:\x20
: Serial Number: 9A0000001
:
ASA Version 9.19(1)\x20
!
hostname fw1
banner motd end
interface GigabitEthernet0/0
 nameif outside
!
Cryptochecksum:4d430043d6c83e86621ce3dfcd0a7aed
: end
"""
SHOW, SAVED, MORE = "show running-config", "show startup-config", "more system:running-config"
WHOLE = {
    "ios": ("ios", SHOW, RUNNING),
    "ios without a size, as 11.x and part of 12.2": (
        "ios",
        SHOW,
        f"Building configuration...\n\nCurrent configuration:\n{IOS_BODY}",
    ),
    "ios below a time stamp": (
        "ios",
        SHOW,
        "Load for five secs: 1%/0%; one minute: 2%; five minutes: 2%\n"
        f"Time source is NTP, 10:11:12 UTC Tue Nov 10 2015\n{RUNNING}",
    ),
    "ios startup": ("ios", SAVED, f"Using {len(IOS_BODY)} out of 262136 bytes\n{IOS_BODY}"),
    "ios compressed": (
        "ios",
        SAVED,
        "Using 200 out of 262136 bytes, uncompressed size = 900 bytes\n"
        f"Uncompressed configuration from 200 bytes to 900 bytes\n{IOS_BODY}",
    ),
    "ios with a line before its version": ("ios", SHOW, RUNNING.replace("version 15.4", "upgrade fpd auto\nversion 15.4")),
    "a file in flash": ("ios", "more flash:nr-1.cfg", IOS_BODY),
    "asa": ("asa", MORE, ASA),
    "asa without the first line": ("asa", SHOW, ASA.removeprefix(": Saved\n\n")),
    "asa startup": (
        "asa",
        SAVED,
        ASA.replace(
            ": Saved\n",
            ": Saved\n: Written by enable_15 at 10:11:12.345 UTC Tue Nov 10 2015\n: Call-home enabled from prompt by enable_15\n",
        ),
    ),
    "asa with its sum in front": ("asa", MORE, f"Cryptochecksum: 4d430043 d6c83e86 621ce3df cd0a7aed\n{ASA}"),
}
REFUSALS = (
    "Command authorization failed.",
    "% Authorization failed.",
    "Command authorization failed",
    "ERROR: Command authorization failed",
    "        ^\n% Invalid input detected at '^' marker.",
    "        ^\nERROR: % Invalid input detected at '^' marker.",
    "% Low on memory; try again later",
    "Unable to get configuration. Try again later.",
    "Non-Volatile memory is in use",
    "startup-config file open failed (Device or resource busy)",
    "%Error opening nvram:/startup-config (Device or resource busy)",
    'Line has invalid autocommand "menu"',
    "% Configuration buffer full, can't add command: interface",
    '% Unknown protocol - "show running-config", type "ping ?" for help',
)


@pytest.mark.parametrize("form", WHOLE)
def test_whole_configurations_are_taken(form: str) -> None:
    """Every form in which devices show a configuration is one, with its lines as a tree and the device's name among them."""
    os, command, text = WHOLE[form]
    found = Configuration("r1", os, command, text)
    assert not found.empty
    assert any(node.line.startswith("hostname ") for node in found.nodes)
    assert found.equals(Configuration("r1", os, SHOW, text))


@pytest.mark.parametrize("form", WHOLE)
def test_what_stands_around_a_configuration_is_no_part_of_it(form: str) -> None:
    """In every form that a device shows, running and startup configuration of one device are one: heads say nothing about it."""
    os, command, text = WHOLE[form]
    plain = text[text.index("version 15.4" if os == "ios" else "ASA Version") :]
    found = Configuration("r1", os, command, text)
    assert found.difference(Configuration("r1", os, command, plain)) in ("", "+ upgrade fpd auto", "- upgrade fpd auto")


@pytest.mark.parametrize(
    "text",
    [
        "line con 0\n vacant-message ^C\n% In use\nend\n^C",
        "line con 0\n refuse-message ^CCommand authorization failed.\n^C",
        "banner login \x03\n% Authorization failed.\nno access \x03",
        "banner login #\n% Authorization failed.\nno access #",
        "macro name ports\nend\n% no ports\n@",
        "banner motd Zno accessZ",
    ],
)
def test_no_words_of_a_text_speak_for_the_device(text: str) -> None:
    """Whatever stands in a text for people, of any command and however it ends, is neither a refusal nor the end."""
    Configuration("r1", "ios", SHOW, RUNNING.replace("line vty", f"{text}\nline vty"))
    for number in range(1, text.count("\n")):
        cut = RUNNING.partition("line vty")[0] + "\n".join(text.split("\n")[:-number])
        with pytest.raises(NotKnown):
            Configuration("r1", "ios", SHOW, cut)


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_no_part_of_one_is_one(form: str, data: st.DataObject) -> None:
    """Wherever a text breaks off, also behind a line "end" of a banner, it is no configuration; nor is one without its head."""
    os, command, text = WHOLE[form]
    whole = text.rstrip()
    kept = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(NotKnown, match=r"^r1: .* is not known$"):
        Configuration("r1", os, command, whole[:kept])


@pytest.mark.parametrize("words", REFUSALS)
@pytest.mark.parametrize("form", ["ios", "asa"])
def test_a_refusal_is_none_in_any_place(form: str, words: str) -> None:
    """Alone, before, behind and in the middle of a configuration: it is none, and the device's own words are told."""
    os, command, text = WHOLE[form]
    lines = text.splitlines()
    middle = "\n".join([*lines[:8], words, *lines[8:]])
    for shown in (words, f"{words}\n{text}", middle, f"{text}{words}\n"):
        with pytest.raises(NotKnown) as refused:
            Configuration("r1", os, command, shown)
        assert words.strip(" ^\n").split("\n")[-1] in str(refused.value)
        assert refused.value.exit_code is Exit.UNREACHABLE


@pytest.mark.parametrize("line", [r"version .*", r"hostname .*", r"line vty .*\n(?: .*\n)*", r"ASA Version.*", r"hostname fw1"])
def test_what_every_configuration_has(line: str) -> None:
    """Without its version, its host name, or the lines that a view leaves out, a text that ends well is none."""
    os, command, text = WHOLE["asa" if "ASA" in line or "fw1" in line else "ios"]
    left = re.sub(rf"(?m)^{line}\n?", "", text)
    assert left != text
    with pytest.raises(NotKnown, match="shows no"):
        Configuration("r1", os, command, left)


@pytest.mark.parametrize(
    ("os", "words"),
    [
        ("ios", "startup-config is not present"),
        ("ios", "%% Non-volatile configuration memory is not present"),
        ("asa", "No Configuration"),
    ],
)
def test_nothing_saved_is_known(os: str, words: str) -> None:
    """A device that says that it has no startup configuration has answered: it holds nothing. Of what runs it says nothing."""
    nothing = Configuration("r1", os, SAVED, f"{words}\n\n")
    assert nothing.empty
    assert nothing.nodes == ()
    assert nothing.objects.objects == {}
    with pytest.raises(NotKnown):
        Configuration("r1", os, SHOW, words)


@pytest.mark.parametrize("name", sorted(WHOLE))
@pytest.mark.parametrize(
    "between",
    [" --More-- ", "<--- More --->", "r2#", "r2#show running-config", "r1#", "r2(config-if)#exit", "fw/pri/act# show run", "r2>"],
)
def test_what_stands_between_the_lines_of_no_configuration(name: str, between: str) -> None:
    """A pager that has stopped, or the prompt of this device or another one, says that lines may be lost: nothing is known."""
    os, command, text = WHOLE[name]
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("interface "))
    with pytest.raises(NotKnown, match="between its lines"):
        Configuration("r1", os, command, "\n".join([*lines[:at], between, *lines[at:]]))


@pytest.mark.parametrize("name", sorted(WHOLE))
@pytest.mark.parametrize("share", [0.5, 1.0])
def test_two_answers_in_one_are_none(name: str, share: float) -> None:
    """A whole one behind another, or behind the first half of it, is not the configuration of a device."""
    os, command, text = WHOLE[name]
    lines = text.splitlines()
    with pytest.raises(NotKnown):
        Configuration("r1", os, command, "\n".join([*lines[: int(len(lines) * share)], *lines]))


@pytest.mark.parametrize("head", [" banner ^CHere is", "ip http banner ^C", "macro name lock"])
def test_a_text_for_people_is_no_answer(head: str) -> None:
    """Whatever the words look like in a text with a delimiter below a header, or in a macro: no device has said them."""
    words = ["% only for some", "r1#show running-config", "end", "version 1"]
    text = RUNNING.replace("line vty 0 4", "\n".join([head, *words, "@" if "macro" in head else "^C", "line vty 0 4"]))
    assert Configuration("r1", "ios", SHOW, text)
    if "macro" not in head:
        cut = text[: text.index("version 1\n")]
        with pytest.raises(NotKnown):
            Configuration("r1", "ios", SHOW, cut)


def test_a_size_that_fits() -> None:
    """Counted as devices do, a control character once and with blanks at line ends; one that does not fit is a doubt only."""
    assert counts(RUNNING) is True
    assert counts(RUNNING.replace("login local", "login  local")) is False
    assert counts(IOS_BODY) is None
    good = Configuration("r1", "ios", SHOW, RUNNING, counted=True)
    odd = Configuration("r1", "ios", SHOW, RUNNING, counted=False)
    assert (good.doubts, len(odd.doubts)) == ((), 1)
    assert odd.is_doubtful_beside(good)
    assert not odd.is_doubtful_beside(odd), "a device that never prints a size that fits says nothing by it"


def test_what_may_stand_behind_an_earlier_configuration() -> None:
    """A size that fits no longer, and another name, are no news of the device: what it runs is not known."""
    good = Configuration("r1", "ios", SHOW, RUNNING, counted=True)
    unsized = Configuration("r1", "ios", SHOW, RUNNING)
    assert good.behind(good) is good
    assert unsized.behind(good) is unsized, "a device need not print a size"
    odd = Configuration("r1", "ios", SHOW, RUNNING, counted=False)
    assert odd.behind(odd) is odd, "one whose size never fitted says nothing by it"
    with pytest.raises(NotKnown, match="its size matched before"):
        odd.behind(good)
    other = Configuration("r1", "ios", SHOW, RUNNING.replace("hostname r1", "hostname r2"))
    with pytest.raises(NotKnown, match="is that of 'r2' now"):
        other.behind(good)


def test_a_missing_sum_is_a_doubt() -> None:
    """An ASA's checksum line is missing in copies that were edited: it is told, and refuses nothing."""
    found = Configuration("fw1", "asa", MORE, re.sub(r"Cryptochecksum.*\n", "", ASA))
    assert "Cryptochecksum" in found.doubts[0]


def test_what_differs_is_told_with_its_section() -> None:
    """Of two configurations the lines that came and went, below what they stand; equal ones have nothing to tell."""
    before = Configuration("r1", "ios", SHOW, RUNNING)
    after = Configuration("r1", "ios", SHOW, RUNNING.replace(" description end\n", " description other\n"))
    assert before.difference(before) == ""
    assert before.difference(after) == (
        "+ interface GigabitEthernet0: description other; - interface GigabitEthernet0: description end"
    )
