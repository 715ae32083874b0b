"""The firewalls: an ASA 5510 at 8.2(5), an ASA 5520 at 9.1(7) virtual ASAs at 9.19(1) and 9.24(1), clean, without a tunnel.

Sources: `show version` and running configurations of such ASAs in public repositories; the SSH algorithms are those of the
releases' SSH server.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from ...core.profile import Profile, Ssh

_TIMEOUTS = """\
timeout xlate 3:00:00
timeout conn 1:00:00 half-closed 0:10:00 udp 0:02:00 icmp 0:00:02
timeout sunrpc 0:10:00 h323 0:05:00 h225 1:00:00 mgcp 0:05:00 mgcp-pat 0:05:00
timeout sip 0:30:00 sip_media 0:02:00 sip-invite 0:03:00 sip-disconnect 0:02:00
timeout sip-provisional-media 0:02:00 uauth 0:05:00 absolute
"""


def _config(ports: str, rest: str) -> str:
    """The start of one box: its two named ports, and what its release shows beside."""
    outside, inside, *unused = ports.split()
    lines = [
        "hostname {name}",
        "domain-name example.com",
        "enable password {enable}",
        "names",
        f"interface {outside}",
        " nameif outside",
        " security-level 0",
        " ip address {wan} 255.255.255.0",
        f"interface {inside}",
        " nameif inside",
        " security-level 100",
        " ip address {lan} 255.255.255.0",
        *(line for port in unused for line in (f"interface {port}", " shutdown")),
        "ftp mode passive",
        "pager lines 24",
        "mtu outside 1500",
        "mtu inside 1500",
        "icmp unreachable rate-limit 1 burst-size 1",
        "no asdm history enable",
        "arp timeout 14400",
        "route outside 0.0.0.0 0.0.0.0 172.18.124.1 1",
        *_TIMEOUTS.splitlines(),
        "dynamic-access-policy-record DfltAccessPolicy",
        "aaa authentication ssh console LOCAL",
        "no snmp-server location",
        "no snmp-server contact",
        "telnet timeout 5",
        "ssh 0.0.0.0 0.0.0.0 outside",
        "ssh 0.0.0.0 0.0.0.0 inside",
        "ssh timeout 30",
        "console timeout 0",
        "management-access inside",
        "threat-detection basic-threat",
        "username nr password {password} privilege 15",
        "prompt hostname context",
        *rest.splitlines(),
    ]
    return "\n".join(lines) + "\n"


_VERSION_5510 = """\

Cisco Adaptive Security Appliance Software Version 8.2(5) 
Device Manager Version 6.4(5)

Compiled on Fri 20-May-11 16:00 by builders
System image file is "disk0:/asa825-k8.bin"
Config file at boot was "startup-config"

{name} up {uptime}

Hardware:   ASA5510, 256 MB RAM, CPU Pentium 4 Celeron 1600 MHz
Internal ATA Compact Flash, 256MB
BIOS Flash M50FW080 @ 0xffe00000, 1024KB

Encryption hardware device : Cisco ASA-55x0 on-board accelerator (revision 0x0)
                             Boot microcode   : CN1000-MC-BOOT-2.00 
                             SSL/IKE microcode: CNLite-MC-SSLm-PLUS-2.03
                             IPSec microcode  : CNlite-MC-IPSECm-MAIN-2.04
 0: Ext: Ethernet0/0         : address is 001d.a2aa.0001, irq 9
 1: Ext: Ethernet0/1         : address is 001d.a2aa.0002, irq 9
 2: Ext: Ethernet0/2         : address is 001d.a2aa.0003, irq 9
 3: Ext: Ethernet0/3         : address is 001d.a2aa.0004, irq 9
 4: Ext: Management0/0       : address is 001d.a2aa.0005, irq 11

Licensed features for this platform:
Maximum Physical Interfaces    : Unlimited 
Maximum VLANs                  : 50        
Inside Hosts                   : Unlimited 
Failover                       : Disabled
VPN-DES                        : Enabled   
VPN-3DES-AES                   : Enabled   
Security Contexts              : 0         
GTP/GPRS                       : Disabled  
SSL VPN Peers                  : 2         
Total VPN Peers                : 250       
Shared License                 : Disabled
AnyConnect for Mobile          : Disabled  
AnyConnect for Cisco VPN Phone : Disabled  
AnyConnect Essentials          : Disabled  
Advanced Endpoint Assessment   : Disabled  
UC Phone Proxy Sessions        : 2         
Total UC Proxy Sessions        : 2         
Botnet Traffic Filter          : Disabled  

This platform has a Base license.

Serial Number: JMX00000082
Running Activation Key: 0x00000000 0x00000000 0x00000000 0x00000000 0x00000000 
Configuration register is 0x1
Configuration {changed}
"""  # noqa: W291 - the box prints blanks at the end of lines

_VERSION_5520 = """\

Cisco Adaptive Security Appliance Software Version 9.1(7) 
Device Manager Version 7.5(2)

Compiled on Thu 14-Jan-16 09:57 by builders
System image file is "disk0:/asa917-k8.bin"
Config file at boot was "startup-config"

{name} up {uptime}

Hardware:   ASA5520, 2048 MB RAM, CPU Pentium 4 Celeron 2000 MHz,
Internal ATA Compact Flash, 256MB
BIOS Flash AT49LW080 @ 0xfff00000, 1024KB

Encryption hardware device : Cisco ASA-55xx on-board accelerator (revision 0x0)
                             Boot microcode        : CN1000-MC-BOOT-2.00 
                             SSL/IKE microcode     : CNLite-MC-SSLm-PLUS-2_05
                             IPSec microcode       : CNlite-MC-IPSECm-MAIN-2.08
                             Number of accelerators: 1

 0: Ext: GigabitEthernet0/0  : address is 0019.e8d9.0001, irq 9
 1: Ext: GigabitEthernet0/1  : address is 0019.e8d9.0002, irq 9
 2: Ext: GigabitEthernet0/2  : address is 0019.e8d9.0003, irq 9
 3: Ext: GigabitEthernet0/3  : address is 0019.e8d9.0004, irq 9
 4: Ext: Management0/0       : address is 0019.e8d9.0005, irq 11

Licensed features for this platform:
Maximum Physical Interfaces       : Unlimited      perpetual
Maximum VLANs                     : 150            perpetual
Inside Hosts                      : Unlimited      perpetual
Failover                          : Active/Active  perpetual
Encryption-DES                    : Enabled        perpetual
Encryption-3DES-AES               : Enabled        perpetual
Security Contexts                 : 2              perpetual
GTP/GPRS                          : Disabled       perpetual
AnyConnect Premium Peers          : 2              perpetual
AnyConnect Essentials             : Disabled       perpetual
Other VPN Peers                   : 750            perpetual
Total VPN Peers                   : 750            perpetual
Shared License                    : Disabled       perpetual
AnyConnect for Mobile             : Disabled       perpetual
AnyConnect for Cisco VPN Phone    : Disabled       perpetual
Advanced Endpoint Assessment      : Disabled       perpetual
UC Phone Proxy Sessions           : 2              perpetual
Total UC Proxy Sessions           : 2              perpetual
Botnet Traffic Filter             : Disabled       perpetual
Intercompany Media Engine         : Disabled       perpetual

This platform has an ASA 5520 VPN Plus license.

Serial Number: JMX00000091
Running Permanent Activation Key: 0x00000000 0x00000000 0x00000000 0x00000000 0x00000000 
Configuration register is 0x1
Configuration {changed}
"""  # noqa: W291 - the box prints blanks at the end of lines

_VERSION_ASAV = """\

Cisco Adaptive Security Appliance Software Version 9.19(1) 
SSP Operating System Version 2.13(0.198)
Device Manager Version 7.19(1)

Compiled on Mon 28-Nov-22 16:31 GMT by builders
System image file is "boot:/asa9191-smp-k8.bin"
Config file at boot was "startup-config"

{name} up {uptime}
Start-up time 27 secs

Hardware:   ASAv, 2048 MB RAM, CPU Xeon E5 series 2300 MHz, 1 CPU (1 core)
Model Id:   ASAv10
Internal ATA Compact Flash, 8192MB
Slot 1: ATA Compact Flash, 8192MB
BIOS Flash Firmware Hub @ 0x0, 0KB


 0: Ext: Management0/0       : address is 0050.5600.0001, irq 11
 1: Ext: GigabitEthernet0/0  : address is 0050.5600.0002, irq 11
 2: Ext: GigabitEthernet0/1  : address is 0050.5600.0003, irq 11

License mode: Smart Licensing
ASAv Platform License State: Licensed
Active entitlement: ASAv-STD-1G, enforce mode: Authorized

Licensed features for this platform:
Maximum VLANs                     : 50             
Inside Hosts                      : Unlimited      
Failover                          : Active/Standby 
Encryption-DES                    : Enabled        
Encryption-3DES-AES               : Enabled        
Security Contexts                 : 0              
Carrier                           : Disabled       
AnyConnect Premium Peers          : 250            
AnyConnect Essentials             : Disabled       
Other VPN Peers                   : 250            
Total VPN Peers                   : 250            
AnyConnect for Mobile             : Enabled        
AnyConnect for Cisco VPN Phone    : Enabled        
Advanced Endpoint Assessment      : Enabled        
Shared License                    : Disabled       
Total TLS Proxy Sessions          : 500            
Cluster                           : Disabled       

Serial Number: 9A000000919

Image type          : Release
Key version         : A

Configuration {changed}
"""  # noqa: W291 - the box prints blanks at the end of lines

#: By analogy with 9.19: no `show version` of 9.24(1) was found. The date is the day of its release.
_VERSION_924 = (
    _VERSION_ASAV.replace("9.19(1)", "9.24(1)")
    .replace("2.13(0.198)", "2.18(0.205)")
    .replace("7.19(1)", "7.24(1)")
    .replace("Mon 28-Nov-22 16:31", "Wed 03-Dec-25 09:12")
    .replace("asa9191-smp", "asa9241-smp")
    .replace("9A000000919", "9A000000924")
)
_HARDWARE = "Hardware:   ASAv, 2048 MB RAM, CPU Xeon E5 series 2300 MHz, 1 CPU (1 core)"

_OLD_SSH = Ssh(
    kex=("diffie-hellman-group1-sha1",),
    ciphers=("3des-cbc", "aes128-cbc", "aes256-cbc"),
    macs=("hmac-sha1", "hmac-md5"),
    key_bits=1024,
)

PROFILES: dict[str, Profile] = {
    "asa82": Profile(
        model="ASA5510",
        release="8.2(5)",
        layout=(),
        config=_config(
            "Ethernet0/0 Ethernet0/1 Ethernet0/2 Ethernet0/3 Management0/0",
            "ssh version 2\n"
            "crypto ipsec security-association lifetime seconds 28800\n"
            "crypto ipsec security-association lifetime kilobytes 4608000\n",
        ),
        version=_VERSION_5510,
        nvram=256 * 1024,
        physical=("Ethernet0/0", "Ethernet0/1", "Ethernet0/2", "Ethernet0/3", "Management0/0"),
        clock=datetime(2011, 8, 3, 7, 11, 40),
        clock_set=True,
        port=10082,
        first_ike=1,
        first_ipsec=4096,
        addresses={"wan": "172.18.124.82", "lan": "10.10.82.1"},
        ssh=_OLD_SSH,
        asa=True,
    ),
    "asa91": Profile(
        model="ASA5520",
        release="9.1(7)",
        layout=(),
        config=_config(
            "GigabitEthernet0/0 GigabitEthernet0/1 GigabitEthernet0/2 GigabitEthernet0/3 Management0/0",
            "ssh version 2\n"
            "ssh key-exchange group dh-group14-sha1\n"
            "no arp permit-nonconnected\n"
            "crypto ipsec security-association pmtu-aging infinite\n"
            "crypto ca trustpool policy\n"
            "no call-home reporting anonymous\n",
        ),
        version=_VERSION_5520,
        nvram=256 * 1024,
        physical=("GigabitEthernet0/0", "GigabitEthernet0/1", "GigabitEthernet0/2", "GigabitEthernet0/3", "Management0/0"),
        clock=datetime(2016, 3, 15, 10, 2, 9),
        clock_set=True,
        port=10091,
        first_ike=1,
        first_ipsec=8192,
        addresses={"wan": "172.18.124.91", "lan": "10.10.91.1"},
        ssh=Ssh(
            kex=("diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"),
            ciphers=("aes128-cbc", "3des-cbc", "aes192-cbc", "aes256-cbc"),
            macs=("hmac-sha1", "hmac-md5"),
            key_bits=2048,
            software="Cisco-1.25",
        ),
        asa=True,
    ),
    "asa919": Profile(
        model="ASAv",
        release="9.19(1)",
        layout=(),
        config=_config(
            "GigabitEthernet0/0 GigabitEthernet0/1 Management0/0",
            "ssh stricthostkeycheck\n"
            "ssh key-exchange group dh-group14-sha256\n"
            "no arp permit-nonconnected\n"
            "crypto ipsec security-association pmtu-aging infinite\n"
            "crypto ca trustpool policy\n"
            "no call-home reporting anonymous\n",
        ),
        version=_VERSION_ASAV,
        nvram=256 * 1024,
        physical=("GigabitEthernet0/0", "GigabitEthernet0/1", "Management0/0"),
        clock=datetime(2022, 12, 6, 14, 20, 31),
        clock_set=True,
        port=10919,
        first_ike=1,
        first_ipsec=3,
        addresses={"wan": "172.18.124.219", "lan": "10.10.119.1"},
        ssh=Ssh(
            kex=("ecdh-sha2-nistp256", "diffie-hellman-group14-sha256"),
            ciphers=("aes256-ctr", "aes128-ctr"),
            macs=("hmac-sha2-256", "hmac-sha1"),
            key_bits=2048,
            software="Cisco-2.0",
            host_key="rsa-sha2-256",
        ),
        asa=True,
        heading=("", "Serial Number: 9A000000919", _HARDWARE),
    ),
}
PROFILES["asa924"] = replace(
    PROFILES["asa919"],
    release="9.24(1)",
    version=_VERSION_924,
    clock=datetime(2026, 1, 12, 8, 5, 17),
    port=10924,
    addresses={"wan": "172.18.124.224", "lan": "10.10.124.1"},
    heading=("", "Serial Number: 9A000000924", _HARDWARE),
)
