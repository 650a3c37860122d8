"""Who may link: whoever has the invitation of now, once; and devices that were paired and not revoked.

An invitation is a token of 128 bits (in the QR code) and six digits (to be typed), either of which can be used,
together once. Whoever used it, and was let in by a person at the station, gets a secret of 256 bits of its own.
Only hashes of secrets are kept.
"""

import hashlib
import hmac
import os
import secrets
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import msgspec

from twin.errors import StationError
from twin.wire.clock import NS_PER_S

TRIES_PER_ADDRESS, TRIES_NS, LOCKED_NS = 5, 60 * NS_PER_S, 60 * NS_PER_S
TRIES_PER_INVITATION = 20
INVITATION_NS = 600 * NS_PER_S
_ADDRESSES_REMEMBERED = 1000
_LONGEST_NAME = 60


class Paired(msgspec.Struct, frozen=True, kw_only=True):
    """A headset that may come back without an invitation."""

    id: str  # short, for people
    name: str
    secret_sha256: str
    paired: str  # local date and time
    address: str


@dataclass
class Invitation:
    """May be used once, until a time."""

    token: str
    code: str
    until_ns: int
    tries_left: int = TRIES_PER_INVITATION


class PairedDevices:
    """The list in the user's folder; only the user may read it."""

    def __init__(self, path: Path) -> None:
        """Read the list at ``path``, or begin one.

        Raises:
            StationError: it cannot be read, or others can.
        """
        self._path = path
        self._lock = threading.Lock()  # one thread pairs, another revokes
        self.all: tuple[Paired, ...] = ()
        try:
            if path.stat().st_mode & 0o077:
                raise StationError(f"{path} can be read by other users: run `chmod 600 {path}`, or remove it")
            self.all = msgspec.json.decode(path.read_bytes(), type=tuple[Paired, ...])
        except FileNotFoundError:
            pass
        except (OSError, msgspec.MsgspecError) as error:
            raise StationError(f"{path} cannot be read ({error}): remove it and pair again") from error

    def add(self, name: str, address: str, paired: str) -> tuple[Paired, str]:
        """Remember a new headset; returns it and its secret."""
        secret = secrets.token_urlsafe(32)
        device = Paired(
            id=secrets.token_hex(3),
            name=printable(name),
            secret_sha256=_hash(secret),
            paired=paired,
            address=address,
        )
        with self._lock:
            self._save((*self.all, device))
        return device, secret

    def with_secret(self, secret: str) -> Paired | None:
        """The headset whose secret this is; looks at all of them, so that the time taken tells nothing."""
        hashed = _hash(secret)
        found = [device for device in self.all if hmac.compare_digest(device.secret_sha256, hashed)]
        return found[0] if found else None

    def revoke(self, device_id: str) -> Paired | None:
        """Forget the headset ``device_id``; None if there is none."""
        with self._lock:
            found = next((device for device in self.all if device.id == device_id), None)
            if found is not None:
                self._save(tuple(device for device in self.all if device is not found))
        return found

    def _save(self, devices: tuple[Paired, ...]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = self._path.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(devices), indent=2))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._path)
        self.all = devices


@dataclass(frozen=True)
class Verdict:
    """What the doorkeeper makes of a try to link."""

    device: Paired | None = None  # it is paired and may come in
    is_invited: bool = False  # it showed the invitation, which is used up by that: now the station is asked
    reason: str = ""  # else why it may not


class Doorkeeper:
    """Decides about each try to link."""

    def __init__(self, devices: PairedDevices) -> None:
        """Nobody is invited yet."""
        self.devices = devices
        self.invitation: Invitation | None = None
        self._tries: dict[str, deque[int]] = {}
        self._locked_until_ns: dict[str, int] = {}

    def invite(self, at_ns: int) -> Invitation:
        """A new invitation; the one before is void."""
        self.invitation = Invitation(
            secrets.token_urlsafe(16), f"{secrets.randbelow(10**6):06d}", at_ns + INVITATION_NS
        )
        return self.invitation

    def judge(self, hello: dict[str, str], address: str, at_ns: int) -> Verdict:
        """Who stands at the door.

        Args:
            hello: what it showed: "secret", "token" or "code".
            address: where it comes from.
            at_ns: now.
        """
        if at_ns < self._locked_until_ns.get(address, 0):
            return Verdict(reason="too many wrong tries from this address: wait a minute")
        if hello.get("secret"):
            device = self.devices.with_secret(hello["secret"])
            if device is not None:
                return Verdict(device=device)
        if self._is_invited(hello, at_ns):
            self.invitation = None
            return Verdict(is_invited=True)
        self._count_failure(address, at_ns)
        return Verdict(reason=_why_not(hello))

    def _is_invited(self, hello: dict[str, str], at_ns: int) -> bool:
        invitation = self.invitation
        if invitation is None:
            return False
        if at_ns > invitation.until_ns:
            self.invitation = None
            return False
        by_token = hmac.compare_digest(hello.get("token", "").encode(), invitation.token.encode())
        by_code = hmac.compare_digest(hello.get("code", "").encode(), invitation.code.encode())
        if not (by_token or by_code) and (hello.get("token") or hello.get("code")):
            invitation.tries_left -= 1
            if invitation.tries_left <= 0:
                self.invitation = None
        return by_token or by_code

    def _count_failure(self, address: str, at_ns: int) -> None:
        if len(self._tries) > _ADDRESSES_REMEMBERED:
            self._tries.clear()
        tries = self._tries.setdefault(address, deque(maxlen=TRIES_PER_ADDRESS))
        tries.append(at_ns)
        if len(tries) == TRIES_PER_ADDRESS and at_ns - tries[0] <= TRIES_NS:
            self._locked_until_ns = {
                known: until for known, until in self._locked_until_ns.items() if until > at_ns
            }
            self._locked_until_ns[address] = at_ns + LOCKED_NS


def printable(name: str) -> str:
    """A headset's name as people may be shown it."""
    return "".join(letter for letter in name if letter.isprintable())[:_LONGEST_NAME] or "headset"


def _why_not(hello: dict[str, str]) -> str:
    """What a person in a headset that may not come in can do; a web socket's farewell has room for 120 letters."""
    if hello.get("code"):
        return "this code is wrong, used or older than ten minutes: type the one that the station shows now"
    if hello.get("token"):
        return "this QR code was used or is older than ten minutes: type the code that the station shows now"
    return "not paired: type the code that the station shows, or ask for a new one"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
