"""Both keys of a rotation are found by another process where it has them, by fingerprint; what travels holds neither."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from nr_run.inventory.errors import SecretError
from nr_run.inventory.hiding.kept_secrets import replaceable
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.far.order import RunOrder

REF, TOKEN = "credential:psk", "<secret:credential:psk>"
OLD, NEW = "The.former.key.of.both-1", "The.next.key.of.both.ends-2"


def here(folder: Path, *, to: str = "", withheld: bool = False) -> Secrets:
    """The store of a run that gives the key another value."""
    (folder / "psk").write_text(f"{OLD}\n")
    store = Secrets.of_run((folder,))
    store.give(REF, NEW, to=to, withheld=withheld)
    store.preshared_key(REF)
    return store


def there(order: RunOrder, folder: Path) -> Secrets:
    """What a worker with a folder of its own makes of the order."""
    carried: RunOrder = pickle.loads(pickle.dumps(order))  # noqa: S301 - of this test
    return carried.store(lambda salt: Secrets.salted(salt, (folder,)))


def ordered(store: Secrets) -> RunOrder:
    """As a run begins, or is resumed."""
    order = RunOrder.of("run", store, learns=True)
    assert OLD.encode() not in pickle.dumps(order)
    assert NEW.encode() not in pickle.dumps(order)
    return order


def alike(one: Secrets, other: Secrets) -> None:
    """Both keys have the same tokens on both sides, so neither is told to the other one."""
    text = f"crypto isakmp key {OLD} address 192.0.2.1\ncrypto isakmp key {NEW} address 192.0.2.2\n"
    assert one.hide(text) == other.hide(text)
    assert TOKEN in one.hide(text)
    assert one.seen().keys() == other.seen().keys()
    assert other.reveal(TOKEN) == NEW


def test_the_next_value_beside_the_one_in_use(tmp_path: Path) -> None:
    """Where the folder is shared both keys are there, before a device has the new one and after it has taken its place."""
    store = here(tmp_path)
    kept = replaceable(REF, (tmp_path,))
    kept.keep_next(NEW)
    order = ordered(store)
    alike(store, there(order, tmp_path))
    again = Secrets.restored(store.export(), apart=True)
    alike(again, there(ordered(again), tmp_path))
    kept.promote()
    after = there(ordered(again), tmp_path)
    assert after.reveal(TOKEN) == NEW
    assert not after.seen(), "the former key is kept with the run alone: it has to be told, and not taken as known there"


def test_a_reference_of_the_users(tmp_path: Path) -> None:
    """With --to the new key is read there; a later rollback finds the former one under the first reference again."""
    store = here(tmp_path, to="credential:next")
    (tmp_path / "next").write_text(f"{NEW}\n")
    alike(store, there(ordered(store), tmp_path))
    again = Secrets.restored(store.export(), apart=True)
    alike(again, there(ordered(again), tmp_path))


def test_what_a_worker_lacks_is_said(tmp_path: Path) -> None:
    """A next value that is not there, another one under --to, and another former key are each refused by the reference."""
    store = here(tmp_path)
    with pytest.raises(SecretError, match=f"the next value of {REF} is not there: .* name it with --to"):
        there(ordered(store), tmp_path)
    store = here(tmp_path, to="credential:next")
    with pytest.raises(SecretError, match="credential:next not found"):
        there(ordered(store), tmp_path)
    (tmp_path / "next").write_text("Another.key.than.there\n")
    with pytest.raises(SecretError, match="credential:next has another value there"):
        there(ordered(store), tmp_path)
    (tmp_path / "next").write_text(f"{NEW}\n")
    (tmp_path / "psk").write_text("Another.former.key.here\n")
    with pytest.raises(SecretError, match=f"{REF} has another value there"):
        there(ordered(store), tmp_path)
    (tmp_path / "psk").unlink()
    with pytest.raises(SecretError, match=f"{REF} not found"):
        there(ordered(store), tmp_path)


def test_a_plan_has_no_new_key_there(tmp_path: Path) -> None:
    """A key that is made for a plan is nowhere else: the former one is hidden as here, and no line can be typed with it."""
    store = here(tmp_path, withheld=True)
    other = there(ordered(store), tmp_path)
    line = f"crypto isakmp key {OLD} address 192.0.2.1"
    assert store.hide(line) == other.hide(line)
    assert "<key:" in other.hide(line)
    with pytest.raises(SecretError, match="is not known to this run"):
        other.reveal(TOKEN)


def test_a_store_that_is_made_of_another_hides_the_former_key(tmp_path: Path) -> None:
    """In a local process and after a crash a sentence with the former key is hidden, as where the run began."""
    exported = here(tmp_path).export()
    for store in (Secrets.beside(exported), Secrets.restored(exported)):
        assert OLD not in store.hide_known(f"it said {OLD}")
