"""Which refusals no test has provoked, of all that sites.py finds: run as ``python tests/meta/unprovoked.py NOTES [REASON]``.

``unprovoked.txt`` beside this file names those that are known, with a reason each. It may only shrink: a place that is not in it
and was not reached fails, and so does an entry whose place is gone or was reached, unless its reason begins with ``at times``.
With a REASON the list is made again: entries that are wrong go, and what is missing is written below that reason, to be looked
at.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

if __package__:
    from .sites import Site, sites
else:
    from sites import Site, sites  # type: ignore[import-not-found,no-redef]

KNOWN = Path(__file__).with_name("unprovoked.txt")
#: What is decided here depends on texts alone, so each run of the tests reaches the same places. Elsewhere devices, processes and
#: their timing have a say: a place that one run of the tests does not reach is told, and fails nothing.
PURE = ("inventory/", "parsers/", "changes/", "checks/")
AT_TIMES = "at times"


def known(text: str) -> dict[str, str]:
    """Key of a place to the reason why no test reaches it. Raises ValueError for an entry without a reason."""
    found: dict[str, str] = {}
    reason = ""
    for line in text.splitlines():
        if line.startswith("# "):
            reason = line.removeprefix("# ")
        elif line.strip():
            if not reason:
                raise ValueError(f"no reason stands above: {line}")
            found[line.strip()] = reason
    return found


def reached(notes: Path) -> set[tuple[str, int]]:
    """Files and lines at which something was refused, of all notes in a folder."""
    found: set[tuple[str, int]] = set()
    for path in notes.glob("*.txt"):
        for line in path.read_text().splitlines():
            file, _, number = line.partition("\t")[0].rpartition(":")
            found.add((file, int(number)))
    return found


def unprovoked(hits: set[tuple[str, int]], of: tuple[Site, ...]) -> list[Site]:
    """The places that nothing reached."""
    by_file: dict[str, set[int]] = {}
    for file, line in hits:
        by_file.setdefault(file, set()).add(line)
    return [site for site in of if not any(site.lines[0] <= line <= site.lines[1] for line in by_file.get(site.file, ()))]


def complaints(missed: list[Site], of: tuple[Site, ...], excused: dict[str, str]) -> list[str]:
    """What is wrong, one sentence each; nothing when every refusal is provoked or excused."""
    keys, all_keys = {site.key for site in missed}, {site.key for site in of}
    new = [f"no test provokes it: {key}" for key in sorted(keys - set(excused))]
    gone = [f"is not in the source any more, so take it off the list: {key}" for key in sorted(set(excused) - all_keys)]
    now = sorted(key for key, why in excused.items() if key in all_keys - keys and not why.startswith(AT_TIMES))
    return [*new, *gone, *(f"is provoked now, so take it off the list: {key}" for key in now)]


def anew(missed: list[Site], of: tuple[Site, ...], excused: dict[str, str], reason: str) -> str:
    """The list as it would have to be: what is still missed keeps its reason, and what is new gets this one."""
    missing, every = {site.key for site in missed}, {site.key for site in of}
    kept = {key: why for key, why in excused.items() if key in missing or (key in every and why.startswith(AT_TIMES))}
    kept |= dict.fromkeys(missing - set(kept), reason)
    parts = []
    for why in dict.fromkeys([*excused.values(), reason]):
        keys = sorted(key for key, own in kept.items() if own == why)
        parts += ["\n".join([f"# {why}", *keys]) + "\n"] if keys else []
    return "\n".join(parts)


def main() -> int:
    """Print the table and the complaints; 1 if there is one about a pure folder."""
    notes, every = Path(sys.argv[1]), sites()
    hits = reached(notes)
    if not hits:
        print(f"no notes in {notes}: make test writes them")
        return 1
    missed, excused = unprovoked(hits, every), known(KNOWN.read_text())
    if len(sys.argv) > 2:
        KNOWN.write_text(anew(missed, every, excused, sys.argv[2]))
        excused = known(KNOWN.read_text())
    total, left = Counter(_folder(site) for site in every), Counter(_folder(site) for site in missed)
    for name in sorted(total):
        print(f"{name:32} places {total[name]:4}   provoked {total[name] - left[name]:4}   not {left[name]:4}")
    said = complaints(missed, every, excused)
    print("\n".join(said) or f"every refusal is provoked by a test, or is one of {len(excused)} that are excused")
    return int(any(f": {folder}" in sentence for sentence in said for folder in PURE))


def _folder(site: Site) -> str:
    return f"{site.file.partition('/')[0]} ({'checks that speak against' if site.is_check else 'errors'})"


if __name__ == "__main__":
    sys.exit(main())
