"""What a headset will meet when it opens the link's address: certificate, address, cable, port, firewall, page."""

import datetime
import http.client
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

from app.doctor_checks.examination import Check
from teleop.inputs.webxr.addresses import LOOPBACK, checked, host_names, network_addresses
from teleop.inputs.webxr.certificate import certificate_for
from teleop.inputs.webxr.pairing import PairedDevices
from twin import places
from twin.errors import StationError

_ANSWER_S = 3.0
_ADB_S = 10.0  # its server starts with the first question
_UFW, _FIREWALLD = Path("/etc/ufw/ufw.conf"), Path("/run/firewalld.pid")
_TITLE = b"<title>Understudy headset link</title>"


def examine_link(address: str, port: str) -> list[Check]:
    """All checks for a link on ``address`` and ``port``; empty means the defaults.

    Makes the certificate if there is none yet, as opening the link would.
    """
    try:
        chosen, number = checked(address, port)
    except StationError as error:
        return [Check("address", "Address", "fault", str(error), "", "choose one of those with --address")]
    return [
        _certificate(chosen),
        _address(chosen),
        *([_cable(number)] if chosen == LOOPBACK else []),
        _page(chosen, number),
        _firewall(chosen, number),
        _paired(),
    ]


def _certificate(address: str) -> Check:
    folder = places.config_folder() / "headset"
    try:
        made = certificate_for(folder, host_names(address), datetime.datetime.now(datetime.UTC))
    except StationError as error:
        return Check("certificate", "Certificate", "fault", str(error))
    return Check(
        "certificate",
        "Certificate",
        "ok",
        f"serves {', '.join(host_names(address))}; SHA-256 {made.fingerprint}",
        "the headset warns of it once, because no public authority signed it: compare the fingerprint, then go on",
    )


def _address(address: str) -> Check:
    others = ", ".join(network_addresses()) or "none"
    if address == LOOPBACK:
        return Check(
            "address",
            "Address",
            "lack",
            f"only this machine (network addresses: {others})",
            "a headset reaches it over its USB cable alone, by `adb reverse`",
            "for Wi-Fi choose a network address with --address",
        )
    return Check("address", "Address", "ok", f"{address}; the headset must be in the same network")


def _cable(port: int) -> Check:
    """Whether a headset on a USB cable reaches ``port`` of this machine."""
    reverse = f"adb reverse tcp:{port} tcp:{port}"
    if (adb := shutil.which("adb")) is None:
        found, meaning = "adb is not installed", "a headset on its USB cable does not reach this machine"
        return Check(
            "cable", "USB cable", "lack", found, meaning, "sudo apt install adb; or Wi-Fi with --address"
        )
    try:
        devices = [row.split() for row in _told(adb, "devices").splitlines()[1:] if row.strip()]
        if not devices:
            remedy = "plug the headset in, with developer mode on"
            return Check("cable", "USB cable", "lack", "adb sees no headset", "", remedy)
        if all(row[-1] != "device" for row in devices):
            found = f"adb sees {devices[0][0]}, which is {' '.join(devices[0][1:])}"
            return Check(
                "cable", "USB cable", "lack", found, "", "put the headset on and allow USB debugging"
            )
        reversed_ports = _told(adb, "reverse", "--list")
    except (OSError, subprocess.SubprocessError) as error:
        return Check(
            "cable", "USB cable", "lack", f"adb gives no answer: {error}", "", "unplug, plug in, ask again"
        )
    if f"tcp:{port} tcp:{port}" not in reversed_ports:
        found = f"the headset's own port {port} does not lead here"
        return Check(
            "cable",
            "USB cable",
            "lack",
            found,
            "it has to be told after each time it was plugged in",
            reverse,
        )
    return Check("cable", "USB cable", "ok", f"open https://localhost:{port} in the headset")


def _told(adb: str, *words: str) -> str:
    command = [adb, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=_ADB_S, check=True).stdout  # noqa: S603


def _page(address: str, port: int) -> Check:
    """Opens the page as a headset would, trusting only our own authority."""
    trust = ssl.create_default_context(cafile=str(places.config_folder() / "headset" / "authority.pem"))
    connection = http.client.HTTPSConnection(address, port, timeout=_ANSWER_S, context=trust)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        body = answer.read()
    except ssl.SSLError as error:
        found = f"something else listens on port {port}: {error.reason or error}"
        return Check("page", "Port and page", "fault", found, "", "choose another port with --port")
    except ConnectionRefusedError:
        return Check(
            "page",
            "Port and page",
            "ok",
            f"port {port} is free; nothing listens yet",
            "the link is not open",
            "`understudy headset link` opens it",
        )
    except (OSError, http.client.HTTPException) as error:
        return Check("page", "Port and page", "fault", f"no answer from {address}:{port}: {error}")
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK or _TITLE not in body:
        found = f"{address}:{port} answers with something that is not our page ({answer.status})"
        return Check("page", "Port and page", "fault", found, "", "choose another port with --port")
    policy = "and may load nothing from elsewhere" if answer.getheader("Content-Security-Policy") else ""
    return Check(
        "page", "Port and page", "ok", f"a headset sees our page of {len(body)} bytes {policy}".strip()
    )


def _firewall(address: str, port: int) -> Check:
    if address == LOOPBACK:
        return Check("firewall", "Firewall", "ok", "is not in the way of this machine itself")
    try:
        is_on = "ENABLED=yes" in _UFW.read_text("utf-8")
    except OSError:
        is_on = False
    if is_on:
        return Check(
            "firewall",
            "Firewall",
            "lack",
            "ufw is on",
            "it keeps the headset out unless the port was let in",
            f"sudo ufw allow in to {address} port {port} proto tcp",
        )
    if _FIREWALLD.is_file():
        return Check(
            "firewall",
            "Firewall",
            "lack",
            "firewalld is on",
            "it keeps the headset out unless the port was let in",
            f"sudo firewall-cmd --add-port={port}/tcp",
        )
    waits = f"if the headset waits without an answer from {socket.gethostname()}, another one is"
    found = f"ufw and firewalld are not on; {waits}"
    return Check("firewall", "Firewall", "ok", found)


def _paired() -> Check:
    try:
        devices = PairedDevices(places.config_folder() / "headset" / "paired.json").all
    except StationError as error:
        return Check("paired", "Paired", "fault", str(error))
    return Check(
        "paired",
        "Paired",
        "ok",
        ", ".join(f"{each.name} ({each.id})" for each in devices) or "no headset yet",
    )
