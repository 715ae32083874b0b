"""The answers to what far processes call: lines of a journal several at a time, which are then on the disk by one sync.

All lines that wait are begun, then each is ended, then they are answered, those of a process by one message. What comes
meanwhile waits for the next turn. A thread for each of them would cost more than the line does. Other calls are few, and may take
their time: each has a thread of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from msgspec import Struct

from .carrying import InTwo, pack
from .messages import ANSWER, Message, as_one
from .outcome import Failed
from .placing import Far

#: What a callback is called with, read when it is its turn; it may raise.
Given = Callable[[], tuple[tuple[Any, ...], dict[str, Any]]]


class _Line(Struct, frozen=True):
    far: Far
    number: Any
    begin: Callable[[], Callable[[], Any]]


class Answers:
    """Of one run, until it is closed."""

    def __init__(self, hide: Callable[[str], str], send: Callable[[Far, Message], None]) -> None:
        """``hide`` takes secrets out of what an error says; ``send`` raises nothing."""
        self._hide, self._send = hide, send
        self._waiting: SimpleQueue[_Line | None] = SimpleQueue()
        self._pool = ThreadPoolExecutor(16, thread_name_prefix="nr-run-calls")
        threading.Thread(target=self._work, name="nr-run-lines", daemon=True).start()

    def add(self, far: Far, number: Any, work: Callable[..., Any], given: Given) -> None:
        """Answer one call of a process, which it knows by its number."""
        if isinstance(work, InTwo):
            self._waiting.put(_Line(far, number, lambda: _called(work.begin, given)))
            return
        with suppress(RuntimeError):  # the run has ended: who asks is told so
            self._pool.submit(lambda: self._send(far, self._answer(number, lambda: _called(work, given))))

    def close(self) -> None:
        """Nothing is answered any more."""
        self._waiting.put(None)
        self._pool.shutdown(wait=False)

    def _work(self) -> None:
        while (line := self._waiting.get()) is not None:
            lines = [line]
            with suppress(Empty):
                while (more := self._waiting.get_nowait()) is not None:
                    lines.append(more)
                self._waiting.put(None)
            self._do(lines)

    def _do(self, lines: Iterable[_Line]) -> None:
        begun = [(line, self._begun(line)) for line in lines]
        answers: dict[int, tuple[Far, list[Message]]] = {}
        for line, end in begun:
            answers.setdefault(id(line.far), (line.far, []))[1].append(self._answer(line.number, end))
        for far, messages in answers.values():
            self._send(far, as_one(messages))

    def _begun(self, line: _Line) -> Callable[[], Any]:
        try:
            return line.begin()
        except Exception as error:  # noqa: BLE001 - it is raised where it was called
            return _Raises(error)

    def _answer(self, number: Any, work: Callable[[], Any]) -> Message:
        try:
            return (ANSWER, number, True, pack(work()))
        except Exception as error:  # noqa: BLE001 - it is raised where it was called
            return (ANSWER, number, False, pack(Failed.of(error, self._hide).error))


class _Raises(Struct, frozen=True):
    """The end of what could not be begun."""

    error: Exception

    def __call__(self) -> None:
        raise self.error


def _called(work: Callable[..., Any], given: Given) -> Any:
    arguments, named = given()
    return work(*arguments, **named)
