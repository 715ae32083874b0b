"""What happens when there is a terminal: the plan in colour, a question, and the operator's answer to it."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

import pytest

from ..meta import recording

QUESTION = "Apply this plan?"


def converse(
    command: Sequence[str], variables: Mapping[str, str], answer: bytes, meanwhile: Callable[[], None] = lambda: time.sleep(0.3)
) -> tuple[int, str]:
    """Run a command on a pseudo-terminal, do something while its question stands, then give ``answer``; exit code and screen."""
    here, there = pty.openpty()
    colourful = {key: value for key, value in variables.items() if key != "NO_COLOR"}
    environment = {**recording.cold(colourful), "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "50"}
    process = subprocess.Popen(command, stdin=there, stdout=there, stderr=there, env=environment, start_new_session=True)
    os.close(there)
    screen, answered, deadline = "", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([here], [], [], 0.2)[0]:
            try:
                screen += os.read(here, 65536).decode(errors="replace")
            except OSError:
                break
        if QUESTION in screen and not answered:
            meanwhile()
            if answer == b"\x03":
                process.send_signal(2)
            else:
                os.write(here, answer)
            answered = True
    code = process.wait(timeout=30)
    os.close(here)
    return code, screen


@pytest.mark.parametrize(("answer", "code"), [(b"n\n", 2), (b"\n", 2), (b"\x03", 130)])
def test_no_and_ctrl_c_touch_nothing(rehearsal, unchanged: Callable[[], None], answer: bytes, code: int) -> None:
    """An answer that is not yes ends with the changes pending, Ctrl-C with 130, and neither sends a line."""
    ended, screen = converse(rehearsal.arguments("hq-branch"), rehearsal.environment, answer)
    assert ended == code, screen
    assert "Traceback" not in screen
    unchanged()


def test_yes_builds_the_tunnel_in_colour(rehearsal) -> None:
    """With yes the tunnel is built; the plan has colours, a line per device moves, and the recap stands at the end."""
    code, screen = converse(rehearsal.arguments("hq-branch"), rehearsal.environment, b"y\n")
    assert code == 0, screen
    assert "\x1b[32m" in screen
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen)
    assert plain.index(QUESTION) < plain.index("hq-branch: verified")


def test_an_edit_between_plan_and_push_is_noticed(rehearsal) -> None:
    """When somebody takes the planned sequence while the plan waits for approval, nothing is pushed to either device."""

    def edit() -> None:
        entry = ("crypto map clientmap 1 ipsec-isakmp", "set peer 192.0.2.9", "set transform-set myset", "match address 199")
        rehearsal.configure("vpn2611", "access-list 199 permit ip host 10.9.9.9 host 10.8.8.8", *entry, "write memory")

    code, screen = converse(rehearsal.arguments("hq-branch"), rehearsal.environment, b"y\n", edit)
    assert code == 13, screen
    words = "".join(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen).split())
    assert "vpn2611haschangedsincetheplanwasmade(" in words
    assert "+access-list199permitiphost10.9.9.9host10.8.8.8" in words
    assert "vpn3640haschanged" not in words
    for name in ("vpn2611", "vpn3640"):
        assert "NR-hq-branch" not in rehearsal.lab.exec(name, "show running-config")


def test_without_a_terminal_there_is_no_colour(rehearsal) -> None:
    """Elsewhere the same words come without escape sequences, progress on standard error, the recap on standard output."""
    done = rehearsal.deploy("--yes")
    assert done.code == 0, done.err
    assert "\x1b" not in done.out + done.err
    assert "hq-branch: verified" in done.out
    assert "vpn3640: save" in done.err
