"""Pools of addresses of an ASA: who has which, and what `show ip local pool NAME` shows of it.

The form is that of outputs in public parsers' tests (Genie, ShowIpLocalPool).
"""

from __future__ import annotations

from ipaddress import IPv4Address

from ..box import AsaBox


def pool_of(box: AsaBox, name: str) -> tuple[list[IPv4Address], list[IPv4Address]]:
    """All addresses of a pool, and those that nobody has; others have the last ones."""
    pool = box.store.get("ip local pool", name)
    if pool is None:
        return [], []
    first, _, last = pool.values["range"].partition("-")
    every = [IPv4Address(number) for number in range(int(IPv4Address(first)), int(IPv4Address(last or first)) + 1)]
    taken = {phone.assigned for phone in box.phones.values()}
    left = every[: max(0, len(every) - box.other_addresses)]
    return every, [address for address in left if str(address) not in taken]


def local_pool(box: AsaBox, name: str) -> list[str]:
    """`show ip local pool NAME`."""
    every, free = pool_of(box, name)
    pool = box.store.get("ip local pool", name)
    if pool is None:
        return [f"ERROR: Pool {name} does not exist"]
    mask = pool.values.get("mask", "255.255.255.0")
    used = [address for address in every if address not in free]
    return [
        "Begin           End             Mask            Free     Held     In use",
        f"{every[0]!s:<15} {every[-1]!s:<15} {mask:<15} {len(free):>5}    {0:>5}    {len(used):>5}",
        "",
        "Available Addresses:",
        *map(str, free),
        "",
        "In Use Addresses:",
        *map(str, used),
    ]
