"""Can a scheduled reload undo a lost change on this box? Before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator

from ..changes import tree
from ..parsers import parse
from .box import Box
from .finding import Evidence, Finding, Status

SHOW = "show reload"
#: Configuration register: the boot field 0 stops in the ROM monitor, 1 boots the helper image; bit 6 ignores the startup
#: configuration (Cisco 2600 and 3600 hardware guides).
BOOT_FIELD = 0x000F
IGNORE_STARTUP = 0x0040


def fence(box: Box) -> Iterator[Finding]:
    """Findings on a pending timer, the configuration register, and the startup configuration that a reload would bring back."""
    timer = parse(box.platform.os, SHOW, box.outputs[SHOW]).state
    words = "no reload is scheduled"
    if timer.scheduled:
        words = (
            f"a reload is scheduled already, by {timer.by or 'somebody'} ({timer.reason or 'no reason given'}); call it off first"
        )
    if (timer.reason or "").startswith("nr-"):
        run = str(timer.reason).removeprefix("nr-")
        words = f"run {run} armed this device and did not come to its end; nr-run resume {run} does that first"
    yield _say(box, "reload-timer", not timer.scheduled, words, SHOW, "scheduled", timer.scheduled)
    saved = tree.normalise(box.outputs["show running-config"]) == tree.normalise(box.outputs["show startup-config"])
    words = (
        "a reload would bring back what runs now" if saved else "a reload would drop what runs and is not saved; say --dead-man 0"
    )
    yield _say(box, "reload-restores", saved, words, "show startup-config", "equals running-config", saved)
    version = parse(box.platform.os, "show version", box.outputs["show version"]).state
    register = int(version.configuration_register, 16)
    boots = register & BOOT_FIELD > 1 and not register & IGNORE_STARTUP
    words = f"configuration register {version.configuration_register} " + (
        "boots the system with its startup configuration"
        if boots
        else "does not boot the system with its startup configuration, so a reload would not undo anything"
    )
    yield _say(box, "boots", boots, words, "show version", "configuration register", version.configuration_register)


def _say(box: Box, check: str, passed: bool, sentence: str, command: str, field: str, value: object) -> Finding:
    status = Status.OK if passed else Status.FAILED
    return Finding(check, box.host, status, sentence, (Evidence(box.host, command, field, str(value), box.time),))
