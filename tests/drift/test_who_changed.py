"""Who changed a line: what a device has kept of it, read from text."""

from __future__ import annotations

import pytest

from nr_run.checks.who_changed import Kept, entries, kept, last_change
from nr_run.inventory.models.platforms import platform_for
from nr_run.inventory.systems import system_of

IOS = system_of(platform_for("881", "15.4(3)M3"))
ASA = system_of(platform_for("ASA", "9.19(1)"))
OLD = system_of(platform_for("2611", "12.2(8)T"))
ENABLED = "!\nversion 15.4\nhostname hq\narchive\n log config\n  logging enable\n  hidekeys\nline vty 0 4\nend\n"
LOG = """\
 idx   sess           user@line      Logged command
    1     1        anna@vty0         |crypto map M 10 ipsec-isakmp
    2     1        anna@vty0         | set pfs group14
    3     2         bob@console      |crypto map M 20 ipsec-isakmp
    4     2         bob@console      | no set pfs
    5     3        carl@vty1         |crypto map M 10 ipsec-isakmp
    6     3        carl@vty1         | no set pf
    7     3        carl@vty1         |no crypto isakmp key ***** address 192.0.2.9
    8     4            @vty2         |ip access-list extended NR-a
    9     4            @vty2         | 25 permit ip any any
"""
MAP = "crypto map M 10 ipsec-isakmp"


@pytest.fixture
def known() -> Kept:
    """A router that keeps a log."""
    return kept("hq", IOS, ENABLED, LOG)


def test_each_entry_stands_below_what_had_opened_its_mode() -> None:
    """A line of a sub-mode is told with the line that had opened it, and the heading is no entry."""
    found = {item.number: item for item in entries(LOG)}
    assert list(found) == list(range(1, 10))
    assert (found[4].user, found[4].terminal, found[4].under) == ("bob", "console", "crypto map M 20 ipsec-isakmp")
    assert (found[7].text, found[7].under) == ("no crypto isakmp key ***** address 192.0.2.9", "")
    assert str(found[9]).startswith("somebody on vty2 typed")


def test_the_newest_entry_of_a_line_counts(known: Kept) -> None:
    """Of a line that was set and taken away the one who took it away is named, though he cut a word short."""
    assert [item.number for item in known.of(MAP, "set pfs group14")] == [6]
    assert known.of(MAP, "set peer 192.0.2.1") == ()
    assert known.of("crypto map M 1 ipsec-isakmp", "set pfs group14") == ()


def test_keys_do_not_have_to_be_known(known: Kept) -> None:
    """A key is a token here and stars in the log, and the entry is found."""
    line = "crypto isakmp key <secret:credential:psk> address 192.0.2.9 no-xauth"
    assert [item.number for item in known.of(line, "")] == [7]
    assert known.of("crypto isakmp key <secret:credential:psk> address 192.0.2.91", "") == ()


def test_numbers_of_an_access_list_are_no_part_of_a_line(known: Kept) -> None:
    """The sequence number of an entry may be typed, shown, or neither."""
    assert [item.number for item in known.of("ip access-list extended NR-a", "permit ip any any")] == [9]


@pytest.mark.parametrize(
    ("system", "running", "log", "words"),
    [
        (IOS, ENABLED, LOG, ""),
        (IOS, ENABLED.replace("  logging enable\n", ""), LOG, "is not configured"),
        (IOS, ENABLED, "          ^\n% Invalid input detected at '^' marker.\n", "was refused"),
        (IOS, ENABLED, None, "not answered"),
        (OLD, ENABLED, None, "no release of its generation"),
        (ASA, "", None, "no release of its generation"),
    ],
)
def test_without_a_log_it_is_said_why(system: object, running: str, log: str | None, words: str) -> None:
    """Not configured, refused, never there: each has its sentence, and nobody is named."""
    found = kept("hq", system, running, log)  # type: ignore[arg-type]
    assert (words in found.without_log, bool(found.without_log)) == (True, bool(words))
    assert bool(found.typed) is not bool(words)


@pytest.mark.parametrize(
    ("text", "user", "time"),
    [
        (
            "!\n! Last configuration change at 10:11:12 UTC Tue Nov 10 2015 by anna\n!\nversion 15.4\n",
            "anna",
            "10:11:12 UTC",
        ),
        ("!\n! Last configuration change at 10:11:12 UTC Tue Nov 10 2015\n!\nversion 15.4\n", "", "10:11:12 UTC"),
        (
            ": Saved\n: Written by enable_15 at 10:11:12.345 UTC Tue Nov 10 2015\n!\nASA Version 9.1\n",
            "enable_15",
            "10:11:12.345",
        ),
    ],
)
def test_the_note_above_a_configuration(text: str, user: str, time: str) -> None:
    """Who changed or wrote it last, and when, in the device's words."""
    found = last_change(text)
    assert found is not None
    assert found.user == user
    assert found.time.startswith(time)


def test_a_clock_that_is_not_set_leaves_no_note() -> None:
    """Without a note nothing is known."""
    assert last_change("!\nversion 12.2\nhostname hq\n") is None
