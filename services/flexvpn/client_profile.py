"""The profile of the clients: an XML file that the head-end gives them, and that they read.

Its form is that of the schema AnyConnectProfile.xsd: what belongs to reconnecting is nested in ``AutoReconnect``, and the
elements of a host stand in one order. Without ``ReconnectAfterResume`` a client drops its session when its computer sleeps, which
is the default of the schema. It has no XML declaration, which is optional (XML 1.0, 2.8): the question mark in it would be taken
for a call for help where the file is typed into a router.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .intent import FlexVpn

NAMESPACE = "http://schemas.xmlsoap.org/encoding/"


def client_profile(wanted: FlexVpn) -> str:
    """The file, with its line ends; it is ASCII."""
    assert wanted.client_profile is not None
    options = wanted.client_profile
    root = Element("AnyConnectProfile", {"xmlns": NAMESPACE})
    first = SubElement(root, "ClientInitialization")
    fixed = {"UserControllable": "true" if options.user_controllable else "false"}
    SubElement(first, "AuthenticationTimeout").text = str(options.authentication_timeout)
    reconnect = SubElement(first, "AutoReconnect", fixed)
    reconnect.text = "true"
    SubElement(reconnect, "AutoReconnectBehavior", fixed).text = "ReconnectAfterResume"
    entry = SubElement(SubElement(root, "ServerList"), "HostEntry")
    SubElement(entry, "HostName").text = options.host_name or wanted.name
    SubElement(entry, "HostAddress").text = wanted.server_name
    protocol = SubElement(entry, "PrimaryProtocol")
    protocol.text = "IPsec"
    alone = SubElement(protocol, "StandardAuthenticationOnly")
    alone.text = "true"
    SubElement(alone, "AuthMethodDuringIKENegotiation").text = "EAP-AnyConnect"
    indent(root)
    return f"{tostring(root, encoding='unicode')}\n"
