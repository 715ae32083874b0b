"""``nr-run explain-phone``: why an IP phone does not come in by VPN, from its console log and the firewall's syslog."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from ....inventory.errors import Exit, UsageError
from ..console import JSON, ended, with_options
from .input_files import FILE, bundle_of, explained

if TYPE_CHECKING:
    from pathlib import Path

    from ....checks.client_logs.explanation import Explanation

_HELP = """\
Explain why an IP phone cannot connect by VPN, from its console log and the syslog of the firewall (ASA), or from either alone.

Combines both into one timeline. Clocks that differ are aligned by events that both logs have, and the offset is shown. Names
the cause with its remedy, or all causes that the logs cannot tell apart. With --config, the phone's configuration file from
TFTP, the hash of the certificate that the phone was shown is compared with those that it trusts. No device is contacted, and no
secret in a log is shown.

\b
nr-run explain-phone --log console.txt --syslog asa.txt
nr-run explain-phone --log console.zip --config SEP00005E005301.cnf.xml
nr-run explain-phone --syslog asa.txt --phone SEP00005E005301 --json

\b
Exit codes: 0 both logs show that the phone is connected; 12 it is not, or that
is not verified; 65 a file is not what it should be; 66 several phones, or none, could be meant.
"""
_LOG = click.option("--log", "log", type=FILE, metavar="FILE", help="The phone's console log: text, or a ZIP of its files.")
_SYSLOG = click.option("--syslog", type=FILE, metavar="FILE", help="The firewall's messages: show logging, or a syslog server's.")
_CONFIG = click.option("--config", type=FILE, metavar="FILE", help="The phone's configuration file (SEP....cnf.xml).")
_PHONE = click.option("--phone", default="", metavar="NAME", help="Which phone: its address, SEP name, MAC address or user.")


def _explain(log: Path | None, syslog: Path | None, config: Path | None, phone: str, **options: Any) -> Exit:
    if log is None and syslog is None:
        raise UsageError("give --log, --syslog or both: the phone's console log, and the firewall's messages")

    def make() -> Explanation:
        from ....checks.client_logs.phone_story import Logs, explain_phone
        from ....inventory.errors import ParseError
        from ....parsers.logs.asa_syslog import read_asa_syslog
        from ....parsers.logs.phone import phone_configs, read_phone_log

        brought = [bundle_of(path) for path in (log, syslog, config) if path is not None]
        configs = tuple(found for bundle in brought for found in phone_configs(bundle.parts))
        if config is not None and not any(found.file == part.name for found in configs for part in brought[-1].parts):
            raise ParseError(f"{brought[-1].name} has no vpnGroup: it is no configuration file of a phone with a VPN")
        console = read_phone_log(brought[0]) if log else None
        messages = read_asa_syslog(brought[1 if log else 0]) if syslog else None
        # Somebody who pastes both into one file has brought both.
        with suppress(ParseError):
            messages = messages if syslog else read_asa_syslog(brought[0])
        with suppress(ParseError):
            console = console if log else read_phone_log(brought[0])
        return explain_phone(Logs(brought[0].name, console, messages, configs), phone)

    return explained("explain-phone", make, as_json=options["as_json"])


_explain.__doc__ = _HELP
explain_phone_command: click.Command = click.command("explain-phone", help=_HELP)(
    with_options(_LOG, _SYSLOG, _CONFIG, _PHONE, JSON)(ended("explain-phone", _explain))
)
