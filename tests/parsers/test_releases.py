"""`show version` of the routers and firewalls of many releases, the lines that are the same on all left out."""

from __future__ import annotations

import pytest

from nr_run.parsers import parse

IOS_XE = (
    "Cisco IOS-XE software, Copyright (c) 2005-2024 by cisco Systems, Inc.\nAll rights reserved.  Certain components of\n\n\n"
)
END = "Configuration register is 0x2102\n"

EXPERIMENTAL = (
    "Cisco IOS XE Software, Version BLD_DEV_LATEST_20240326_003112\n"
    "Cisco IOS Software [IOSXE], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Experimental Version "
    "17.15.20240326:010319 [BLD_DEV_LATEST_20240326_003112:/nobackup/build-ws 101]\n"
    f"{IOS_XE}ROM:\n\nvm7 uptime is 0 minutes\nSystem returned to ROM by reload\n"
    "License Level:\nLicense Type: Perpetual\nNext reload license Level:\nAddon License Level:\n"
    "cisco C8000V (VXE) processor (revision VXE) with 1900130K/3075K bytes of memory.\nProcessor board ID 9ABCDEF0123\n"
    "Router operating mode: Autonomous\n8 2.5 Gigabit Ethernet interfaces\n" + END
)
PATCHED = (
    "Cisco IOS XE Software, Version 17.03.03 - SMU-PATCHED\n"
    "Cisco IOS Software [Amsterdam], ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.3.3, RELEASE SOFTWARE (fc7)\n"
    "r1 uptime is 1 hour, 20 minutes\ncisco ISR4331/K9 (1RU) processor with 1795979K/6147K bytes of memory.\n" + END
)
ISR4451 = (
    "        Cisco IOS XE Software, Version 16.06.05\n"
    "        Cisco IOS Software [Everest], ISR Software (X86_64_LINUX_IOSD-UNIVERSALK"
    "9-M), Version 16.6.5, RELEASE SOFTWARE (fc3)\n"
    "        r2 uptime is 2 days, 3 hours, 18 minutes\n        Suite License Information for Module:'esg'\n"
    "        --------------------------------\n"
    "        Suite                 Suite Current         Type           Suite Next reboot\n"
    "        --------------------------------\n        FoundationSuiteK9     None                  None           None\n"
    "        securityk9\n        appxk9\n\n        AdvUCSuiteK9          None                  None           None\n"
    "        uck9\n        cme-srst\n        cube\n\n        Technology Package License Information:\n"
    "        Technology    Technology-package           Technology-package\n"
    "                      Current       Type           Next reboot\n"
    "        appxk9           appxk9           RightToUse       appxk9\n"
    "        uck9             None             None             None\n"
    "        securityk9       securityk9       RightToUse       securityk9\n"
    "        ipbase           ipbasek9         Permanent        ipbasek9\n"
    "        cisco ISR4451-X/K9 (2RU) processor with 1795979K/6147K bytes of memory.\n" + END
)
C3945 = (
    "Cisco IOS Software, C3900 Software (C3900-UNIVERSALK9-M), Version 15.0(1)M7, RELEASE SOFTWARE (fc2)\n"
    "best uptime is 1 hour, 20 minutes\n"
    "Cisco CISCO3945-CHASSIS (revision 1.1) with C3900-SPE150/K9 with 2027520K/69632K bytes of memory.\n"
    "1 Virtual Private Network (VPN) Module\nDRAM configuration is 72 bits wide with parity enabled.\n"
    "License Info:\nLicense UDI:\nDevice#   PID                   SN\n*0        C3900-SPE150/K9       FOC00000000\n" + END
)
ASR1001X = (
    "Cisco IOS XE Software, Version 17.05.01a\n"
    "Cisco IOS Software [Bengaluru], ASR1000 Software (X86_64_LINUX_IOSD-UNIVERSALK9-"
    "M), Version 17.5.1a, RELEASE SOFTWARE (fc1)\n"
    "r1 uptime is 1 hour, 20 minutes\nLicense Mode: Controller-Managed\n"
    "Smart Licensing Status: Registration Not Applicable/Not Applicable\n"
    "cisco ASR1001-X (1NG) processor (revision 1NG) with 3746359K/6147K bytes of memory.\n"
    "Router operating mode: Controller-Managed\n6070271K bytes of eUSB flash at bootflash:.\n0K bytes of  at webui:.\n" + END
)
ASR901 = (
    "Cisco IOS Software, 901 Software (ASR901-UNIVERSALK9-M), Version 15.6(2)SP4, RELEASE SOFTWARE (fc3)\n"
    "r9 uptime is 26 weeks, 21 hours, 26 minutes\nLast reload type: Normal Reload\n"
    "Cisco A901-6CZ-FT-D (P2020) processor (revision 1.0) with 393216K/131072K bytes of memory.\n"
    "P2020 CPU at 800MHz, E500v2 core, 512KB L2 Cache\n1 External Alarm interface\n8 Channelized T1 ports\n" + END
)
C7600 = (
    "Cisco Internetwork Operating System Software \n"
    "IOS (tm) s72033_rp Software (s72033_rp-ADVENTERPRISEK9_WAN-M), Version 12.2(18)SXF7, RELEASE SOFTWARE (fc1)\n"
    "r7 uptime is 10 weeks, 5 days, 5 hours, 16 minutes\n"
    "Time since r7 switched to active is 10 weeks, 5 days, 5 hours, 15 minutes\n"
    "cisco CISCO7604 (R7000) processor (revision 1.4) with 983008K/65536K bytes of memory.\n"
    "SR71000 CPU at 600Mhz, Implementation 0x504, Rev 1.2, 512KB L2 Cache\nLast reset from s/w reset\n"
    "8192K bytes of packet buffer memory.\n65536K bytes of Flash internal SIMM (Sector size 512K).\n" + END
)
C2500 = (
    "Cisco Internetwork Operating System Software \n"
    "IOS (tm) 2500 Software (C2500-J-L), Version 11.2(5)P, SHARED PLATFORM, RELEASE SOFTWARE (fc1)\n"
    "Copyright (c) 1986-1997 by cisco Systems, Inc.\n"
    "ROM: System Bootstrap, Version 11.0(10c)XB1, PLATFORM SPECIFIC RELEASE SOFTWARE (fc1)\n"
    "ROM: 3000 Bootstrap Software (IGS-BOOT-R), Version 11.0(10c)XB1, PLATFORM SPECIFIC RELEASE SOFTWARE (fc1)\n"
    "r11 uptime is 2 weeks, 1 day, 9 hours, 17 minutes\n"
    'System restarted by bus error at PC 0x31ABEF8\nSystem image file is "flash:c2500-j-l.112-5.P", booted via flash\n'
    "cisco AS2511-RJ (68030) processor (revision E) with 6144K/2048K bytes of memory.\n16 terminal line(s)\n" + END
)


@pytest.mark.parametrize(
    ("text", "version", "model", "memory"),
    [
        (EXPERIMENTAL, "17.15.20240326:010319", "C8000V", 1900130),
        (PATCHED, "17.3.3", "ISR4331/K9", 1795979),
        (ISR4451, "16.6.5", "ISR4451-X/K9", 1795979),
        (C3945, "15.0(1)M7", "CISCO3945-CHASSIS", 2027520),
        (ASR1001X, "17.5.1a", "ASR1001-X", 3746359),
        (ASR901, "15.6(2)SP4", "A901-6CZ-FT-D", 393216),
        (C7600, "12.2(18)SXF7", "CISCO7604", 983008),
        (C2500, "11.2(5)P", "AS2511-RJ", 6144),
    ],
)
def test_model_release_and_memory_of_a_router(text: str, version: str, model: str, memory: int) -> None:
    """Every line is understood, and a build that is no release is the only one that says so."""
    parsed = parse("ios", "show version", text)
    assert [problem.why for problem in parsed.problems] == []
    state = parsed.state
    assert (state.version, state.model, state.memory_kilobytes) == (version, model, memory)
    assert state.experimental is (text is EXPERIMENTAL)
    assert [note.why for note in parsed.notes if "unreleased build" in note.why] == (
        [f"{version} is an unreleased build: the device says 'Experimental Version'"] if state.experimental else []
    )


def test_a_patched_release_is_still_that_release() -> None:
    """`17.03.03 - SMU-PATCHED` is release 17.03.03, with the patch noted beside it."""
    state = parse("ios", "show version", PATCHED).state
    assert (state.xe_version, state.patched) == ("17.03.03", True)
    assert parse("ios", "show version", ASR1001X).state.patched is False


def test_only_a_lone_member_ends_without_a_register() -> None:
    """A standby supervisor prints its own serial number last; a router that stops anywhere else was cut short."""
    body = PATCHED.removesuffix(END)
    member = "Model Number                       : C9606R\nSystem Serial Number               : FXS0000ABCD\n"
    assert parse("ios", "show version", body + member).complete
    assert not parse("ios", "show version", body).complete
    assert not parse("ios", "show version", body + member + "Switch 02\n---------\n" + member).complete


ASA_HEAD = (
    "Cisco Adaptive Security Appliance Software Version 9.14(2)15{}\n"
    "SSP Operating System Version 2.8(1.164)\n"
    "\n"
    "fw1 up 31 days 2 hours\n"
    "\n"
)
ASA_LICENCES = (
    "{}icensed features for this platform:\n"
    "Maximum VLANs                     : 1024\n"
    "Cluster                           : Enabled\n"
    "\n"
)


def test_a_context_of_a_chassis_ends_with_its_licences() -> None:
    """Inside a context nobody is named who changed the configuration, but the tables of unit and cluster are of one length."""
    head = (
        ASA_HEAD.format(" <context>")
        + "SSP Slot Number: 1\n\nHardware:   FPR9K-SM-24, 230696 MB RAM, CPU Xeon E5 series 2200 MHz\n"
    )
    both = head + ASA_LICENCES.format("L") + ASA_LICENCES.format("Failover cluster l")
    assert [problem.why for problem in parse("asa", "show version", both).problems] == []
    cut = both[: both.rindex("Cluster")]
    assert not parse("asa", "show version", cut).complete
    assert not parse("asa", "show version", both.replace(" <context>", "")).complete


def test_licences_that_end_are_listed_with_their_key() -> None:
    """`Active Timebased Activation Key:` has keys and what each of them allows below it (8.4)."""
    text = (
        "Cisco Adaptive Security Appliance Software Version 8.4(1)\n\nfw2 up 3 days 3 hours\n"
        "Hardware:   ASA5520, 512 MB RAM, CPU Pentium 4 Celeron 2000 MHz\n            ASA: 8575 MB RAM, 1 CPU (2 cores)\n"
        + ASA_LICENCES.format("L")
        + "This platform has a Base license.\nActive Timebased Activation Key:\n"
        "0x00000001 0x00000002 0x00000003 0x00000004 0x00000005\nBotnet Traffic Filter        : Enabled    646 days\n"
        "0x00000006 0x00000007 0x00000008 0x00000009 0x0000000a\nTotal UC Proxy Sessions      : 10         62 days\n"
        "Serial Number: JMX00000000\nConfiguration last modified by docs at 15:23:22.339 EDT Fri Oct 30 2012\n"
    )
    parsed = parse("asa", "show version", text)
    assert [problem.why for problem in parsed.problems] == []
    timed = [(item.name, item.term) for item in parsed.state.licenses if item.scope == "Active Timebased Activation Key"]
    assert timed == [("Botnet Traffic Filter", "646 days"), ("Total UC Proxy Sessions", "62 days")]
