"""What a verification leaves besides what it prints: its history, notifications, and the reports that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ...inventory.errors import Exit, NrRunError
from ..notify.hold_minutes import DOWN_AFTER, UP_AFTER
from .console import with_options
from .numbers import Number
from .paths import PathOf

if TYPE_CHECKING:
    from pathlib import Path

    from ...checks.verdict import Verification
    from ..history.read import ServicePast

#: Metrics are read by the user of the exporter; who else reads a page or a report is for its owner to say.
_FOR_ALL = 0o644


def _file(name: str, words: str, callback: Callable[..., Any] | None = None) -> Callable[[Any], Any]:
    return click.option(name, type=PathOf(dir_okay=False), metavar="FILE", help=words, callback=callback)


def _reference(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """A URL is not repeated in the error: it may be a key."""
    from ...inventory.hiding.references import SCHEMES

    if any(value.partition(":")[0] not in SCHEMES or not value.partition(":")[2] for value in values):
        raise click.UsageError("--notify takes where the URL is kept, as credential:NAME, and not the URL itself")
    return values


def _metrics(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    """The collector of node_exporter passes over other names in silence."""
    if path is not None and path.suffix != ".prom":
        raise click.UsageError(f"--prometheus {path}: the name has to end in .prom, or the textfile collector does not read it")
    return path


_MINUTES = Number(min=0)
OUTPUTS = with_options(
    _file("--html", "Write one page that needs nothing else, for a browser or paper."),
    _file("--junit", "Write a JUnit report: a test case a service, an error where it is unverified."),
    _file("--prometheus", "Write metrics for the textfile collector; the name has to end in .prom.", _metrics),
    click.option(
        "--notify",
        multiple=True,
        metavar="REF",
        callback=_reference,
        help="Tell the URL that credential:NAME holds what has changed: a webhook, or what apprise knows.",
    ),
    click.option(
        "--down-after",
        type=_MINUTES,
        default=DOWN_AFTER,
        show_default=True,
        metavar="MINUTES",
        help="Tell what is not well after it has been so for this long.",
    ),
    click.option(
        "--up-after",
        type=_MINUTES,
        default=UP_AFTER,
        show_default=True,
        metavar="MINUTES",
        help="Tell what is well again after this long.",
    ),
)


class Left(NamedTuple):
    """The exit code with what could not be written counted in, and sentences on what went wrong."""

    code: Exit
    warnings: tuple[str, ...]

    def after(self, unkept: tuple[str, ...]) -> Left:
        """The same where the record itself could not be kept: no success either, and told first."""
        from ..verify.kept import code_after

        return Left(code_after(self.code, unkept), (*unkept, *self.warnings))


def leave(
    made: Verification, code: Exit, runs: Path, hide: Callable[[str], str], options: dict[str, Any], *, rehearsal: bool
) -> Left:
    """Keep, tell and write. Raises nothing.

    A history or a notification that fails is a warning. A report that was asked for and is not there is no success: what
    reads it would go on with the old one. Nor is a target to which nothing can ever be sent: nobody would learn of an outage. A
    rehearsal in the lab is neither kept nor told to anybody.
    """
    from ..history.keep import keep
    from ..notify.holding import Hold
    from ..notify.notify import notify
    from ..notify.targets import why_unusable
    from ..reports.hiding import without_secrets

    shown = without_secrets(made, hide)
    warnings: list[str] = []
    # Nobody is told of a rehearsal, so its targets need not be there.
    targets = () if rehearsal else options["notify"]
    unusable = {target: why for target in targets if (why := why_unusable(target))}
    if not rehearsal:
        warnings += keep(runs, shown, int(code))
        if options["notify"] and not warnings:
            hold = Hold(options["down_after"], options["up_after"])
            warnings += notify(runs, shown, options["notify"], hold, unusable=unusable)
        elif options["notify"]:
            warnings.append("nobody was notified: what was sent before is in the history")
    unwritten = [f"nobody can be notified there: {why}" for why in unusable.values()]
    unwritten += _write(shown, () if rehearsal else _pasts(runs, shown), options)
    return Left(Exit.ERROR if unwritten and code is Exit.OK else code, (*warnings, *unwritten))


def _pasts(runs: Path, shown: Verification) -> Sequence[ServicePast]:
    """What the history knows; nothing where it cannot be read, which has been said then."""
    from ..history.file import reading
    from ..history.moments import moment
    from ..history.read import pasts

    try:
        with reading(runs) as connection:
            return pasts(connection, moment(shown.finished))
    except NrRunError:
        return ()


def _write(shown: Verification, past: Sequence[ServicePast], options: dict[str, Any]) -> Iterator[str]:
    """Each report that is asked for; a sentence for each that could not be written."""
    from ..reports.junit import junit
    from ..reports.page import page
    from ..reports.prometheus import prometheus
    from ..reports.writing import ReportError, write_report

    wanted: dict[str, tuple[Callable[[], str], int | None]] = {
        "html": (lambda: page(shown, past), None),
        "junit": (lambda: junit(shown), None),
        "prometheus": (lambda: prometheus(shown, past), _FOR_ALL),
    }
    for name, (text, mode) in wanted.items():
        if options[name] is not None:
            try:
                write_report(options[name], text(), mode=mode)
            except ReportError as error:
                yield str(error)
