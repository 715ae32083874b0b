"""Ctrl-C, SIGTERM and a closed terminal ask a run to stop; tasks check for that before each step."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from ...inventory.errors import Interrupted
from ...tasks.device import Stop
from .context import Progress

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def asking() -> Iterator[None]:
    """While a question is open, each of these signals ends the run at once, since nothing was changed yet. Raises Interrupted."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in SIGNALS}
    woken = signal.set_wakeup_fd(-1)
    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        raise Interrupted("stopped before anything was changed") from None
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)


#: What is said at the first wish to stop, and at the next ones: of a run that changes devices, and of one that only looks.
_OF_A_CHANGE = ("stopping: what was begun is finished or rolled back", "still rolling the change back")
_OF_A_LOOK = ("stopping: nothing is being changed", "still stopping")


def on_signals(stop: Stop, progress: Progress, *, changes: bool = True) -> Callable[[], None]:
    """Let these signals set ``stop``, until the returned function restores their handlers. ``changes``: devices are changed.

    Python runs a handler in the main thread, when that next gets a turn: one that has just begun to wait for its workers gets
    none until they have finished, and by then there is nothing left to stop. What the interpreter does at once, in whatever
    thread, is to write the number of the signal to its wakeup descriptor. So a thread of its own reads that.
    """
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    before = {number: signal.signal(number, lambda _number, _frame: None) for number in SIGNALS}
    woken = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    listener = threading.Thread(
        target=_listen, args=(ours, stop, progress, _OF_A_CHANGE if changes else _OF_A_LOOK), name="signals", daemon=True
    )
    listener.start()

    def restore() -> None:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        theirs.close()
        listener.join()
        ours.close()

    return restore


@contextmanager
def heard(stop: Stop, progress: Progress) -> Iterator[Stop]:
    """Within it these signals set ``stop``, of a run that changes devices."""
    restore = on_signals(stop, progress)
    try:
        yield stop
    finally:
        restore()


@contextmanager
def undisturbed(stop: Stop, progress: Progress) -> Iterator[None]:
    """Within it no signal ends this process, also where a program of somebody else's has not said what its signals do.

    Python tells only the main thread of a signal; where the program hears them itself, they stay its own.
    """
    is_open = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_open and threading.current_thread() is threading.main_thread():
        with heard(stop, progress):
            yield
    else:
        yield


def _listen(ours: socket.socket, stop: Stop, progress: Progress, words: tuple[str, str]) -> None:
    """Until the other side is closed. What Python writes there for other signals, as of a resized window, is no wish to stop."""
    while received := ours.recv(64):
        for number in received:
            if number in SIGNALS:
                again = stop.event.is_set()
                stop.event.set()
                progress.say(words[again])
