"""Where a headset can reach this machine."""

import ipaddress
import socket

import psutil

from twin.errors import StationError

LOOPBACK = "127.0.0.1"
PORT = 8443


def network_addresses() -> tuple[str, ...]:
    """This machine's IPv4 addresses that others can reach, in the order of its interfaces."""
    return tuple(
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET and not ipaddress.ip_address(address.address).is_loopback
    )


def checked(address: str, port: str) -> tuple[str, int]:
    """An address of this machine and a port, empty meaning the loopback and ``PORT``.

    Raises:
        StationError: it is not one; names those there are.
    """
    known = (LOOPBACK, *network_addresses())
    if address and address not in known:
        raise StationError(
            f"the headset link cannot listen on {address!r}: it is no address of this machine; "
            f"there are {', '.join(known)}"
        )
    if port and not (port.isdecimal() and 1 <= int(port) <= 65535):
        raise StationError(f"the headset link cannot listen on port {port!r}: it must be 1 to 65535")
    return address or LOOPBACK, int(port or PORT)


def host_names(address: str) -> tuple[str, ...]:
    """Every name under which a headset may open the page served at ``address``."""
    name = socket.gethostname().split(".")[0]
    return tuple(dict.fromkeys((address, "localhost", LOOPBACK, f"{name}.local")))
