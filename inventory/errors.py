"""Every error that nr-run raises on purpose, and the exit code that it ends in.

    NrRunError                      1   something went wrong
    ├── UsageError                  64  the command line does not make sense
    ├── IntentError                 65  the inventory or the intent is wrong: file, line, field, nearest match
    │   └── SecretError             65  a key reference not found, or to a key that may not be used
    ├── NothingMatched              66  no such tunnel or host
    ├── Locked                      75  another run holds a device
    ├── Unreachable                 11  no connection, or no login, or no privilege
    │   ├── HostKeyRefused          11  the SSH host key is not the one that is known of the device
    │   └── SessionLost             11  the session ended in the middle of the work
    ├── NotKnown                    11  the device answered, and not with what was asked: what it holds is not known
    ├── DeviceRefused               1   the device answered a line with something that no rule expects
    ├── ChangeError                 65  the change cannot be planned: unknown line, no free number, name taken
    │   └── OtherForm               65  it is there in another form, which no change leads to
    ├── DriftError                  13  the device is not as it has to be before the change
    ├── ParseError                  65  this text, of a file, is not the output of that command
    │   └── UnreadableAnswer        11  what a device answered is not the output of the command that it was asked
    └── Interrupted                 130 the operator stopped the run before anything was changed

The message is one sentence that a person can act on, and never holds a secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; the same words stand in JSON output, in the recap and in the run folder."""

    OK = 0
    ERROR = 1
    PENDING = 2
    PARTIAL = 10
    UNREACHABLE = 11
    VERIFY_FAILED = 12
    PRECHECK_FAILED = 13
    ROLLED_BACK = 20
    ROLLBACK_INCOMPLETE = 21
    USAGE = 64
    INTENT = 65
    NOTHING_MATCHED = 66
    LOCKED = 75
    INTERRUPTED = 130

    @property
    def word(self) -> str:
        """The outcome word, spelt alike wherever it stands: ``rolled-back``."""
        return self.name.lower().replace("_", "-")


class NrRunError(Exception):
    """Base of all errors that nr-run raises on purpose."""

    exit_code = Exit.ERROR


class UsageError(NrRunError):
    """The command line is wrong."""

    exit_code = Exit.USAGE


class IntentError(NrRunError):
    """The inventory or the intent is wrong; the message says file, line, field and nearest match."""

    exit_code = Exit.INTENT


class NoIntent(IntentError):
    """An inventory has no place where the intent of a service stands: it may be asked for others alone."""


class SecretError(IntentError):
    """A secret reference that is not found, or whose value may not be used."""


class NothingMatched(NrRunError):
    """No tunnel or host has the name that was given."""

    exit_code = Exit.NOTHING_MATCHED


class Locked(NrRunError):
    """Another run holds a device of this change."""

    exit_code = Exit.LOCKED


class Unreachable(NrRunError):
    """No connection, no login, or no privilege on the device."""

    exit_code = Exit.UNREACHABLE


class SessionLost(Unreachable):
    """The session ended in the middle of the work."""


class HostKeyRefused(Unreachable):
    """The SSH host key is not the one that is known for the device."""


class NotKnown(NrRunError):
    """The device did not show what it was asked for: a refusal, nothing, or a part of it. Nothing follows from its answer.

    What is absent in such an answer is neither gone nor as before; it has to be asked for again.
    """

    exit_code = Exit.UNREACHABLE


class DeviceRefused(NrRunError):
    """The device answered a line with something that no rule expects."""


class ConfigurationRefused(DeviceRefused):
    """The device does not let this user into configuration mode, so that nothing can have been changed there."""

    exit_code = Exit.UNREACHABLE


class ChangeError(NrRunError):
    """The change cannot be planned safely."""

    exit_code = Exit.INTENT


class OtherForm(ChangeError):
    """The deployment exists in another form that cannot be changed into the wanted one: remove it, then deploy it."""


class DriftError(NrRunError):
    """The device is not as it has to be before the change."""

    exit_code = Exit.PRECHECK_FAILED


class ParseError(NrRunError):
    """The text is not the output of the command it was taken for."""

    exit_code = Exit.INTENT


class UnreadableAnswer(ParseError):
    """What a device answered is not the output of the command: it can be read again, and no file of ours is wrong.

    No Unreachable: the device was logged in to, and may have been armed or changed.
    """

    exit_code = Exit.UNREACHABLE

    @classmethod
    def of(cls, host: str, error: ParseError) -> UnreadableAnswer:
        """The same with the name of the device in it."""
        return error if isinstance(error, cls) else cls(f"{host}: {error}")


@contextmanager
def answers_of(host: str) -> Iterator[None]:
    """What is read in here was answered by this device: a ParseError names it, and is not taken for a wrong file."""
    try:
        yield
    except ParseError as error:
        raise UnreadableAnswer.of(host, error) from None


class Interrupted(NrRunError):
    """The operator stopped the run before anything was changed."""

    exit_code = Exit.INTERRUPTED
