"""The same samples at the same times give the same commands, through real control and the real agent's gate."""

import numpy as np
import pytest

from benchmarks.driven_chain import DrivenChain
from benchmarks.engage import measure
from teleop.bindings.files import load_bindings
from teleop.inputs.base import AXES, BUTTONS
from twin.robot import find_robot, load_robot
from twin.wire import codec
from twin.wire.messages import InputSample, vector

SPEC = load_robot(find_robot("optimus"))
BINDINGS = load_bindings()
TAME = tuple(name for name in BUTTONS if name not in ("back", "start", "guide", "b"))


def recorded(seed, seconds):
    """A day of an operator, as it lies in a log: encoded samples, one each 10 ms; still while it counts."""
    random = np.random.default_rng(seed)
    axes, pressed, log = np.zeros(len(AXES)), set(), []
    for tick in range(round(seconds * 100)):
        if tick % 20 == 0:
            axes = np.round(random.uniform(-1, 1, len(AXES)), 3) * (tick > 400)
            axes[4:] = np.abs(axes[4:])
        if tick % 7 == 0:
            pressed ^= {TAME[int(random.integers(len(TAME)))]} if tick > 400 else set()
        buttons = ("left_shoulder", *sorted(pressed - {"left_shoulder"})) if tick > 50 else ()
        log.append(
            codec.encode(
                InputSample(
                    device="gamepad:1", kind="gamepad", connected=True, axes=vector(axes), buttons=buttons
                )
            )
        )
    return log


def driven(log):
    chain = DrivenChain(SPEC, BINDINGS)
    for payload in log:
        sample = codec.decode(payload, InputSample)
        chain.axes = dict(zip(AXES, sample.axes.tolist(), strict=True))
        chain.buttons = sample.buttons
        chain.tick()
    return chain


@pytest.fixture(scope="module")
def log():
    return recorded(11, 15.0)


@pytest.fixture(scope="module")
def first(log):
    return driven(log)


def test_a_recorded_stream_gives_the_same_commands_to_the_last_bit(log, first):
    second = driven(log)
    assert len(first.commands) == len(second.commands) > 900
    for one, other in zip(first.commands, second.commands, strict=True):
        np.testing.assert_allclose(one.position_rad, other.position_rad, rtol=0, atol=1e-9)
        np.testing.assert_allclose(one.velocity_rad_s, other.velocity_rad_s, rtol=0, atol=1e-9)
        assert (one.cmd_seq, one.hold_to_run_bits, one.input_seq) == (
            *(other.cmd_seq, other.hold_to_run_bits),
            other.input_seq,
        )
        assert one.base_velocity == other.base_velocity
    np.testing.assert_array_equal(first.setpoints, second.setpoints)


def test_it_moved_much_and_the_gate_had_nothing_to_refuse(first):
    path = np.array([command.position_rad for command in first.commands])
    assert np.ptp(path, axis=0).max() > 0.3
    assert first.agent.gate.rejected == 0
    assert first.agent.latch.level.name == "NONE"


def test_another_hand_gives_other_commands(first):
    other = driven(recorded(12, 7.0))
    count = min(len(first.commands), len(other.commands))
    assert any(
        not np.array_equal(first.commands[place].position_rad, other.commands[place].position_rad)
        for place in range(count)
    )


def test_taking_hold_in_random_poses_moves_nothing():
    figures = {figure.name: figure for figure in measure(quick=True)}
    assert all(figure.met for figure in figures.values()), figures
