"""What a device says instead of an answer is no answer; that nothing is saved is one."""

from __future__ import annotations

import pytest

from nr_run.inventory.errors import NotKnown
from nr_run.tasks.gather import refuse_refused
from nr_run.tasks.sessions.reply import Reply


@pytest.mark.parametrize("line", ["show version", "show ip route", "show kron schedule"])
def test_a_refusal_is_none(line: str) -> None:
    """A command that was refused is named with the device's own words."""
    with pytest.raises(NotKnown, match=rf"^r1: '{line}' was answered with 'Command authorization failed.'$"):
        refuse_refused("r1", [Reply(line, "Command authorization failed.")])


@pytest.mark.parametrize("words", ["startup-config is not present", "%% Non-volatile configuration memory is not present"])
def test_nothing_saved_is_an_answer(words: str) -> None:
    """A device whose NVRAM is empty has answered, whichever words its release has for that."""
    refuse_refused("r1", [Reply("show startup-config", words)])
