"""Who may drive: one owner at a time, who must show every half second that it is still there.

The owner is a client id, the routing id of a command channel, and is compared on every command. Commands do
not keep the lease alive (a stuck sender could hog the robot); only ``retain`` does. Time is passed in.
"""

from dataclasses import dataclass

from twin.wire.clock import NS_PER_S

STALE_AFTER_NS = 1_500_000_000
REVOKED_AFTER_NS = 10 * NS_PER_S
NOTICE_NS = 3 * NS_PER_S  # a live owner sees a take coming for this long


@dataclass(frozen=True)
class Granted:
    """The lease is yours."""

    lease_seq: int


@dataclass(frozen=True)
class Announced:
    """The lease will be yours; the owner was told."""

    due_ns: int


@dataclass(frozen=True)
class Refused:
    """The lease is not yours."""

    reason: str


@dataclass(frozen=True)
class _Claim:
    client_id: bytes
    name: str
    reason: str
    due_ns: int


class Lease:
    """The lease of the robot's whole body."""

    def __init__(self) -> None:
        self.lease_seq = 0  # of the newest grant; rises for ever, 64 bits on the wire
        self.owner: bytes = b""  # client id; empty: nobody
        self.owner_name = ""
        self._retained_ns = 0
        self._claim: _Claim | None = None

    def age_s(self, now_ns: int) -> float:
        """Seconds since the owner last showed itself; 0 without an owner."""
        return (now_ns - self._retained_ns) / NS_PER_S if self.owner else 0.0

    def is_stale(self, now_ns: int) -> bool:
        """True if the owner has not shown itself lately, so that others may take without notice."""
        return bool(self.owner) and now_ns - self._retained_ns > STALE_AFTER_NS

    def is_owner(self, client_id: bytes) -> bool:
        """True if ``client_id`` owns the lease now."""
        return bool(client_id) and client_id == self.owner

    @property
    def claimed_by(self) -> str:
        """Who is about to take the lease, for people; empty if nobody."""
        return self._claim.name if self._claim else ""

    def acquire(self, client_id: bytes, name: str, now_ns: int) -> Granted | Refused:
        """Ask for a free lease. The owner itself is given its own lease again."""
        if not client_id:
            return Refused("a lease needs a client id: ask with the routing id of your command channel")
        self._revoke_if_overdue(now_ns)
        if self.owner == client_id:
            self._retained_ns = now_ns
            return Granted(self.lease_seq)
        if self.owner:
            seen = f", last seen {self.age_s(now_ns):.1f} s ago" if self.is_stale(now_ns) else ""
            return Refused(f"{self.owner_name} drives this robot{seen}: ask for it, or take it with a reason")
        if self._claim and self._claim.client_id != client_id:
            return Refused(f"{self._claim.name} is about to take this robot")
        return self._grant(client_id, name, now_ns)

    def retain(self, client_id: bytes, now_ns: int) -> Granted | Refused:
        """The owner shows that it is still there; to be called at 2 Hz."""
        self._revoke_if_overdue(now_ns)
        if not self.is_owner(client_id):
            return Refused(f"the lease is not yours; it belongs to {self.owner_name or 'nobody'}")
        self._retained_ns = now_ns
        return Granted(self.lease_seq)

    def give_back(self, client_id: bytes) -> Refused | None:
        """The owner returns the lease."""
        if not self.is_owner(client_id):
            return Refused(f"the lease is not yours to return; it belongs to {self.owner_name or 'nobody'}")
        self._free()
        return None

    def take(self, client_id: bytes, name: str, reason: str, now_ns: int) -> Announced | Granted | Refused:
        """Take the lease from its owner: after a notice from a live one, at once from a stale one.

        The grant itself happens in ``hand_over``, which the agent calls once the robot stands still.
        """
        if not client_id:
            return Refused("a lease needs a client id: ask with the routing id of your command channel")
        if not reason.strip():
            return Refused("taking the robot from somebody needs a reason that they can read")
        self._revoke_if_overdue(now_ns)
        if self.owner == client_id:
            return Granted(self.lease_seq)
        if self._claim and self._claim.client_id != client_id:
            return Refused(f"{self._claim.name} is already taking this robot")
        if self._claim is None:
            due_ns = now_ns if not self.owner or self.is_stale(now_ns) else now_ns + NOTICE_NS
            self._claim = _Claim(client_id, name, reason.strip(), due_ns)
        return Announced(self._claim.due_ns)

    def hand_over(self, now_ns: int) -> Granted | None:
        """Complete an announced take whose notice is over. Only for a robot that stands still."""
        claim = self._claim
        if claim is None or now_ns < claim.due_ns:
            return None
        return self._grant(claim.client_id, claim.name, now_ns)

    def expire(self, now_ns: int) -> str:
        """Revoke an owner that was silent for too long; its name if that happened, else empty."""
        name = self.owner_name
        return name if self._revoke_if_overdue(now_ns) else ""

    def _grant(self, client_id: bytes, name: str, now_ns: int) -> Granted:
        self.lease_seq += 1
        self.owner, self.owner_name, self._retained_ns = client_id, name or client_id.hex()[:8], now_ns
        self._claim = None
        return Granted(self.lease_seq)

    def _free(self) -> None:
        self.owner, self.owner_name, self._retained_ns = b"", "", 0

    def _revoke_if_overdue(self, now_ns: int) -> bool:
        if self.owner and now_ns - self._retained_ns > REVOKED_AFTER_NS:
            self._free()
            return True
        return False
