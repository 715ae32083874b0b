"""What an ASA does with the lines of an event manager applet.

Source: Cisco's "ASA Embedded Event Manager Configuration Example".
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.configuration.edit import Edit, Misread
from .edit import off_or_gone


def applet(edit: Edit) -> None:
    """An applet's name is not longer than 32 characters."""
    if len(edit.values["name"]) > 32:
        raise Misread(edit.values["name"])
    if edit.negated:
        off_or_gone(edit, f"ERROR: applet {edit.values['name']} does not exist")
        return
    new = edit.existing is None
    edit.entered = edit.put()
    if new:
        edit.entered.values["output"] = "none"


def countdown(edit: Edit) -> None:
    """One countdown to an applet; it counts once, and anew when it is removed and added again."""
    if edit.negated:
        edit.values = {}
        edit.clear()
    elif edit.existing is not None and edit.existing.values["seconds"] == edit.values["seconds"]:
        return
    else:
        edit.clear()
        edit.put("event timer countdown time {seconds}".format(**edit.values))


def action(edit: Edit) -> None:
    """One action: a command in quotes."""
    if edit.negated:
        edit.clear()
        return
    command = edit.values["command"].strip()
    if len(command) < 3 or not (command.startswith('"') and command.endswith('"')):
        raise Misread(command)
    edit.values["command"] = command[1:-1]
    edit.put(f"action {edit.values['n']} cli command {command}")


def output(edit: Edit) -> None:
    """Where the output of the actions goes; nowhere unless it is said."""
    if edit.negated:
        edit.values = {}
        edit.clear()
    else:
        edit.put()


HOOKS: dict[str, Callable[[Edit], None]] = {function.__name__: function for function in (applet, countdown, action, output)}
