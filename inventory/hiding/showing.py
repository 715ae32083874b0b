"""What a hand that only reads may type."""

from __future__ import annotations

import re

#: What shows and cannot do anything else. A pipe may lead into a file (``| redirect``), so there is none. The hash of a file is
#: that of one on the router's own flash: for an address of another machine the router would fetch it.
SHOWS = re.compile(r"(?:show|more system:|more disk0:/)[A-Za-z0-9 ./:_-]*|verify /md5 (?:bootflash|flash):[A-Za-z0-9._-]+")
#: The same for a command of a user: a whole word ``show``, and no address of another machine that the device would go to.
USERS_SHOW = re.compile(r"show(?: [A-Za-z0-9./:_-]+)+")
LONGEST_COMMAND = 120


def why_not_shown(command: str) -> str:
    """Why a command of a user is not typed, as the end of a sentence; empty where it is."""
    words = command.split()
    if not words:
        return "is empty: give a show command"
    if len(command) > LONGEST_COMMAND:
        return f"is longer than {LONGEST_COMMAND} characters"
    if "|" in command:
        return "has a filter (|): leave it out, what is looked for says holds, contains or matches"
    if words[0] != "show" and "show".startswith(words[0].lower()) and len(words[0]) > 1:
        return f"has to be written in full (did you mean {' '.join(['show', *words[1:]])}?)"
    if not USERS_SHOW.fullmatch(command) or "//" in command:
        return "is no show command (show and plain words, one space between them), and nothing else is typed by a check"
    if words[1].lower().startswith("tech"):
        return "prints for minutes, while the device waits for its change: give the one command that is looked for in it"
    return ""
