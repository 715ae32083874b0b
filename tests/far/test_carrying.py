"""What goes to another process and comes back: records whole, what is alive as marks, and no secret."""

from __future__ import annotations

import functools
import pickle
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field
from nornir.core.inventory import Host

from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.families import FAMILIES
from nr_run.inventory import errors
from nr_run.inventory.errors import NrRunError, SecretError, UsageError
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.far.carrying import Callbacks, OneWay, pack, unpack
from nr_run.runbooks.far.order import RunOrder
from nr_run.runbooks.far.outcome import Defect, Failed
from nr_run.runbooks.far.seal import Seal
from nr_run.runbooks.far.wire import Inbox, Outbox
from nr_run.tasks.access.lease import Lease
from nr_run.tasks.device import Stop

CONFIG = "version 12.2\nhostname hq\n!\nline con 0\nline vty 0 4\n!\nend\n"
SALT = "00" * 32


class Side(Struct):
    """The side that reads."""

    secrets: Secrets = field(default_factory=lambda: Secrets.salted(SALT, ()))
    stop: Stop = field(default_factory=Stop)
    lease: Lease = field(default_factory=Lease)
    called: list[Any] = field(default_factory=list)

    def host(self, name: str) -> Host:
        """By name."""
        return Host(name)

    def call(self, number: int, given: tuple[Any, ...], named: dict[str, Any], awaited: bool) -> Any:
        """Noted."""
        self.called.append((number, given, named, awaited))
        return "answer"


def test_a_store_of_secrets_never_travels(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the bytes stands a mark, the value does not, and the far side's own store stands in its place."""
    monkeypatch.setenv("A_KEY", "a-value-nobody-may-read")
    ours, side = Secrets.salted(SALT, ()), Side()
    ours.resolve("env:A_KEY")
    packed = pack({"login": (ours, "env:A_KEY")})
    assert b"nobody-may-read" not in packed
    assert unpack(packed, side)["login"][0] is side.secrets
    assert ours.holds_known(b"x a-value-nobody-may-read y")
    assert not ours.holds_known(packed)


def test_a_family_of_objects_is_one_of_the_table() -> None:
    """It may hold functions that its process alone has; the far side has the same table, and nothing in it calls back."""
    families = [family for each in FAMILIES.values() for family in each]
    callbacks = Callbacks()
    packed = pack(families, callbacks)
    assert all(ours is theirs for ours, theirs in zip(families, unpack(packed, Side()), strict=True))
    assert callbacks.number(print) == 0  # none was before


def test_the_wish_to_stop_is_that_of_the_far_side() -> None:
    """A Stop is a mark: a task that checks it sees what the far side was told."""
    side = Side()
    found = unpack(pack(Stop()), side)
    side.stop.event.set()
    with pytest.raises(errors.Interrupted):
        found.check()


def test_what_is_alive_is_called_where_it_lives() -> None:
    """A closure, a method and a partial become callbacks with one number each; a one-way one is not waited for."""
    noted: list[str] = []
    callbacks, side = Callbacks(), Side()

    def closure(word: str) -> str:
        noted.append(word)
        return word.upper()

    works: list[Callable[..., Any]] = [closure, noted.append, functools.partial(closure, "p"), OneWay(closure), closure]
    found = unpack(pack(works, callbacks), side)
    assert [one.number for one in found] == [0, 1, 2, 3, 0]
    assert [found[0]("x"), found[3]("y")] == ["answer", "answer"]
    assert side.called == [(0, ("x",), {}, True), (3, ("y",), {}, False)]
    assert callbacks.call(0, ("here",), {}) == "HERE"
    callbacks.call(1, ("there",), {})
    assert noted == ["here", "there"]


class Slow:
    """A callable whose hash takes its time, as a thread that loses its turn there does."""

    def __init__(self, number: int) -> None:
        self.mine = number

    def __hash__(self) -> int:
        time.sleep(0.01)
        return id(self)

    def __call__(self) -> int:
        return self.mine


def test_callbacks_of_tunnels_side_by_side_are_not_mixed_up() -> None:
    """Numbers that are asked for at the same time are different: a line of one journal would go to another device's."""
    callbacks, works = Callbacks(), [Slow(number) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(callbacks.number, works))
    assert [callbacks.call(number, (), {}) for number in numbers] == list(range(8))


def test_what_works_on_its_process_is_refused_where_nothing_can_be_called() -> None:
    """An outcome with something alive in it is refused by name, and so is a function of the program itself."""
    with pytest.raises(UsageError, match="works on what its process has"):
        pack(lambda: None)
    task = eval("lambda: None")  # noqa: S307 - as in the program that somebody runs
    task.__qualname__, task.__module__ = "mine", "__main__"
    with pytest.raises(UsageError, match="mine is defined in the program"):
        pack(task, Callbacks())


def test_a_record_travels_without_what_it_only_keeps() -> None:
    """A configuration comes back equal, what it had looked up is left behind, and a mapping that cannot be changed stays one."""
    shown = Configuration("hq", "ios", "show running-config", CONFIG)
    shown.nodes.kept(lambda nodes: [lambda: nodes])
    back = unpack(pack((shown, MappingProxyType({1: shown.nodes}))), Side())
    assert back[0].equals(shown)
    assert back[0].text == shown.text
    assert back[1][1] == shown.nodes
    assert type(back[1]) is MappingProxyType
    assert len(pack(shown)) < len(CONFIG) + 1000


@pytest.mark.parametrize("kind", [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, NrRunError)])
def test_an_error_keeps_class_and_sentence(kind: type[NrRunError]) -> None:
    """Each error of ours is the same on the other side; any other is a defect with its name, and no secret in its words."""
    again = unpack(pack(Failed.of(kind("hq: a sentence"), str)), Side()).error
    assert (type(again), str(again), again.exit_code) == (kind, "hq: a sentence", kind.exit_code)
    other = Failed.of(KeyError("x"), lambda words: words.replace("x", "<key>")).error
    assert (type(other), str(other)) == (Defect, "KeyError: '<key>'")


@given(
    data=st.binary(max_size=300), key=st.text(min_size=32), other=st.text(min_size=32), way=st.sampled_from(["to a", "from a"])
)
def test_a_seal_is_opened_by_the_same_key_run_and_way_alone(data: bytes, key: str, other: str, way: str) -> None:
    """Law: what was sealed comes back under the same key, run and way, and under any other it is refused."""
    key, other = (words.encode("utf8", "replace").decode() for words in (key, other))
    sealed = Seal(key, "run").close(data, way)
    assert Seal(key, "run").open(sealed, way) == data
    wrong = [(Seal(key, "another"), way), (Seal(key, "run"), "to b")] + ([(Seal(other, "run"), way)] if other != key else [])
    for seal, of in wrong:
        with pytest.raises(SecretError, match="another key"):
            seal.open(sealed, of)
    with pytest.raises(SecretError):
        Seal(key, "run").open(sealed[:-1], way)


def test_a_key_that_could_be_guessed_is_refused() -> None:
    """Fewer than 32 characters are no key of a cluster."""
    with pytest.raises(SecretError, match="fewer than 32"):
        Seal("short", "run")


def test_an_order_holds_references_and_no_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """The far side resolves what it is told of, gives equal keys equal tokens, and refuses a value that is another."""
    monkeypatch.setenv("A_KEY", "a-value-nobody-may-read")
    monkeypatch.setenv("LOGIN", "only-the-workers-log-in")
    ours = Secrets.of_run(())
    ours.resolve("env:A_KEY")
    order = RunOrder.of("run", ours, learns=False, also=["env:LOGIN", "env:A_KEY"])
    assert b"nobody-may-read" not in pickle.dumps(order)
    there = order.store()
    text = "crypto isakmp key a-key-of-a-device address 192.0.2.1\n x a-value-nobody-may-read only-the-workers-log-in"
    shown = there.hide(text)
    assert "<secret:env:A_KEY>" in shown
    assert "<secret:env:LOGIN>" in shown
    assert ours.hide(text.splitlines()[0]) == shown.splitlines()[0], "equal keys have equal tokens on both sides"
    monkeypatch.setenv("A_KEY", "another-value")
    with pytest.raises(SecretError, match=r"^env:A_KEY has another value there than where the run began$"):
        order.store()
    monkeypatch.delenv("LOGIN")
    monkeypatch.setenv("A_KEY", "a-value-nobody-may-read")
    with pytest.raises(SecretError, match="env:LOGIN not found"):
        order.store()


def test_a_piece_that_is_lost_or_comes_twice_is_seen() -> None:
    """Pieces are opened in the order in which they were sent, each once; with another one nothing more is taken from there."""
    seal = Seal("k" * 32, "run")
    pieces: list[bytes] = []
    outbox = Outbox(pieces.append, seal, "to a")
    for number in range(3):
        outbox.send(("pulse", number))
        while len(pieces) == number:
            time.sleep(0.01)
    outbox.close()
    inbox = Inbox(seal, "to a")
    assert inbox.open(pieces[0]) == [("pulse", 0)]
    for other in (pieces[0], pieces[2]):
        with pytest.raises(SecretError, match="not whole"):
            inbox.open(other)
    assert inbox.open(pieces[1]) == [("pulse", 1)]
