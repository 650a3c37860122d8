"""Control with a headset that is played to it: a head, two hands, and what they press."""

import numpy as np
from driving_bench import SPEC, Bench

from teleop.control.clutch import Phase
from teleop.inputs.xr.reading import Controls
from teleop.run_inputs import sample_of
from twin.spatial import quaternion_from_rotation, rotation_from_vector
from twin.wire.messages import InputSample, XrHand, XrSample, vector

UPRIGHT = vector([1, 0, 0, 0])


def turned(yaw_rad):
    return vector(quaternion_from_rotation(rotation_from_vector(np.array([0.0, 0.0, yaw_rad]))))


class Worn(Bench):
    """The bench of the controller with a headset instead of a pad."""

    def __init__(self, can_walk=False):
        self.sticks = {
            "left": (0.0, 0.0),
            "right": (0.0, 0.0),
        }  # right and down positive, as browsers have it
        self.pressed = {"left": set(), "right": set()}  # numbers of buttons
        self.looks_down_rad = 0.0
        self.hands = {
            side: {"position_m": np.array([0.4, y, 1.1]), "turn": np.zeros(3), "held": False, "fault": ""}
            for side, y in (("left", 0.2), ("right", -0.2))
        }
        self.facing_rad, self.trigger, self.fault, self.anchor = 0.0, 0.0, "", 1
        self.controls = Controls("headset:1", "Quest")
        self.is_worn = False  # the pad is there until the first count is over
        super().__init__(can_walk=can_walk)
        self.is_worn = True
        gone = InputSample(device=self.device, kind=self.kind, connected=False)
        self.controller.hear_input(gone, self.seq + 1, self.now_ns)
        self.go_on(0.05)

    def hear(self):
        if not self.is_worn:
            super().hear()
            return
        self.seq += 1
        sample = XrSample(
            device="headset:1",
            fault=self.fault,
            anchor=self.anchor,
            head_position_m=vector([0, 0, 1.6]),
            head_orientation_wxyz=self.facing(),
            hands=tuple(self.xr_hand(side, **hand) for side, hand in self.hands.items()),
            frame_seq=self.seq,
            frame_ns=self.now_ns,
        )
        self.controller.hear_xr(sample, self.now_ns)
        self.controller.hear_input(sample_of(self.controls.read(sample, self.now_ns)), self.seq, self.now_ns)
        self.speaks = False
        super().hear()

    def facing(self):
        heading = rotation_from_vector(np.array([0.0, 0.0, self.facing_rad]))
        return vector(
            quaternion_from_rotation(heading @ rotation_from_vector(np.array([0, self.looks_down_rad, 0])))
        )

    def press(self, side, *numbers):
        self.pressed[side] = set(numbers)
        self.go_on(0.05)
        self.pressed[side] = set()
        self.go_on(0.05)

    def angle(self, joint):
        return float(self.held_rad[SPEC.joint_names.index(joint)])

    def xr_hand(self, side, position_m, turn, held, fault, jumped=False):
        lost = bool(fault or self.fault)
        return XrHand(
            side=side,
            source="controller",
            fault=fault,
            jumped=jumped,
            held=held and not lost,
            position_m=vector(position_m),
            orientation_wxyz=vector(quaternion_from_rotation(rotation_from_vector(turn))),
            buttons=vector(
                [self.trigger, 0.5 if held else 0, *(float(n in self.pressed[side]) for n in range(2, 8))]
            ),
            axes=vector([0, 0, *self.sticks[side]]),
        )

    def grip(self, *sides):
        for side in self.hands:
            self.hands[side]["held"] = side in sides

    def engage(self, *sides):
        self.grip(*(sides or ("right",)))
        self.go_on(0.7)
        assert self.controller.phase is Phase.ENGAGED

    def reach(self, side, way_m, seconds=1.0):
        start = self.hands[side]["position_m"].copy()
        for share in np.linspace(0, 1, round(seconds * 100)):
            self.hands[side]["position_m"] = start + share * np.asarray(way_m)
            self.tick()
        self.go_on(0.3)
