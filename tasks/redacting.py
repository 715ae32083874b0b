"""A logging filter that hides secrets: Nornir logs the arguments of tasks and tracebacks, Netmiko what passes.

Nothing is silenced. A filter of a logger does not see the records of the loggers below it, so each that logs has one.
"""

from __future__ import annotations

import logging

from ..inventory.hiding.secrets import Secrets

#: Loggers that log what passes on a connection, or the arguments of tasks.
LOGGERS = ("nornir.core", "nornir.core.task", "nornir.plugins.inventory.simple", "netmiko")
#: How many logins of one process are hidden by value; older ones are hidden by their form alone.
_KNOWN = 512


class Redacting(logging.Filter):
    """Lets every record pass, with tokens instead of secrets, in its message and in its traceback."""

    def __init__(self) -> None:
        """Of no secrets yet: what stands where a secret stands is hidden all the same."""
        super().__init__()
        self.known: list[Secrets] = []

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true."""
        record.msg, record.args = self._hidden(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_text, record.exc_info = self._hidden(record.exc_text or "") or None, None
        return True

    def _hidden(self, text: str) -> str:
        for known in self.known:
            text = known.hide_known(text)
        return Secrets(()).hide(text) if text else text


_FILTER = Redacting()


def redact(secrets: Secrets) -> None:
    """Hide these secrets from now on in what Nornir and Netmiko log. Done again it changes nothing."""
    if not any(known is secrets for known in _FILTER.known):
        _FILTER.known = [*_FILTER.known[1 - _KNOWN :], secrets]
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
