"""What texts that a person brings say of a client's connection: outputs of a head-end, a client's log, a telephone's, a syslog.

Pure: records of ``parsers/logs/`` and ``parsers/printed/pasted.py`` in, an `Explanation` out. No device is asked.
"""
