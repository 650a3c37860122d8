"""Who gets in: the invitation, paired headsets, strangers who guess, and the certificate they are shown."""

import datetime
import ssl
import stat

import pytest
from cryptography import x509

from teleop.inputs.webxr.addresses import checked, host_names
from teleop.inputs.webxr.certificate import certificate_for
from teleop.inputs.webxr.pairing import Doorkeeper, PairedDevices
from twin.errors import StationError
from twin.wire.clock import NS_PER_S

NOW = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)


@pytest.fixture
def door(tmp_path):
    return Doorkeeper(PairedDevices(tmp_path / "headset" / "paired.json"))


def judge(door, address="10.0.0.7", at_s=1.0, **hello):
    return door.judge(hello, address, int(at_s * NS_PER_S))


def pair(door, **hello):
    assert judge(door, **hello).is_invited
    return door.devices.add(hello.get("name", ""), "10.0.0.7", "today")


@pytest.mark.parametrize("by", ["token", "code"])
def test_an_invitation_lets_in_once(door, by):
    invitation = door.invite(0)
    device, secret = pair(door, **{by: getattr(invitation, by)}, name="Quest 3")
    assert device.name == "Quest 3"
    for again in ("token", "code"):
        assert not judge(door, address="10.0.0.8", **{again: getattr(invitation, again)}).is_invited
    assert judge(door, secret=secret).device == device


def test_a_secret_is_kept_as_a_hash_in_a_file_of_the_user_alone(door, tmp_path):
    _, secret = pair(door, code=door.invite(0).code)
    path = tmp_path / "headset" / "paired.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret not in path.read_text()
    assert PairedDevices(path).with_secret(secret) is not None
    path.chmod(0o644)
    with pytest.raises(StationError, match="chmod 600"):
        PairedDevices(path)


def test_a_revoked_headset_stays_out(door):
    device, secret = pair(door, code=door.invite(0).code)
    assert door.devices.revoke(device.id) == device
    assert judge(door, secret=secret).device is None
    assert door.devices.revoke(device.id) is None


def test_an_invitation_ends_after_ten_minutes(door):
    invitation = door.invite(0)
    assert not judge(door, at_s=601, token=invitation.token).is_invited


def test_nobody_guesses_their_way_in(door):
    door.invite(0)
    admitted = 0
    for attempt in range(1000):
        hello = [{"code": f"{attempt:06d}"}, {"token": "x"}, {"secret": "y"}, {}][attempt % 4]
        door.invitation.code = (
            "none" if door.invitation else ""
        )  # no luck allowed: only wrong tries are counted here
        verdict = judge(door, address=f"10.0.{attempt // 200}.1", at_s=attempt, **hello)
        admitted += verdict.device is not None or verdict.is_invited
        if door.invitation is None:
            door.invite(attempt * NS_PER_S)
    assert admitted == 0


def test_twenty_wrong_tries_end_an_invitation_wherever_they_come_from(door):
    invitation = door.invite(0)
    for attempt in range(20):
        judge(door, address=f"10.0.0.{attempt}", code="wrong")
    assert judge(door, address="10.0.1.1", token=invitation.token).is_invited is False


def test_an_address_that_tries_five_times_waits_a_minute(door):
    for _ in range(5):
        judge(door, code="000")
    invitation = door.invite(0)
    assert "wait a minute" in judge(door, code=invitation.code, at_s=30).reason
    assert judge(door, address="10.0.0.9", at_s=30, code="000").reason
    assert judge(door, code=invitation.code, at_s=62).is_invited


def test_the_certificate_serves_its_hosts_and_stays_until_they_change(tmp_path):
    first = certificate_for(tmp_path / "c", ("10.0.0.5", "localhost"), NOW)
    assert certificate_for(tmp_path / "c", ("10.0.0.5", "localhost"), NOW).fingerprint == first.fingerprint
    authority = first.authority.read_bytes()
    other = certificate_for(tmp_path / "c", ("10.0.0.6", "localhost"), NOW)
    assert other.fingerprint != first.fingerprint
    assert other.authority.read_bytes() == authority
    server = x509.load_pem_x509_certificate(other.chain.read_bytes())
    assert (server.not_valid_after_utc - server.not_valid_before_utc).days <= 825
    assert stat.S_IMODE(other.key.stat().st_mode) == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(other.chain, other.key)


def test_a_certificate_is_made_anew_before_it_ends(tmp_path):
    first = certificate_for(tmp_path / "c", ("localhost",), NOW)
    later = certificate_for(tmp_path / "c", ("localhost",), NOW + datetime.timedelta(days=800))
    assert later.fingerprint != first.fingerprint


def test_a_key_that_others_can_read_is_refused(tmp_path):
    made = certificate_for(tmp_path / "c", ("localhost",), NOW)
    made.key.chmod(0o644)
    with pytest.raises(StationError, match="can be read by other users"):
        certificate_for(tmp_path / "c", ("localhost",), NOW)


def test_only_an_address_of_this_machine_may_be_chosen():
    assert checked("", "") == ("127.0.0.1", 8443)
    assert "localhost" in host_names("127.0.0.1")
    for address, port in (("203.0.113.9", ""), ("0.0.0.0", ""), ("", "99999"), ("", "x")):
        with pytest.raises(StationError, match="cannot listen on"):
            checked(address, port)
