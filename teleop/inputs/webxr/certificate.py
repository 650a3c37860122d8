"""The station's own certificates: an authority that stays, and a server certificate for the addresses of today.

WebXR needs HTTPS. Most headsets let a person accept the server's certificate; Safari on Vision Pro does not for
WebSockets and wants the authority installed, which then stays trusted when the machine's address changes.
Apple refuses server certificates without an address in the subject's alternative names, without the purpose
serverAuth, or that live longer than 825 days (https://support.apple.com/en-us/103769).
"""

import contextlib
import datetime
import hashlib
import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from twin.errors import StationError

_AUTHORITY_DAYS, _SERVER_DAYS, _RENEW_DAYS = 3650, 820, 30
_PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Certificate:
    """Files for the TLS server, and what people compare."""

    chain: Path  # server certificate, then authority
    key: Path
    authority: Path  # to be installed where a headset asks for it
    fingerprint: str  # SHA-256 of the server certificate, "AB:CD:..."


def certificate_for(folder: Path, hosts: tuple[str, ...], now: datetime.datetime) -> Certificate:
    """The certificate in ``folder`` if it serves all ``hosts`` (addresses or names), else a new one.

    Raises:
        StationError: the folder cannot be used, or a key in it can be read by others.
    """
    found = Certificate(folder / "server.pem", folder / "server.key", folder / "authority.pem", "")
    authority_key = folder / "authority.key"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        if not (found.authority.is_file() and authority_key.is_file()):
            _make_authority(found.authority, authority_key, now)
            found.chain.unlink(missing_ok=True)
        _refuse_open_keys(authority_key, found.key)
        if not _serves(found, hosts, now):
            _make_server(found, authority_key, hosts, now)
        server = x509.load_pem_x509_certificate(found.chain.read_bytes())
    except (OSError, ValueError) as error:
        raise StationError(
            f"{folder}: the headset link's certificate cannot be made or read ({error}); "
            "remove the folder, and a new one is made"
        ) from error
    digest = hashlib.sha256(server.public_bytes(serialization.Encoding.DER)).hexdigest().upper()
    return Certificate(
        found.chain, found.key, found.authority, ":".join(digest[i : i + 2] for i in range(0, 64, 2))
    )


def _refuse_open_keys(*paths: Path) -> None:
    for path in paths:
        if path.is_file() and path.stat().st_mode & 0o077:
            raise StationError(
                f"{path} can be read by other users: run `chmod 600 {path}`, or remove its folder"
            )


def _serves(found: Certificate, hosts: tuple[str, ...], now: datetime.datetime) -> bool:
    if not (found.chain.is_file() and found.key.is_file()):
        return False
    server = x509.load_pem_x509_certificate(found.chain.read_bytes())
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {
        *names.get_values_for_type(x509.DNSName),
        *map(str, names.get_values_for_type(x509.IPAddress)),
    }
    days_left = (server.not_valid_after_utc - now).days
    return known.issuperset(hosts) and days_left > _RENEW_DAYS and server.not_valid_before_utc <= now


def _make_authority(path: Path, key_path: Path, now: datetime.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Understudy headset link")
    made = (
        _builder(name, name, key.public_key(), now, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_path, key)
    path.write_bytes(made.public_bytes(_PEM))


def _make_server(
    found: Certificate, authority_key: Path, hosts: tuple[str, ...], now: datetime.datetime
) -> None:
    authority = x509.load_pem_x509_certificate(found.authority.read_bytes())
    signer = serialization.load_pem_private_key(authority_key.read_bytes(), None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{authority_key} is not a key of this program")
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        _builder(_name(hosts[0]), authority.subject, key.public_key(), now, _SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_general(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    _write_key(found.key, key)
    found.chain.write_bytes(made.public_bytes(_PEM) + authority.public_bytes(_PEM))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime.datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days - 1))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general(host: str) -> x509.GeneralName:
    with contextlib.suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(host))
    return x509.DNSName(host)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.unlink(missing_ok=True)
    content = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
