"""Running configurations as the two routers of the example show them, before the tunnel exists; keys are tokens already."""

VPN2611 = """\
Building configuration...

Current configuration : 1893 bytes
!
version 12.2
service timestamps debug uptime
service timestamps log uptime
no service password-encryption
!
hostname vpn2611
!
aaa new-model
!
!
aaa authentication login default local
aaa authentication login userauthen local
aaa authorization network groupauthor local
aaa session-id common
!
username cisco password 0 <key:00000001>
ip subnet-zero
!
crypto isakmp policy 3
 encr 3des
 authentication pre-share
 group 2
!
crypto isakmp client configuration group 3000client
 key <key:00000002>
 dns 10.10.10.10
 pool ippool
!
!
crypto ipsec transform-set myset esp-3des esp-md5-hmac \n!
crypto dynamic-map dynmap 10
 set transform-set myset \n!
!
crypto map clientmap client authentication list userauthen
crypto map clientmap isakmp authorization list groupauthor
crypto map clientmap client configuration address respond
crypto map clientmap 10 ipsec-isakmp dynamic dynmap \n!
!
interface Ethernet0/0
 ip address 172.18.124.159 255.255.255.0
 half-duplex
 crypto map clientmap
!
interface Ethernet0/1
 ip address 10.10.10.1 255.255.255.0
 half-duplex
!
ip local pool ippool 14.1.1.100 14.1.1.200
ip classless
ip route 0.0.0.0 0.0.0.0 172.18.124.1
!
line vty 0 4
!
end
"""

VPN3640 = """\
version 12.2
hostname vpn3640
!
ip subnet-zero
!
interface Ethernet0/0
 ip address 172.18.124.199 255.255.255.0
 half-duplex
!
interface Ethernet0/1
 ip address 10.10.20.1 255.255.255.0
 half-duplex
!
ip classless
ip route 0.0.0.0 0.0.0.0 172.18.124.1
!
end
"""
