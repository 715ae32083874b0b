"""Signals that come at the worst moment: in the midst of a line that is being printed, or while the main thread only waits."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

#: Prints progress without a pause while a second thread presses Ctrl-C; ends with 3 if the run was not asked to stop.
PRINTING = """
import signal, sys, threading, time
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.engine.signals import on_signals
from nr_run.tasks.device import Stop

stop, progress, over = Stop(), PlainProgress(), threading.Event()
restore = on_signals(stop, progress)
main = threading.main_thread().ident

def press():
    while not over.wait(0.01):
        signal.pthread_kill(main, signal.SIGINT)

presser = threading.Thread(target=press)
presser.start()
until = time.monotonic() + 1
while time.monotonic() < until:
    progress.phase("vpn2611", "push " * 20)
    stop.event.wait(0.00001)
over.set()
presser.join()
restore()
sys.exit(0 if stop.event.is_set() else 3)
"""


def test_ctrl_c_in_the_midst_of_a_line_is_a_wish_to_stop_and_nothing_else() -> None:
    """Pressed while a line waits for a reader who is not there, it raises nothing into the run and is told in whole lines."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen([sys.executable, "-c", PRINTING], stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        told = process.stderr.readline()
        time.sleep(0.7)  # the pipe is full long before, and the line that did not fit is interrupted again and again
        told += process.stderr.read()
    assert process.returncode == 0, told[-2000:]
    assert "stopping: what was begun is finished or rolled back" in told.splitlines()
    assert "still rolling the change back" in told.splitlines()


#: A wish to stop what only looks.
LOOKING = """
import os, signal
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.engine.signals import on_signals
from nr_run.tasks.device import Stop

stop = Stop()
restore = on_signals(stop, PlainProgress(), changes=False)
os.kill(os.getpid(), signal.SIGTERM)
stop.event.wait(60)
restore()
"""


def test_what_only_looks_speaks_of_no_change() -> None:
    """A verification that is to stop says that nothing is being changed, and nothing of rolling back."""
    done = subprocess.run([sys.executable, "-c", LOOKING], capture_output=True, text=True, check=True)
    assert done.stderr == "stopping: nothing is being changed\n"


#: The main thread waits for a worker, and the signal comes to that one's thread: ends with 3 if the worker is not told.
WAITING = """
import signal, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.engine.signals import on_signals
from nr_run.tasks.device import Stop

stop = Stop()
restore = on_signals(stop, PlainProgress())

def work():
    time.sleep(0.5)  # until the main thread waits; were it slower, less would be shown, and nothing fail
    signal.pthread_kill(threading.get_ident(), signal.SIGHUP)
    return stop.event.wait(20)

with ThreadPoolExecutor(1) as pool:
    told = pool.submit(work).result()
restore()
sys.exit(0 if told else 3)
"""


def test_a_signal_is_heard_while_the_main_thread_waits() -> None:
    """A main thread that waits for its workers keeps no wish to stop from them, whichever thread the signal comes to."""
    assert subprocess.run([sys.executable, "-c", WAITING], timeout=120, check=False).returncode == 0


#: A person is asked, and does not answer: ends with 3 if the run goes on to wait for that.
ASKING = """
import os, signal, sys, time
from nr_run.inventory.errors import Interrupted
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.engine.signals import asking, on_signals
from nr_run.tasks.device import Stop

stop = Stop()
restore = on_signals(stop, PlainProgress())
try:
    with asking():
        os.kill(os.getpid(), getattr(signal, sys.argv[1]))
        time.sleep(20)
except Interrupted as error:
    print(error)
else:
    sys.exit(3)
os.kill(os.getpid(), getattr(signal, sys.argv[1]))
sys.exit(0 if stop.event.wait(60) else 4)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_wish_to_stop_at_the_question_is_not_lost(name: str) -> None:
    """Whatever signal it is: the run ends there, and does not change devices when an answer comes after all."""
    done = subprocess.run([sys.executable, "-c", ASKING, name], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "stopped before anything was changed\n"), done.stderr
