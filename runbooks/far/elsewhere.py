"""Whether the tasks of a run are done elsewhere; what is light enough to be imported where nobody asks for that."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from nornir.core import Nornir

from ...inventory.errors import UsageError
from ...inventory.hiding.secrets import Secrets
from ...tasks.device import Stop

#: A process costs the start of an interpreter, as much as ten devices do: with fewer devices each it does not pay.
DEVICES_EACH = 30


def that_pay(devices: int) -> int:
    """How many local processes pay for so many devices: one a core, each with enough to do; 1 is none beside this one."""
    ours = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    cores = len(ours(0)) if ours is not None else os.cpu_count() or 1
    return max(1, min(cores, devices // DEVICES_EACH))


def refuse_both(scheduler: str, *, lab: bool, processes: int = 0) -> None:
    """Raise UsageError for a rehearsal on others' machines, further processes of this one, and an address that is none."""
    if not scheduler:
        return
    if processes > 1:
        raise UsageError("--processes are of this machine, and --scheduler reaches the devices from others: use one of them")
    if lab:
        raise UsageError("--lab plays the devices on this machine, and --scheduler reaches them from others: use one of them")
    from .dask_cluster import check_address

    check_address(scheduler)


@contextmanager
def elsewhere(
    scheduler: str,
    nornir: Nornir,
    hosts: Iterable[str],
    secrets: Secrets,
    stop: Stop,
    tell: Callable[[str], None],
    *,
    changes: bool,
) -> Iterator[Nornir]:
    """The same Nornir, whose tasks are done on the workers of a Dask cluster. Raises as through_dask() does."""
    from .dask_cluster import references_of, through_dask

    also = references_of(nornir.inventory.hosts[host] for host in hosts)
    with through_dask(scheduler, secrets, stop, tell, changes=changes, also=also) as runner:
        yield nornir.with_runner(runner)


def begun_before(nornir: Nornir, hosts: Iterable[str]) -> None:
    """What an earlier run has begun on these devices is brought to its end, whatever stands in it."""
    begun = getattr(nornir.runner, "begun_before", None)
    if begun is not None:
        begun(hosts)


def keep_together(nornir: Nornir, groups: Sequence[Collection[str]]) -> None:
    """Have the devices of each of these groups be reached from one process, where a device is in no other of them."""
    together = getattr(nornir.runner, "keep_together", None)
    if together is not None:
        together([tuple(group) for group, alone in zip(groups, alone_on(groups), strict=True) if alone])


def alone_on(groups: Sequence[Collection[str]]) -> list[bool]:
    """Of each group of devices, whether none of them is in another group."""
    number = Counter(host for group in groups for host in group)
    return [all(number[host] == 1 for host in group) for group in groups]


def takes_whole(nornir: Nornir) -> bool:
    """Whether a whole deployment can be done in another process, and not only the tasks of its devices."""
    return bool(getattr(nornir.runner, "takes_whole", False))


def vet(nornir: Nornir, host: str, value: object) -> None:
    """Have what will go elsewhere while a device is changed looked through before that begins. Raises UsageError."""
    look = getattr(nornir.runner, "vet", None)
    if look is not None:
        look(host, value)


def seconds_to_let_go(nornir: Nornir) -> float:
    """How long a lost process may have to be waited for before another one takes its device; 0 where tasks are done here."""
    return float(getattr(nornir.runner, "lets_go", 0.0))
