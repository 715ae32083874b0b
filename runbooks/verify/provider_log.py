"""The file with what a provider's gateway says (``--provider-log``): read before anything is connected, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...inventory.errors import UsageError
from ...parsers.logs.provider_log import ProviderLog, read_provider_log
from ...services.service import Deployment

#: Bytes; a log that is longer is to be cut to the time that matters.
_LONGEST = 32 * 1024 * 1024


def provider_log(path: Path | None, deployments: Sequence[Deployment]) -> ProviderLog | None:
    """The log in a file, None without one. Raises UsageError where it cannot be read, or where nobody knows whom it is about;
    ParseError where no provider writes such a log."""
    if path is None:
        return None
    try:
        if path.stat().st_size > _LONGEST:
            raise UsageError(f"--provider-log {path}: the file has more than {_LONGEST // 1024**2} MB; keep the last hours of it")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"--provider-log {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"--provider-log {path}: byte {error.start} is not UTF-8, so it is no text") from None
    log = read_provider_log(str(path), text)
    if len(deployments) > 1 and not any(entry.address for entry in log.entries):
        raise UsageError(f"--provider-log {path}: it names no gateway, so name the one tunnel that it is about")
    return log


def concerning(log: ProviderLog | None, deployment: Deployment, *, alone: bool) -> ProviderLog | None:
    """The log, where it says something of this deployment: of its far end, or of the only one that is verified."""
    addresses = [str(address) for foreign in deployment.foreign for address in foreign.addresses]
    return log if log and (alone or any(log.about(address) for address in addresses)) else None


def strange(log: ProviderLog | None, deployments: Sequence[Deployment]) -> str:
    """A sentence on a log that belongs to nothing that is verified; empty for every other."""
    if log is None or any(concerning(log, one, alone=len(deployments) == 1) for one in deployments):
        return ""
    named = sorted({entry.address for entry in log.entries if entry.address})
    return f"{log.name} is about {', '.join(named) or 'nothing'}, which is the far end of nothing that was verified"
