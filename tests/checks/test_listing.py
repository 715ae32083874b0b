"""What counts as a list: one with its head, or the device's words that there is nothing; what is not in one is not there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.checks.observations.listing import DIRECTORY, EVENTS, INTERFACES, KRON, Listing
from nr_run.checks.readiness.timers import applets, flash_files, kron_rows, reload_timer, revert_timer
from nr_run.inventory.errors import NotKnown

LISTS = {
    DIRECTORY: """\
Directory of flash:/

    1  -rw-    20000000  Nov 10 2015 02:29:07 +00:00  image.bin
    2  -rw-        1063  <no date>  nr-20261129-1.cfg

129024000 bytes total (109024000 bytes free)
""",
    KRON: "Kron Occurrence Schedule\nNR-1 inactive, will run once in 0 days 00:14:58\n",
    EVENTS: """\
Last Error: Command failed @ 2026/11/29 10:11:12
event manager applet NR-1, hits 0, last none
  event countdown 900 secs, left 850 secs, hits 0, last none
  action 1 cli command "no crypto map M 10", hits 0, last none
""",
    INTERFACES: "!\ninterface GigabitEthernet0/0\n nameif outside\n ip address 192.0.2.1 255.255.255.0 \n!\n",
}
EMPTY = {
    DIRECTORY: "Directory of flash:/\n\nNo files in directory\n\n129024000 bytes total (109024000 bytes free)\n",
    KRON: "Kron Occurrence Schedule\n",
    EVENTS: "",
}
REFUSED = (
    "Command authorization failed.",
    "% Authorization failed.",
    "%Error opening flash:/ (Device or resource busy)",
    "%Error calling getdents for directory (Device or resource busy)",
    "      ^\n% Invalid input detected at '^' marker.",
    "ERROR: % Invalid input detected at '^' marker.",
    "% Low on memory; try again later",
)


def test_lists_are_read() -> None:
    """What is listed is found, and an empty list is known to be one."""
    assert flash_files(LISTS[DIRECTORY]) == {"image.bin", "nr-20261129-1.cfg"}
    assert kron_rows(LISTS[KRON]) == {"NR-1": 898}
    assert applets(LISTS[EVENTS]) == {"NR-1": 850}
    assert [len(Listing(command, text).rows) for command, text in EMPTY.items()] == [0, 0, 0]


@pytest.mark.parametrize("command", LISTS)
@pytest.mark.parametrize("words", REFUSED)
def test_a_refusal_is_no_list(command: str, words: str) -> None:
    """Alone, or where a list breaks off in it, it lists nothing and denies nothing."""
    for text in (words, f"{LISTS[command]}{words}\n", f"{words}\n{LISTS[command]}"):
        with pytest.raises(NotKnown, match=words.split("\n")[-1].strip(" ^").split("(")[0][:20]):
            Listing(command, text)


@given(st.data())
def test_a_part_of_a_directory_is_none(data: st.DataObject) -> None:
    """Wherever the listing of a directory breaks off, no file is known to be absent."""
    text = LISTS[DIRECTORY].rstrip()
    with pytest.raises(NotKnown):
        flash_files(text[: data.draw(st.integers(0, len(text) - 8))])


@pytest.mark.parametrize("command", [DIRECTORY, KRON, INTERFACES])
def test_nothing_at_all_is_no_list(command: str) -> None:
    """A command that always prints a head has not answered when nothing comes."""
    with pytest.raises(NotKnown, match="answered with nothing"):
        Listing(command, "\n\n")


@pytest.mark.parametrize("text", ["", "Command authorization failed.", "% Low on memory; try again later", "Reload schedu"])
def test_a_timer_that_is_not_shown_is_not_absent(text: str) -> None:
    """Neither a scheduled reload nor a pending revert is known to be absent from an answer that says neither."""
    with pytest.raises(NotKnown):
        reload_timer("ios", text)
    with pytest.raises(NotKnown):
        revert_timer(text)
