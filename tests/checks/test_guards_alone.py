"""Guards that only refuse: each of them alone keeps a change from a device where everything else is in order."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.checks.finding import Status
from nr_run.checks.readiness.device_facts import EndFacts
from nr_run.checks.readiness.precheck import saved
from nr_run.checks.readiness.rollback_methods import RELOAD_IN, REVERT_TIMER, SelectedMethod, timer_findings
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.l2l.proof import renewed

from .pair import HEALTHY_NEAR
from .test_precheck import VERSION, box

ORDER = {
    "show reload": "No reload is scheduled.\n",
    "show archive config rollback timer": "%No Rollback Confirmed Change pending\n",
    "show kron schedule": "Kron Occurrence Schedule\n\n",
    "show event manager": "Last Error: None\nConsolidated syslog range: none\n",
}
REVERTING = """
Time configured(or reconfigured): 02:29:07 UTC Tue Nov 10 2015
 Timer type: absolute timer
 Timer value: 15 min
 User: nr
"""
APPLET = """\
event manager applet NR-20260101T000000Z-abcd, hits 0, last never
  event countdown 900 secs, left 800 secs, hits 0, last never
  action 1 cli command "no crypto map M 10", hits 0, last never
"""


def timed(command: str = "", text: str = "", **changed: str) -> EndFacts:
    """The 2611 of the example as if it had every kind of timer, with one answer that is another."""
    made = box(**changed)
    outputs = {**made.outputs, **ORDER, **({command: text} if command else {})}
    return replace(made, platform=platform_for("881", "15.4(3)M3"), outputs=outputs)


def failed(of: EndFacts, name: str = RELOAD_IN) -> list[str]:
    """The checks that forbid the change."""
    return [finding.check for finding in timer_findings(of, SelectedMethod(name, 15)) if finding.status is not Status.OK]


def test_a_device_in_order_may_be_armed() -> None:
    """Nothing pending, saved, and a register that boots: nothing is said against it."""
    assert failed(timed()) == []


@pytest.mark.parametrize(
    ("command", "text", "check"),
    [
        ("show reload", "Reload scheduled in 9 minutes by nr on vty0 (192.0.2.9)\nReload reason: maintenance\n", "reload-timer"),
        ("show archive config rollback timer", REVERTING, "revert-timer"),
        (
            "show kron schedule",
            "Kron Occurrence Schedule\nNR-20260101T000000Z-abcd inactive, will run once in 0 days 00:05:00\n",
            "kron-timer",
        ),
        ("show event manager", APPLET, "event-manager"),
    ],
)
def test_each_timer_alone_forbids_a_change(command: str, text: str, check: str) -> None:
    """A timer that counts before the change is not this run's, whatever timer the run would take."""
    assert failed(timed(command, text)) == [check]
    assert failed(timed(command, text), REVERT_TIMER) == [check]


@pytest.mark.parametrize(
    ("register", "boots"),
    [
        ("0x2102", True),
        ("0x102", True),
        ("0x210F", True),
        ("0x2142", False),
        ("0x2140", False),
        ("0x2100", False),
        ("0x2101", False),
    ],
)
def test_a_reload_has_to_boot_the_startup_configuration(register: str, boots: bool) -> None:
    """A register that stops in the monitor, boots the helper image or ignores the startup configuration forbids a reload."""
    of = timed(version=VERSION.replace("0x2102", register))
    assert failed(of) == ([] if boots else ["boots"])
    assert failed(of, REVERT_TIMER) == []


def test_a_register_that_is_not_shown_forbids_a_reload() -> None:
    """Of a router that shows no register nothing is known."""
    lines = [line for line in VERSION.splitlines() if "register" not in line]
    assert failed(timed(version="\n".join(lines) + "\n")) == ["boots"]


def test_a_reload_has_to_bring_back_what_runs() -> None:
    """What runs and is not saved would be dropped: that alone forbids a timer that reloads, and no other."""
    of = timed()
    of = replace(
        of, outputs={**of.outputs, "show startup-config": str(of.outputs["show startup-config"]).replace("ip classless\n", "")}
    )
    assert failed(of) == ["reload-restores"]
    assert failed(of, REVERT_TIMER) == []


def test_what_is_not_saved_forbids_a_change_unless_it_is_accepted() -> None:
    """A running configuration that is not saved would be saved with the tunnel; somebody who says so is warned and goes on."""
    of = box()
    other = str(of.outputs["show startup-config"]).replace("ip classless\n", "")
    of = replace(of, outputs={**of.outputs, "show startup-config": other})
    assert saved(of, accept_unsaved=False).status is Status.FAILED
    assert saved(of, accept_unsaved=True).status is Status.WARNING
    assert saved(box(), accept_unsaved=False).status is Status.OK


def test_sas_from_before_the_change_prove_nothing() -> None:
    """An outbound SPI that the flow had before is an old SA, also when it receives on a new one; the reverse is a new SA."""
    old_sent = replace(HEALTHY_NEAR, baseline=(replace(HEALTHY_NEAR.after[0], inbound=(0x11111111,)),))
    old_received = replace(HEALTHY_NEAR, baseline=(replace(HEALTHY_NEAR.after[0], outbound=(0x11111111,)),))
    assert renewed(old_sent.watched()).status is Status.FAILED
    assert renewed(old_received.watched()).status is Status.OK
