"""A further process that is forked has nothing of this one but what it has imported."""

from __future__ import annotations

import subprocess
import sys

#: Run as a process of its own, which has one thread.
PROGRAM = """
import os, signal, socket, sys, tempfile, threading
from multiprocessing.connection import Connection, Pipe
from nr_run.runbooks.far.local_processes import Forked, may_fork
assert may_fork()
others = [socket.socketpair(), tempfile.TemporaryFile()]
ours, theirs = Pipe()
def work(descriptor):
    line = Connection(descriptor)
    named = {n: os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")}
    left = [name for n, name in named.items() if name != os.devnull and int(n) != descriptor and "/proc/" not in name]
    line.send((left, os.getsid(0) == os.getpid(), os.getppid()))
    line.recv()
child = Forked(work, theirs.fileno())
theirs.close()
left, own, parent = ours.recv()
assert left == [], left
assert own and parent == os.getpid()
assert child.poll() is None
ours.close()
assert child.wait(60) == 1 and child.poll() == 1
child.kill()
other, theirs = Pipe()
second = Forked(lambda _descriptor: signal.pause(), theirs.fileno())
second.kill()
assert second.wait(60) == -signal.SIGKILL
held = threading.Event()
threading.Thread(target=held.wait, daemon=True).start()
assert not may_fork()
print("good")
"""


def test_a_child_has_nothing_open_and_a_session_of_its_own() -> None:
    """Nor does it live on when its line ends; and a process with a second thread is not forked."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout == "good\n", done.stderr
