"""What control must answer at once, and what may wait for its next tick."""

from msgspec.structs import replace

from teleop.bindings.files import load_bindings
from teleop.control.clutch_facts import is_news
from teleop.control.devices import Devices
from twin.wire.messages import AgentStatus, InputSample, vector

PAD = InputSample(
    device="gamepad:1", kind="gamepad", connected=True, axes=vector([0.2, 0, 0, 0, 0, 0]), buttons=("a",)
)
KEYBOARD = InputSample(device="keyboard", kind="keyboard", connected=True)


def heard(*samples):
    devices = Devices(load_bindings())
    for seq, sample in enumerate(samples, 1):
        devices.hear(sample, seq, seq, "arms")
    return devices


def test_a_device_that_repeats_itself_is_no_news_whichever_one_drives():
    devices = heard(PAD, KEYBOARD)
    assert not devices.is_news(PAD)
    assert not devices.is_news(KEYBOARD)


def test_a_stick_a_button_a_new_device_and_one_that_goes_are_news():
    devices = heard(PAD)
    assert devices.is_news(replace(PAD, axes=vector([0.3, 0, 0, 0, 0, 0])))
    assert devices.is_news(replace(PAD, buttons=()))
    assert devices.is_news(KEYBOARD)
    assert devices.is_news(replace(PAD, connected=False))


def test_only_what_decides_makes_the_robots_account_news():
    status = AgentStatus(state="HOLD", lease_seq=3)
    assert is_news(status, None)
    assert not is_news(replace(status, lease_age_s=4.0, accepted=70, worst_joint=3), status)
    for changed in ({"state": "TELEOP"}, {"stop_level": "HOLD"}, {"lease_seq": 4}, {"rejected": 1}):
        assert is_news(replace(status, **changed), status)
