"""What a task needs to know about its device, and how it gets a session; shared by all tasks of a run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field
from nornir.core import Nornir
from nornir.core.inventory import ConnectionOptions, Host
from nornir.core.task import Task

from ..inventory.errors import DeviceRefused, Interrupted, SessionLost, Unreachable
from ..inventory.files.connection_settings import PLUGINS, TUNING, ConnectionSettings
from ..inventory.files.hosts import reaching
from ..inventory.hiding.secrets import Secrets
from ..inventory.models.platforms import Platform
from .access.credentials import PREFIX, Login, login_of
from .access.device_types import CONNECTION as CONNECTION
from .access.device_types import register_device_types
from .access.drivers import LeanDriver
from .redacting import redact
from .sessions.dialects import dialect_of
from .sessions.session import Reply, Session


class Stop(Struct, frozen=True):
    """The operator's request to stop, checked by every task between two exchanges with its device."""

    event: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise Interrupted if the operator asked to stop."""
        if self.event.is_set():
            raise Interrupted("stopped by the operator")

    def wait(self, seconds: float) -> None:
        """Sleep for these seconds; raise Interrupted as soon as the operator asks to stop."""
        self.event.wait(seconds)
        self.check()


def connect_by(
    nornir: Nornir,
    secrets: Secrets,
    platforms: Mapping[str, Platform],
    timeout_seconds: float = 30.0,
    tag: str = "",
    tell: Callable[[str], None] = lambda _sentence: None,
) -> Nornir:
    """The same Nornir, whose hosts log in by reference when a task first needs them; nothing is connected yet.

    ``tell`` is given what a person has to hear of, such as the security warnings of a device, when it comes.
    """
    for name, host in nornir.inventory.hosts.items():
        login = Login(
            secrets,
            username_ref=host["username_ref"],
            password_ref=host["password_ref"],
            enable_ref=host.get("enable_ref"),
            platform=_driver_of(host, platforms[name]),
            timeout_seconds=timeout_seconds,
            dialect=dialect_of(platforms[name]),
            tag=tag,
            settings=settings_of(host),
            tell=tell,
        )
        log_in_by(host, login)
    return nornir


def log_in_by(host: Host, login: Login) -> None:
    """Let this host's connection ``netmiko`` open our driver with this login, for our tasks and Netmiko's alike."""
    register_device_types()
    redact(login.secrets)
    at = host.get_connection_parameters(CONNECTION)
    tuning = {name: value for name, value in (at.extras or {}).items() if name in TUNING}
    host.connection_options[CONNECTION] = ConnectionOptions(
        hostname=at.hostname,
        port=at.port,
        username="",
        password="",
        platform=f"{PREFIX}{login.platform}",
        extras={**tuning, "login": login, "name": host.name},
    )


def _driver_of(host: Host, platform: Platform) -> str:
    """The driver by the inventory's transport, if it names one: a router with SSH may be behind a console server."""
    return host.platform if host.platform in reaching(platform) else platform.driver


def settings_of(host: Host) -> ConnectionSettings:
    """What the inventory says of this host's connection; what connect_by() has put in the place of it is looked through."""
    extras = {name: host.get_connection_parameters(name).extras for name in PLUGINS}
    login = (extras[CONNECTION] or {}).get("login")
    return login.settings if isinstance(login, Login) else ConnectionSettings.of(extras)


def session(task: Task, *, as_it_stands: bool = False) -> Session:
    """The open session of this task's device, in exec mode; a session that was lost is replaced by a new login.

    ``as_it_stands`` is for a task that goes on in configuration mode, where the one before has entered it.

    It stands on Nornir's connection ``netmiko``. Where a task of the user's has opened Netmiko's own driver there, that one is
    closed and ours takes its place. Raises Unreachable, and IntentError where the host does not say how to log in.
    """
    connection = task.host.connections.get(CONNECTION)
    driver = getattr(connection, "connection", None)
    if isinstance(driver, LeanDriver):
        try:
            found = driver.at_prompt()
        except (Unreachable, EOFError, OSError):
            driver.disconnect()
        else:
            if found.open and (as_it_stands or _in_exec(found)):
                return found
    if connection is not None:
        task.host.close_connection(CONNECTION)
    return _opened(task).at_prompt()


def open_session(task: Task) -> Session | None:
    """The session that is open now, in whatever mode; None where there is none. Nothing is asked of the device."""
    driver = getattr(task.host.connections.get(CONNECTION), "connection", None)
    found = driver.session if isinstance(driver, LeanDriver) else None
    return found if found is not None and found.open else None


def _in_exec(device: Session) -> bool:
    """Leave configuration mode where a task has left it open; False where the session ends of that."""
    try:
        if device.configuring:
            device.leave(())
    except (SessionLost, DeviceRefused):
        device.close()
    return device.open


def _opened(task: Task) -> LeanDriver:
    host = task.host
    if not isinstance((host.get_connection_parameters(CONNECTION).extras or {}).get("login"), Login):
        log_in_by(host, login_of(host))
    opened = host.get_connection(CONNECTION, task.nornir.config)
    if not isinstance(opened, LeanDriver):
        raise TypeError(f"{host.name}: connection {CONNECTION} is {type(opened).__name__}")
    if opened.login.is_telnet:
        opened.login.tell(f"{host.name}: telnet: nothing on this line is encrypted or authenticated")
    return opened


def read(task: Task, lines: Sequence[str]) -> tuple[Reply, ...]:
    """Replies to lines that only read. A session that was idle for too long is gone: then once more over a new login."""
    try:
        return session(task).send_batch(lines)
    except SessionLost:
        return session(task).send_batch(lines)


def reconnect(task: Task, *, patience_seconds: float, pause_seconds: float, as_it_stands: bool = False) -> Session:
    """A live session: the one there is, or a new login, tried again until the patience is used up. Raises Unreachable.

    ``as_it_stands`` as in session().
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return session(task, as_it_stands=as_it_stands)
        except Unreachable:
            if time.monotonic() + pause_seconds > deadline:
                raise
            time.sleep(pause_seconds)
