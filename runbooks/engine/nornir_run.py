"""Run a task on some devices through Nornir, and get every value and every error, each under its device.

Nornir skips failed hosts in later runs, treats an empty selection as success and wraps the errors of sub-tasks. A change that
has to be rolled back cannot afford any of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from nornir.core import Nornir
from nornir.core.exceptions import NornirSubTaskError
from nornir.core.task import Result, Task

from ...inventory.errors import NothingMatched, NrRunError, answers_of

Arguments = Mapping[str, Mapping[str, Any]]


class ForEach(Struct, frozen=True):
    """A task with arguments of their own for its devices. What one device needs of it can go to another process alone."""

    work: Callable[..., Result]
    arguments: Arguments

    def of(self, host: str) -> ForEach:
        """What that device needs."""
        return ForEach(self.work, {host: self.arguments[host]})

    def __call__(self, task: Task) -> Result:
        """Do it on one device."""
        with answers_of(task.host.name):
            return self.work(task, **self.arguments[task.host.name])


def run_on(
    nornir: Nornir, work: Callable[..., Result], arguments: Arguments, *, at_all_costs: bool = False
) -> tuple[dict[str, Any], dict[str, NrRunError]]:
    """Run ``work`` with each device's own arguments, all devices at once. Returns values and errors by device.

    An exception that is not one of nr-run's is a defect and is raised as it is; with ``at_all_costs`` it is an error of its
    device like others, so that the other devices are still rolled back. Raises NothingMatched for no devices.
    """
    if not arguments:
        raise NothingMatched("no device was selected")

    chosen = nornir.filter(filter_func=lambda host: host.name in arguments)
    nornir.data.reset_failed_hosts()
    results = chosen.run(task=ForEach(work, arguments), name=getattr(work, "__name__", "task"), on_failed=True)
    nornir.data.reset_failed_hosts()
    values: dict[str, Any] = {}
    errors: dict[str, NrRunError] = {}
    for host in arguments:
        outcome = results[host][0]
        if outcome.exception is None:
            values[host] = outcome.result
            continue
        error = _cause(outcome.exception)
        if isinstance(error, NrRunError):
            errors[host] = error
        elif at_all_costs:
            errors[host] = NrRunError(f"{host}: {type(error).__name__}, which is a defect of nr-run")
        else:
            raise error
    return values, errors


def run_on_one(nornir: Nornir, work: Callable[..., Result], host: str, **arguments: Any) -> Any:
    """Run ``work`` on one device; its value. Raises its error."""
    values, errors = run_on(nornir, work, {host: arguments})
    if errors:
        raise errors[host]
    return values[host]


def run_on_all(nornir: Nornir, work: Callable[..., Result], arguments: Arguments) -> dict[str, Any]:
    """Run ``work`` on all devices; their values. Raises the first error, in the order of ``arguments``."""
    values, errors = run_on(nornir, work, arguments)
    for host in arguments:
        if host in errors:
            raise errors[host]
    return values


def _cause(error: BaseException) -> BaseException:
    while isinstance(error, NornirSubTaskError):
        inner = next((result.exception for result in error.result if result.exception is not None), None)
        if inner is None:
            return error
        error = inner
    return error
