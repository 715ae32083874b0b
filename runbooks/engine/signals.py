"""What Ctrl-C, SIGTERM and a closed terminal do to a run: they ask it to stop, which every task sees at its next step."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType

import click

from ...inventory.errors import Interrupted
from ...tasks.device import Stop
from .context import Progress

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def asking() -> Iterator[None]:
    """While a question stands, Ctrl-C is an answer to it: nothing has been changed yet. Raises Interrupted."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        raise Interrupted("stopped before anything was changed") from None
    finally:
        signal.signal(signal.SIGINT, before)


def on_signals(stop: Stop, progress: Progress) -> Callable[[], None]:
    """From now on these signals set ``stop``; the returned function gives them back.

    A handler runs in the midst of whatever the main thread does. Were that just printing, or waiting for the event, then to
    print there would raise "reentrant call" into the run and to set the event would wait for ever. SimpleQueue.put is the one
    thing that is made for such a place, so a thread does the rest.
    """
    asked: SimpleQueue[int | None] = SimpleQueue()

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.put(number)

    before = {number: signal.signal(number, ask) for number in SIGNALS}
    listener = threading.Thread(target=_listen, args=(asked, stop, progress), name="signals", daemon=True)
    listener.start()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)
        asked.put(None)
        listener.join()

    return restore


def _listen(asked: SimpleQueue[int | None], stop: Stop, progress: Progress) -> None:
    while asked.get() is not None:
        again = stop.event.is_set()
        stop.event.set()
        progress.say("still taking the change back" if again else "stopping: what was begun is finished or taken back")
