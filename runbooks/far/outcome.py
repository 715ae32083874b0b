"""How a job ended, in a form that another process can read: an error of ours keeps its class and its sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nornir.core.exceptions import NornirSubTaskError
from nornir.core.inventory import Host
from nornir.core.task import MultiResult, Result, Task

from ...inventory.errors import NrRunError


class Defect(Exception):
    """What was raised on the far side and is no error of ours."""


class Failed(Exception):
    """An error as it travels: the class where it is one of ours, else its name, and the sentence."""

    def __init__(self, kind: type[NrRunError] | None, name: str, words: str) -> None:
        """``words`` hold no secret."""
        super().__init__(kind, name, words)
        self.kind, self.name, self.words = kind, name, words

    @classmethod
    def of(cls, error: BaseException, hide: Callable[[str], str]) -> Failed:
        """Of what a job raised."""
        error = root_cause(error)
        if isinstance(error, Failed):
            return error
        kind = type(error) if isinstance(error, NrRunError) else None
        return cls(kind, type(error).__name__, hide(str(error)))

    @property
    def error(self) -> Exception:
        """As it is raised on the engine's side."""
        if self.kind is None:
            return Defect(f"{self.name}: {self.words}")
        made = self.kind.__new__(self.kind)
        made.args = (self.words,)
        return made


def root_cause(error: BaseException) -> BaseException:
    """What a sub-task raised, and not that one did."""
    while isinstance(error, NornirSubTaskError):
        inner = next((result.exception for result in error.result if result.exception is not None), None)
        if inner is None:
            return error
        error = inner
    return error


def results_of(task: Task, host: Host, made: Any) -> MultiResult:
    """As Nornir has the results of a task on a host."""
    copy = task.copy()
    copy.host = host
    copy.processors.task_instance_started(copy, host)
    results = MultiResult(copy.name)
    if isinstance(made, Failed):
        made = made.error
    if isinstance(made, Exception):
        alone = Result(host, result=str(made), exception=made, failed=True)
        alone.name = copy.name  # type: ignore[assignment]
        results.append(alone)
    else:
        for result in made:
            result.host = host
            if isinstance(result.exception, Failed):
                result.exception = result.exception.error
            results.append(result)
    copy.results = results
    copy.processors.task_instance_completed(copy, host, results)
    return results
