"""docs/reference/platforms.md: what each model and release can do, and how it rolls itself back, from the tables of the code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nr_run.checks.readiness.rollback_methods import METHODS, methods_of
from nr_run.inventory.intents.forms import VTI_SINCE, can_do, nat_form
from nr_run.inventory.models.platforms import KNOWN, MODELS, Platform, Suite, rows
from nr_run.tasks.rollback_timers import ROLLBACK_TIMERS
from tables import code, table

HEAD = """\
# Platforms

This page lists what nr-run assumes about a model and release before it reads the device; what the device shows wins. A row applies from its
release up to the next row. If a release is newer than the table, the plan says so and names the row that it assumes. You can add models
and releases in `platforms.yaml` beside `hosts.yaml` ([own devices](../how-to/own-devices.md)). *Transport* is the driver, unless the host
names another: telnet and console servers use `cisco_ios_telnet` and the like. None of this has been tried on hardware yet; see
[limits](../explanation/limits.md).

"""
METHODS_HEAD = """
## Rollback methods

These are in order of preference. A device gets the first one that its release has and its configuration allows. The plan says which,
and why not an earlier one. [Automatic rollback](../explanation/automatic-rollback.md) says what each needs,
[recover](../how-to/recover.md#without-nr-run) how to cancel one by hand.

"""
NAT = {
    "ios-list": "entry before the permits of the list",
    "asa-nat-0": "list of `nat 0`",
    "asa-twice": "twice NAT rule",
    None: "no",
}


def page() -> str:
    """The three tables."""
    known = [(model, row) for model in MODELS for row in rows(model)]
    return (
        HEAD
        + table(("model", "from release", "transport", "IKE", "forms", "NAT exemption", "rollback methods"), map(_forms, known))
        + "\n## Models\n\n"
        + table(("model", "until before", "notes"), ((m, str(KNOWN[m].until or ""), KNOWN[m].note) for m in MODELS))
        + "\n## Algorithms\n\n"
        + table(("from release", "IKE", "IKE encryption", "IKE integrity", "IKE groups", "ESP", "PFS groups"), _algorithms(known))
        + METHODS_HEAD
        + table(("method", "what happens after 15 minutes unless confirmed", "reload"), _methods())
        + "\n## Sources\n\n"
        + table(("from release", "what it brings", "source"), _sources(known))
    )


def _name(platform: Platform) -> str:
    system = "ASA" if platform.os == "asa" else "IOS-XE" if platform.driver == "cisco_xe" else "IOS"
    return f"{system} {platform.release}"


def _forms(one: tuple[str, Platform]) -> tuple[str, ...]:
    model, row = one
    versions = [f"IKEv{version}" for version in sorted(row.ike_versions)]
    styles = ["crypto map", *(f"tunnel interface with IKEv{v}" for v in sorted(row.ike_versions) if can_do(row, v, "vti"))]
    methods = code(method.name for method in methods_of(row))
    return model, _name(row), row.driver, ", ".join(versions), ", ".join(styles) + _since(row), NAT[nat_form(row)], methods


def _since(row: Platform) -> str:
    later = [f"with IKEv{v} from {VTI_SINCE[row.os, v]}" for v in sorted(row.ike_versions) if not can_do(row, v, "vti")]
    return f" (tunnel interface {', '.join(later)})" if later else ""


def _once(known: Iterable[tuple[str, Platform]]) -> list[Platform]:
    """Each row once: models share them."""
    return list({_name(row): row for _, row in known}.values())


def _algorithms(known: list[tuple[str, Platform]]) -> Iterator[tuple[str, ...]]:
    for row in _once(known):
        for version, suite in row.suites.items():
            yield _name(row), f"IKEv{version}", *_suite(suite)


def _suite(suite: Suite) -> tuple[str, ...]:
    esp = f"{_words(suite.esp_encryption)}; {_words(suite.esp_integrity)}"
    ike = (_words(suite.ike_encryption), _words(suite.ike_integrity), _words(suite.ike_groups))
    return (*ike, esp, _words(suite.pfs_groups))


def _words(values: Iterable[str | int]) -> str:
    return ", ".join(str(value).removeprefix("hmac-") for value in sorted(values))


def _methods() -> Iterator[tuple[str, str, str]]:
    for method in METHODS:
        last = "as the last resort" if method.reloads and method.name != "reload-in" else "yes" if method.reloads else "no"
        yield f"`{method.name}`", ROLLBACK_TIMERS[method.name].sentence(15), last


def _sources(known: list[tuple[str, Platform]]) -> Iterator[tuple[str, str, str]]:
    return ((_name(row), row.note, row.source) for row in _once(known))
