"""What Netmiko and Paramiko are told beside who logs in and where: times, keys, and where a rehearsal lab has its host keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...inventory.files.connection_settings import ConnectionSettings
from ...inventory.hiding.secrets import Secrets
from .credentials import Login
from .ssh_config import Reached


def times_of(settings: ConnectionSettings, connecting: float) -> dict[str, float]:
    """What Netmiko is told of time, beside who logs in and where; ``connecting`` is how long a connection may take."""
    times = {"auth_timeout": settings.auth_timeout, "banner_timeout": settings.banner_timeout}
    given = {name: seconds for name, seconds in times.items() if seconds}
    return {"conn_timeout": settings.conn_timeout or connecting, **given}


def keys_of(login: Login, place: Reached) -> dict[str, Any]:
    """What Paramiko is told of keys: they are offered only where the inventory says so."""
    settings = login.settings
    files = [settings.key_file] if settings.key_file else []
    if settings.use_keys:
        files += [path for name in place.identities if Path(path := str(Path(name).expanduser())).is_file()]
    keys: dict[str, Any] = {
        "key_filename": files or None,
        "look_for_keys": settings.use_keys,
        "allow_agent": settings.allow_agent,
    }
    if settings.passphrase_ref:
        keys["passphrase"] = login.secrets.resolve(settings.passphrase_ref)
    return keys


def labs_of(secrets: Secrets) -> tuple[Path, ...]:
    """Folders of rehearsal labs: whose credentials are used stands one above them."""
    return tuple(dict.fromkeys(folder.parent for folder in secrets.origins if folder.name == "credentials"))
