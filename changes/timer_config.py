"""The configuration lines of rollback timers (kron, an ASA's event manager), and how they are left out of a text.

They stand in the running configuration while the run is under way and are no part of any change: wherever a running
configuration is taken during the run, exactly these lines are left out, and they are verified gone when the rollback timer is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


def name_of(tag: str) -> str:
    """Name of the policy list and of the occurrence of a run; kron takes 31 characters (Command Scheduler feature guide)."""
    return f"NR-{tag.removeprefix('nr-')}"[:31]


def file_of(tag: str) -> str:
    """Path of the copy of the running configuration that is restored."""
    return f"flash:{tag}.cfg"


def command_of(tag: str) -> str:
    """The command that kron runs; with ``force``, since a policy list cannot answer questions."""
    return f"configure replace {file_of(tag)} force"


def occurrence(tag: str, minutes: int) -> tuple[str, ...]:
    """The lines that start the countdown."""
    return (f"kron occurrence {name_of(tag)} in {minutes} oneshot", f"policy-list {name_of(tag)}")


def policy(tag: str) -> tuple[str, ...]:
    """The lines of the policy list that is run."""
    return (f"kron policy-list {name_of(tag)}", f"cli {command_of(tag)}")


def applet(tag: str, seconds: int, commands: Iterable[str]) -> tuple[str, ...]:
    """The lines of an ASA's applet that runs these commands, each in global configuration mode, after so many seconds."""
    actions = (f'action {number} cli command "{command}"' for number, command in enumerate(commands, 1))
    return (applet_of(tag), f"event timer countdown time {seconds}", *actions, "output none")


def applet_of(tag: str) -> str:
    """The line that opens the applet of a run; a name takes 32 characters (ASA command reference, event manager applet)."""
    return f"event manager applet {name_of(tag)}"


def without_timer_lines(text: str, tag: str) -> str:
    """A running configuration without the lines of this run's rollback timer; everything else stays, byte for byte.

    A section to which somebody has added a line is not the run's alone, and stays whole.
    """
    if not tag or name_of(tag) not in text:
        return text
    return "".join(line for block in _blocks(text) if not _is_ours(block, tag) for line in block)


def _blocks(text: str) -> Iterator[list[str]]:
    """A line at the margin with the indented ones below it."""
    block: list[str] = []
    for line in text.splitlines(keepends=True):
        if block and not line.startswith(" "):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _is_ours(block: list[str], tag: str) -> bool:
    head, children = block[0].strip(), {line.strip() for line in block[1:]}
    if head == applet_of(tag):
        return all(line.startswith(("event timer countdown ", "action ", "output ")) for line in children)
    name = re.escape(name_of(tag))
    if re.fullmatch(rf"kron occurrence {name}(?: .*)?", head):
        return children <= {occurrence(tag, 1)[1]}
    return head == policy(tag)[0] and children <= {policy(tag)[1]}
