"""Names that options had one release ago: they still work, hidden, and each use says on standard error what to write now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click
from click.core import ParameterSource

from .numbers import Number, Whole

#: Old option: the one that has taken its place.
OPTIONS: Mapping[str, str] = {
    "--dead-man": "--revert-in",
    "--ike-wait": "--ike-timeout",
    "--boot-wait": "--boot-timeout",
    "--reconnect-wait": "--reconnect-timeout",
    "--poll": "--poll-interval",
}


def old_options(seconds: click.ParamType[Any]) -> tuple[Callable[[Any], Any], ...]:
    """All of them, with the types of the new ones; ``seconds`` is that of a time that must not be zero."""
    kinds: Mapping[str, click.ParamType[Any]] = {
        "--dead-man": Whole(min=0, max=1440),
        "--ike-wait": seconds,
        "--boot-wait": Number(min=0),
        "--reconnect-wait": Number(min=0),
        "--poll": seconds,
    }
    return tuple(_old_option(old, kinds[old]) for old in OPTIONS)


def _old_option(old: str, kind: click.ParamType[Any]) -> Callable[[Any], Any]:
    """An option under its old name. Of both on one command line the later one counts."""
    new = OPTIONS[old]

    def use(context: click.Context, _option: click.Parameter, value: object) -> None:
        if value is None:
            return
        name = new.removeprefix("--").replace("-", "_")
        context.params[name] = value
        context.set_parameter_source(name, ParameterSource.COMMANDLINE)
        click.echo(f"nr-run: {old} is called {new} now; the next release does not know the old name", err=True)

    return click.option(old, "old" + old.replace("-", "_"), type=kind, hidden=True, expose_value=False, callback=use)


def is_called(new: str) -> Callable[[click.Context, click.Parameter, str], str]:
    """Callback of an option of a command under its old name: says on standard error what to write now."""

    def use(context: click.Context, _option: click.Parameter, value: str) -> str:
        if not context.resilient_parsing:
            click.echo(f"nr-run: {context.info_name} is called {new} now; the next release does not know the old name", err=True)
        return value

    return use
