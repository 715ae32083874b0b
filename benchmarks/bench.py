"""All benchmarks, row by row, kept in a file and written as a page: `make bench`, `make bench-all`, `make bench ROWS=...`.

    python benchmarks/bench.py                    a quick look: one pair on each model, small parses, start-up
    python benchmarks/bench.py --all              every row that has not been measured yet; can be cut and started again. On a
                                                  quiet machine also those that were measured on a busy one
    python benchmarks/bench.py --rows 'hub/*'     the rows whose names begin so, or match, measured again
    python benchmarks/bench.py --list             the names of all rows, and whether they have been measured
    python benchmarks/bench.py --page             nothing is measured; docs/benchmarks.md is written from what is kept

What is compared beside nornir_netmiko (scrapli, Genie, TextFSM's templates) is taken where it can be imported: in this
environment, or in that of the interpreter that BENCH_OTHERS names.
"""

from __future__ import annotations

import fnmatch
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import deploys
import page
import pushes
import readings
import shares
import starts
import verifications
from measuring import Kept, NotDone, Row, alternate, commit, machine

ROOT = Path(__file__).resolve().parent.parent
KEPT = Kept(Path(__file__).with_name("measured.json"))
GROUPS = (pushes, deploys, shares, verifications, readings, starts)


def rows() -> Iterator[Row]:
    """All of them, in the order of the page."""
    for group in GROUPS:
        yield from group.rows()


def chosen(patterns: Sequence[str], *, everything: bool) -> list[Row]:
    """What is to be measured now. Exits with a sentence where a pattern means no row."""
    measured = KEPT.read()
    if everything:
        calm = os.getloadavg()[0] <= page.QUIET * len(os.sched_getaffinity(0))
        return [row for row in rows() if row.name not in measured or (calm and not page.quiet(measured[row.name]))]
    if not patterns:
        return [row for row in rows() if row.quick]
    found = [row for row in rows() if any(fits(row.name, pattern) for pattern in patterns)]
    for pattern in patterns:
        if not any(fits(row.name, pattern) for row in found):
            raise click.UsageError(f"no row is called {pattern}: --list names them")
    return found


def fits(name: str, pattern: str) -> bool:
    """Whether a name is meant: it matches, or begins with whole parts that do."""
    return fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name, f"{pattern.rstrip('/')}/*")


def measure(row: Row, times: int) -> None:
    """Measure one row and keep it. Raises NotDone."""
    before = os.getloadavg()[0]
    with row.open() as sides:
        samples = alternate(sides, times, lambda words: click.echo(words, err=True))
    KEPT.put(
        row.name,
        {
            "samples": samples,
            "load": [round(before, 1), round(os.getloadavg()[0], 1)],
            "times": times,
            "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
            "commit": commit(),
            "machine": machine(),
        },
    )


@click.command(help=__doc__.partition("\n")[0] if __doc__ else None)
@click.option("--rows", "patterns", multiple=True, help="Names of rows, or patterns of them; several with commas or repeated.")
@click.option("--all", "everything", is_flag=True, help="Every row that has not been measured, or on a busy machine.")
@click.option("--list", "listed", is_flag=True, help="Say which rows there are.")
@click.option("--page", "only_page", is_flag=True, help="Write the page, and measure nothing.")
@click.option("--times", default=5, show_default=True, type=click.IntRange(1, 25), help="Turns of each side.")
def main(patterns: tuple[str, ...], times: int, *, everything: bool, listed: bool, only_page: bool) -> None:
    """Measure rows, keep each, and write the page."""
    names = [name for given in patterns for name in given.split(",") if name]
    if listed:
        measured = KEPT.read()
        for row in rows():
            click.echo(f"{row.name}  {measured[row.name]['at'] if row.name in measured else 'not measured'}")
        return
    failed = []
    for row in [] if only_page else chosen(names, everything=everything):
        click.echo(f"{row.name}  (load {os.getloadavg()[0]:.1f})", err=True)
        try:
            measure(row, times)
        except NotDone as error:
            failed.append(row.name)
            click.echo(f"  not measured: {error}", err=True)
    (ROOT / "docs" / "benchmarks.md").write_text(page.written(KEPT.read(), [row.name for row in rows()]))
    if failed:
        click.echo(f"not measured: {', '.join(failed)}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
