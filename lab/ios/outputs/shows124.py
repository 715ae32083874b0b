"""The other `show` commands that 12.4 and 15.4 print in words of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from ipaddress import IPv4Network

from ...core.box import Box
from ...core.flash import IMAGE_BYTES
from .. import model
from . import shows


def access_lists(box: Box, name: str = "") -> list[str]:
    """`show access-lists`, each entry with its number."""
    lines: list[str] = []
    for entry in box.store.all("named-acl"):
        if name in ("", entry.key[0]):
            kind = "Standard" if entry.text.startswith("ip access-list standard") else "Extended"
            lines.append(f"{kind} IP access list {entry.key[0]}")
            aces = entry.all("ace")
            lines += [f"    {ace.values['seq']} {ace.text}" for ace in aces if not ace.text.startswith("remark")]
    numbered = dict.fromkeys(entry.key[0] for entry in box.store.all("access-list"))
    for found in [item for item in numbered if name in ("", item)]:
        kind = "Standard" if int(found) < 100 else "Extended"
        told = [line for line in model.acl_lines(box.store, found) if not line.startswith("remark")]
        lines += [f"{kind} IP access list {found}", *(f"    {10 * n} {line}" for n, line in enumerate(told, start=1))]
    return lines


def ip_ssh(box: Box) -> list[str]:
    """`show ip ssh`."""
    entry = box.store.get("ip ssh version")
    version = "2.0" if entry is not None and entry.text.endswith("2") else "1.99"
    return [f"SSH Enabled - version {version}", "Authentication timeout: 120 secs; Authentication retries: 3"]


#: When the image was copied to the flash, before the rehearsal began.
IMAGE_TIME = timedelta(days=-400, hours=-3)


def directory(box: Box, url: str = "") -> list[str]:
    """`dir`: a file system of the box, or the files in it that the argument names, where `*` stands for anything."""
    disk, colon, name = (url or f"{box.disks[-1]}:").partition(":")
    name = name.lstrip("/")
    if not colon or disk not in (*box.disks, "nvram"):
        return [f"%Error opening {url} (No such device)", ""]
    rows, room = _nvram(box) if disk == "nvram" else _flash(box)
    shown = [row for row in rows if not name or fnmatchcase(row[0], name)]
    if name and not shown:
        return [f"%Error opening {disk}:/{name} (No such file or directory)", ""]
    lines = [_row(number, row) for number, row in enumerate(rows, start=1) if row in shown]
    used = room if "flash-full" in box.faults else sum(size for _, size, _ in rows)
    place = f"{box.disks[-1] if disk != 'nvram' else disk}:/{name}"
    tail = f"{room} bytes total ({room - used} bytes free)"
    return [f"Directory of {place}", "", *(lines or ["No files in directory"]), "", tail]


File = tuple[str, int, datetime | None]


def _row(number: int, row: File) -> str:
    name, size, when = row
    date = f"{when:%b} {when.day:>2} {when.year} {when:%H:%M:%S} +00:00" if when is not None else f"{'<no date>':>28}"
    return f"{number:>5}  -rw- {size:>11}  {date}  {name}"


def _flash(box: Box) -> tuple[list[File], int]:
    image: list[File] = [(box.flash.image, IMAGE_BYTES, box.profile.clock + IMAGE_TIME)] if box.flash.image else []
    return [*image, *((name, box.flash.size(name), box.flash.times[name]) for name in box.flash.files)], box.flash.room


def _nvram(box: Box) -> tuple[list[File], int]:
    startup: list[File] = [("startup-config", box.saved.size, None)] if box.saved.lines else []
    return [*startup, ("private-config", 0, None)], box.profile.nvram


_CODES = """\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area 
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP
       a - application route
       + - replicated route, % - next hop override
"""  # noqa: W291 - the router prints a blank at the end of a line


def ip_route(box: Box, target: str = "") -> list[str]:
    """`show ip route` as 15.x prints it: the own addresses are routes too."""
    if target:
        return shows.ip_route(box, target)
    local = [
        (IPv4Network(f"{i.address}/32"), "L", f"is directly connected, {i.name}")
        for i in model.interfaces(box.store)
        if i.up and i.address is not None and i.name not in box.network.silent(box)
    ]
    rows = sorted([*shows.usable(box), *local])
    default = next((how.rpartition(" ")[2] for network, _, how in rows if network.prefixlen == 0), "")
    last = f"{default} to network 0.0.0.0" if default else "not set"
    lines = [*_CODES.splitlines(), "", f"Gateway of last resort is {last}", ""]
    lines += [f"S*    0.0.0.0/0 {how}" for network, _, how in rows if network.prefixlen == 0]
    for major in sorted({shows.classful(network.network_address) for network, _, _ in rows if network.prefixlen}):
        inside = [row for row in rows if row[0].prefixlen and row[0].subnet_of(major)]
        if not inside:
            continue
        masks = len({row[0].prefixlen for row in inside})
        if [row[0] for row in inside] == [major]:
            lines += [f"{code:<5} {network} {how}" for network, code, how in inside]
            continue
        head = f"{major} is variably subnetted, {len(inside)} subnets, {masks} masks"
        if masks == 1:
            head = f"{major.network_address}/{inside[0][0].prefixlen} is subnetted, {len(inside)} subnets"
        short = masks == 1
        lines.append(f"      {head}")
        lines += [f"{code:<8} {network.network_address if short else network} {how}" for network, code, how in inside]
    return lines
