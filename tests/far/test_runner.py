"""The runner and the far side with no transport between them: who does what, what is waited for, and who is gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from nornir.core.inventory import ConnectionOptions
from nornir.plugins.runners import ThreadedRunner

from nr_run.inventory.errors import DeviceRefused, IntentError, Interrupted, NrRunError, SessionLost, Unreachable, UsageError
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.engine.nornir_run import run_on, run_on_one
from nr_run.runbooks.far import messages, runner
from nr_run.runbooks.far.carrying import OneWay
from nr_run.runbooks.far.doing import Doer
from nr_run.runbooks.far.runner import FarRunner

from ..warm import PATIENCE
from .in_process import (
    GATE,
    NAMES,
    SALT,
    Bench,
    Beside,
    gives_unreadable,
    lingers,
    refused,
    shows_a_key,
    stops,
    told,
    types_a_key,
)


@pytest.fixture(params=[True, False], ids=["changes", "looks"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """For a run that changes devices, and for one that looks."""
    GATE.clear()
    made = Bench(changes=request.param)
    yield made
    GATE.set()
    made.runner.close()


def words(host: str) -> dict[str, Any]:
    """Arguments of one host."""
    return {"word": f"of {host}"}


def test_each_host_with_its_own_arguments_and_its_own_process(bench: Bench) -> None:
    """Values come back under their hosts, notes were made before, both processes work, and a host stays with its own."""
    arguments = {name: {**words(name), "note": bench.note} for name in NAMES}
    values, errors = run_on(bench.nornir, told, arguments)
    assert (values, errors) == ({name: f"berlin of {name}" for name in NAMES}, {})
    assert sorted(bench.journal) == [(name, f"of {name}") for name in NAMES]
    first = [len(one.jobs) for one in bench.both]
    run_on(bench.nornir, told, {"a": arguments["a"]})
    run_on(bench.nornir, told, {"a": arguments["a"]})
    assert first == [2, 2]
    assert sorted(len(one.jobs) for one in bench.both) == [2, 4]


def test_a_note_is_made_before_the_next_step(bench: Bench) -> None:
    """A journal that takes no line stops the task on the far side with that error, and the task does not go on."""

    def full(_host: str, **_: str) -> None:
        raise NrRunError("the journal cannot be written: no space left")

    _, errors = run_on(bench.nornir, told, {"a": {"word": "x", "note": full}})
    assert type(errors["a"]) is NrRunError
    assert str(errors["a"]) == "the journal cannot be written: no space left"


def test_an_error_is_that_of_its_device(bench: Bench) -> None:
    """What a task raises there is raised here, class and sentence."""
    with pytest.raises(DeviceRefused, match=r"^b: refused$"):
        run_on_one(bench.nornir, refused, "b")


def test_the_wish_to_stop_is_seen_there(bench: Bench) -> None:
    """A task on the far side that checks it ends as one here does."""
    arguments = {"a": {"stop": bench.stop, "note": lambda _host: bench.stop.event.set()}}
    _, errors = run_on(bench.nornir, stops, arguments)
    assert isinstance(errors["a"], Interrupted)


def test_a_lost_process_is_a_lost_session(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its devices end with SessionLost, which names it; the next task of such a device is done by the other one.

    Where devices are changed, that begins only when the lost one has let go for certain.
    """
    waited: list[float] = []

    def pass_time(seconds: float) -> None:
        waited.append(seconds)
        for far in bench.runner._places.all:
            far.acked -= seconds

    monkeypatch.setattr(runner.time, "sleep", pass_time)

    def lose(_host: str) -> None:
        busy = next(one for one in bench.both if one.jobs)
        busy.broken = True
        bench.runner.lost(busy, "it was killed")

    _, errors = run_on(bench.nornir, lingers, {"a": {"note": lose}})
    assert isinstance(errors["a"], SessionLost)
    assert str(errors["a"]) == "a: one, which was at work on it, is lost (it was killed)"
    values, _ = run_on(bench.nornir, told, {"a": {"word": "again", "note": bench.note}})
    assert values == {"a": "berlin again"}
    long = [seconds for seconds in waited if seconds > messages.LEASE]
    assert len(long) == (1 if bench.runner._changes else 0)


def test_where_none_is_left_it_is_said(bench: Bench) -> None:
    """All lost: each device ends with Unreachable, which says why each process is."""
    for one in bench.both:
        bench.runner.lost(one, "the scheduler is gone")
    _, errors = run_on(bench.nornir, refused, {"a": {}})
    assert isinstance(errors["a"], Unreachable)
    assert str(errors["a"]).startswith("a: no worker of tls://here:1 is left (one: the scheduler is gone; two:")


def test_what_cannot_be_read_here_is_an_error_of_its_device(bench: Bench) -> None:
    """A value whose class only the far side has ends that job and no more: its process goes on, and so does who hears it."""
    values, errors = run_on(bench.nornir, gives_unreadable, {"a": {}})
    assert values == {}
    assert str(errors["a"]) == "a: what came back of it cannot be read here: ModuleNotFoundError: No module named 'theirs'"
    values, _ = run_on(bench.nornir, told, {"a": {"word": "again", "note": bench.note}})
    assert values == {"a": "berlin again"}


def test_words_that_cannot_be_read_lose_their_process_alone(bench: Bench) -> None:
    """A key that comes under a token of another one says that nothing from there can be relied on: the others stay."""
    bench.secrets.take({"<key:0123456789abcdef>": "first-value"})
    bench.runner.received(bench.both[0], (messages.OVER, 999, b"", {"<key:0123456789abcdef>": "second-value"}))
    assert bench.runner.alive == [bench.both[1]]


def test_a_line_that_is_cut_is_a_lost_process(bench: Bench) -> None:
    """A job that cannot be sent ends as where the process was lost, and the process gets no further one."""
    bench.both[0].broken = True
    _, errors = run_on(bench.nornir, refused, {"a": {}})
    assert isinstance(errors["a"], SessionLost)
    assert [one.name for one in bench.runner.alive] == ["two"]


def test_silence_ends_the_lease_on_the_far_side(bench: Bench) -> None:
    """Who waits there for an answer gets none, raises SessionLost, and nothing more is begun: as after a crash."""
    seen: list[BaseException] = []
    doer = Doer(Secrets.salted(SALT, ()), lambda _message: None, learns=False, lease=0.3)

    def call() -> None:
        try:
            doer.call(0, (), {}, True)
        except BaseException as error:  # noqa: BLE001 - looked at below
            seen.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join(30 * PATIENCE)
    assert isinstance(seen[0], SessionLost)
    assert doer.ended
    assert doer.stop.event.is_set()


def test_a_password_of_the_inventory_is_not_sent(bench: Bench) -> None:
    """A host whose password stands in the inventory is refused, in its own options or beside them as an enable secret."""
    host = bench.nornir.inventory.hosts["a"]
    host.password = "in-clear-in-the-inventory"
    _, errors = run_on(bench.nornir, refused, {"a": {}})
    assert isinstance(errors["a"], IntentError)
    host.password = None
    host.connection_options["netmiko"] = ConnectionOptions(extras={"secret": "in-clear-as-well"})
    _, errors = run_on(bench.nornir, refused, {"a": {}})
    assert isinstance(errors["a"], IntentError)
    assert "in-clear" not in str(errors["a"])
    assert bench.both[0].jobs == bench.both[1].jobs == []


def test_what_a_reference_holds_is_not_sent_whoever_put_it_there(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that stands in an argument or in the data of a host is found before anything goes out."""
    monkeypatch.setenv("A_KEY", "a-value-nobody-may-read")
    bench.secrets.resolve("env:A_KEY")
    _, errors = run_on(bench.nornir, told, {"a": {"word": "key a-value-nobody-may-read", "note": bench.note}})
    assert isinstance(errors["a"], UsageError)
    bench.nornir.inventory.hosts["b"].data["note"] = "a-value-nobody-may-read"
    _, errors = run_on(bench.nornir, refused, {"b": {}})
    assert isinstance(errors["b"], UsageError)
    assert bench.both[0].jobs == bench.both[1].jobs == []


def test_keys_that_only_a_device_knows_come_back_where_devices_are_changed(bench: Bench) -> None:
    """The engine learns them for its own folder, and the process that takes over is told; who only looks never sends one."""
    token = run_on_one(bench.nornir, shows_a_key, "a", secrets=bench.secrets).split()[3]
    assert token.startswith("<key:")
    changes = bench.runner._changes
    assert bench.secrets.seen() == ({token: "only-on-a-device"} if changes else {})
    _, errors = run_on(bench.nornir, types_a_key, {name: {"secrets": bench.secrets, "line": token} for name in ("a", "b")})
    assert (len(errors) == 0) == changes, "b is done by the other process"


class Loses:
    """An argument that loses a process while it is packed for it."""

    def __init__(self, lose: Callable[[], None]) -> None:
        self._lose = lose

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        self._lose()
        return str, ("word",)


def test_a_job_for_a_process_that_was_just_lost_ends(bench: Bench) -> None:
    """A process that is lost after it was chosen for a job and before it has the job leaves nobody waiting."""
    found: list[dict[str, NrRunError]] = []
    word = Loses(lambda: bench.runner.lost(bench.both[0], "it was killed"))
    arguments = {"a": {"word": word, "note": bench.note}}
    thread = threading.Thread(target=lambda: found.append(run_on(bench.nornir, told, arguments)[1]), daemon=True)
    thread.start()
    thread.join(20 * PATIENCE)
    assert [str(errors["a"]) for errors in found] == ["a: one, which was at work on it, is lost (it was killed)"]


def test_who_stood_still_itself_calls_nobody_silent(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was stopped for an hour, as by Ctrl-Z, does not take its processes for lost when it goes on."""
    monkeypatch.setattr(runner, "PULSE_SECONDS", 0.1)
    clock = time.monotonic
    monkeypatch.setattr(runner.time, "monotonic", lambda: clock() + 3600)
    deadline = clock() + 30 * PATIENCE
    while bench.runner.alive and clock() < deadline:
        if all(far.heard > clock() + 1800 for far in bench.runner._places.all):
            break
        threading.Event().wait(0.05)
    threading.Event().wait(0.5)  # several looks at who is silent
    assert [one.name for one in bench.runner.alive] == ["one", "two"]


def test_a_one_way_callback_that_fails_ends_the_task_and_no_process() -> None:
    """What it raises is raised where the task was begun; it is no sign that the process is gone."""
    bench = Bench(changes=False)

    def broken(_host: str, **_: str) -> None:
        raise BrokenPipeError("nobody reads any more")

    try:
        with pytest.raises(BrokenPipeError, match="nobody reads"):
            run_on(bench.nornir, told, {"a": {"word": "x", "note": OneWay(broken)}})
        assert [one.name for one in bench.runner.alive] == ["one", "two"]
    finally:
        bench.runner.close()


def test_what_is_called_after_the_end_is_not_done(bench: Bench) -> None:
    """A message that comes when the run has ended is dropped, and whoever reads the line goes on."""
    bench.runner.close()
    bench.runner.received(bench.both[0], (messages.CALL, 1, 0, b"", True, {}))
    assert bench.journal == []


def test_a_private_line_takes_what_a_reference_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of this machine has the store: a key that is also a name of the tunnel must not keep a rollback from it."""
    bench = Bench(changes=True)
    monkeypatch.setenv("A_KEY", "hq-branch")
    bench.secrets.resolve("env:A_KEY")
    private = FarRunner(bench.secrets, bench.stop, changes=True, where="this machine", private=True)
    Beside("three", private, learns=True)
    try:
        arguments = {"a": {"word": "NR-hq-branch", "note": bench.note}}
        assert "a" in run_on(bench.nornir, told, arguments)[1]
        assert run_on(bench.nornir.with_runner(private), told, arguments)[0] == {"a": "berlin NR-hq-branch"}
    finally:
        private.close()
        bench.runner.close()


def test_where_all_are_lost_the_engine_does_it_itself() -> None:
    """With a runner of its own process, what is left to do is done there, and nothing is Unreachable."""
    bench = Bench(changes=True)
    last = FarRunner(bench.secrets, bench.stop, changes=True, where="this machine", lets_go=0.0, here=ThreadedRunner())
    far = Beside("three", last, learns=True)
    arguments = {"a": {"word": "x", "note": bench.note}}
    try:
        nornir = bench.nornir.with_runner(last)
        assert run_on(nornir, told, arguments)[0] == {"a": "berlin x"}
        last.lost(far, "it was killed")
        assert run_on(nornir, told, arguments)[0] == {"a": "berlin x"}
        assert (len(far.jobs), bench.journal) == (1, [("a", "x"), ("a", "x")])
    finally:
        last.close()
        bench.runner.close()


def test_an_acknowledgement_counts_from_when_it_was_asked_for() -> None:
    """One that lay in a queue while the far side was frozen gives it no time; the next one cannot bring back what is over."""
    sent: list[messages.Message] = []
    doer = Doer(Secrets.salted(SALT, ()), sent.append, learns=False, lease=0.4)
    doer.pulse()
    threading.Event().wait(0.3)
    doer.take((messages.ACK, sent[-1][1]))
    threading.Event().wait(0.3)
    assert doer.lease.over, "the sign of life was given 0.6 seconds ago"
    doer.pulse()
    doer.take((messages.ACK, sent[-1][1]))
    assert doer.ended
    with pytest.raises(SessionLost):
        doer.lease.check("a")


def test_a_process_that_was_given_up_is_acknowledged_nothing(bench: Bench) -> None:
    """So that its lease ends, however often it asks."""
    one = bench.both[0]
    one.doer.pulse()
    assert one.acknowledged == 1
    bench.runner.lost(one, "it was silent")
    one.doer.pulse()
    assert one.acknowledged == 1


def test_a_device_is_given_to_another_when_the_last_lease_is_over_and_others_do_not_wait() -> None:
    """The wait counts from the last acknowledgement; a job of a device that is free is begun before it."""
    bench = Bench(changes=True)
    told_person: list[str] = []
    far = FarRunner(bench.secrets, bench.stop, changes=True, where="x", lease=60, lets_go=1.5, tell=told_person.append)
    both = [Beside(name, far, learns=True) for name in ("one", "two")]
    nornir = bench.nornir.with_runner(far)
    arguments = {name: {"word": "x", "note": bench.note} for name in ("a", "b")}
    try:
        run_on(nornir, told, arguments)
        lost_one, left = both if both[0].jobs else reversed(both)
        far.lost(lost_one, "it was killed")
        bench.journal.clear()
        began = time.monotonic()
        values, errors = run_on(nornir, told, arguments)
        assert (len(values), errors) == (2, {})
        assert time.monotonic() - far._places.of(lost_one).acked >= 1.5
        assert time.monotonic() >= began
        assert len(left.jobs) == 3
        (sentence,) = told_person
        waited_for = sentence.partition(":")[0]
        assert f"until {lost_one.name} can certainly type nothing more" in sentence
        assert [host for host, _ in bench.journal][-1] == waited_for
    finally:
        far.close()
        bench.runner.close()


def test_where_nobody_is_left_nobody_is_waited_for() -> None:
    """With no other process the device is told to be unreachable at once: its rollback timer is what is left."""
    bench = Bench(changes=True)
    try:
        run_on(bench.nornir, told, {"a": {"word": "x", "note": bench.note}})
        for one in bench.both:
            bench.runner.lost(one, "it was killed")
        began = time.monotonic()
        assert isinstance(run_on(bench.nornir, refused, {"a": {}})[1]["a"], Unreachable)
        assert time.monotonic() - began < messages.LEASE
    finally:
        bench.runner.close()


def test_what_was_looked_through_before_is_not_refused_in_the_midst(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret in what a change sends refuses it before it begins; one that was begun is undone all the same."""
    monkeypatch.setenv("A_KEY", "hq-branch")
    bench.secrets.resolve("env:A_KEY")
    with pytest.raises(UsageError, match="a secret would be sent in clear"):
        bench.runner.vet("a", {"lines": ["match address NR-hq-branch"]})
    arguments = {"a": {"word": "NR-hq-branch", "note": bench.note}}
    assert isinstance(run_on(bench.nornir, told, arguments)[1]["a"], UsageError)
    bench.runner.begun_before(["a"])
    assert run_on(bench.nornir, told, arguments)[0] == {"a": "berlin NR-hq-branch"}
