"""Getting a session on a device: credentials, host keys, drivers, the dialogue of a login."""

from .light_paramiko import import_light

import_light()
