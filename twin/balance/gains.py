"""Numbers of the balance that are not laws: weights, stiffnesses, times. Lengths and times scale with the legs."""

import math
from dataclasses import dataclass, replace

_LEG_M = 0.89  # leg length of the robot on which the defaults were found
_LENGTHS = (
    "lift_m",
    "crouch_m",
    "stance_width_m",
    "least_width_m",
    "widest_m",
    "forward_reach_m",
    "backward_reach_m",
    "least_sidestep_width_m",
    "deepest_m",
)
_TIMES = ("step_time_s", "double_support_s", "shortest_step_s", "longest_step_s", "shift_time_s")


@dataclass(frozen=True)
class Gains:
    """Weights compare squared errors of accelerations; stiffness is 1/s^2, damping 1/s.

    The defaults were found on a humanoid of 57 kg and 1.73 m. Weights hold for others, because accelerations, not
    forces, are weighed; lengths and times are those of ``scaled_to``.
    """

    # whole-body QP
    com_weight: tuple[float, float, float] = (120.0, 120.0, 40.0)
    pelvis_weight: float = 20.0
    pelvis_stiffness: float = 150.0
    pelvis_damping: float = 24.0
    posture_weight: float = 1.0
    posture_stiffness: float = 900.0
    leg_posture_weight: float = 0.02
    leg_posture_stiffness: float = 250.0
    stance_weight: float = 1e3
    stance_damping: float = 20.0
    stance_stiffness: float = 100.0
    swing_weight: float = 50.0
    swing_stiffness: float = 400.0
    swing_damping: float = 40.0
    swing_turn_weight: float = 20.0
    swing_turn_stiffness: float = 300.0
    swing_turn_damping: float = 30.0
    friction: float = 0.6  # assumed of the ground
    # centre of mass
    dcm_gain: float = 2.0  # standing: how far the CoP leads the DCM's error
    height_stiffness: float = 80.0
    height_damping: float = 16.0
    height_speed_m_s: float = 0.30
    # gait
    step_time_s: float = 0.55
    double_support_s: float = 0.10
    shortest_step_s: float = 0.24
    longest_step_s: float = 0.62
    shift_time_s: float = 0.70
    lift_m: float = 0.07
    crouch_m: float = 0.04  # walking, below the home pose
    stance_width_m: float = 0.21
    least_width_m: float = 0.14
    widest_m: float = 0.55
    forward_reach_m: float = 0.55
    backward_reach_m: float = 0.45
    least_sidestep_width_m: float = 0.17
    swing_speed_m_s: float = 2.0  # fastest mean speed of a foot in the air
    # command
    most_acceleration: tuple[float, float, float] = (0.5, 0.4, 1.5)  # m/s^2, m/s^2, rad/s^2
    most_speed: tuple[float, float, float] = (0.6, 0.25, 0.8)  # m/s forward, m/s sideways, rad/s
    catch_up_1_s: float = 0.4  # of the way one is late, per second
    most_catch_up_m_s: float = 0.06
    most_backward_m_s: float = 0.4
    deepest_m: float = 0.25  # body height below the home pose
    most_lean_rad: tuple[float, float] = (-0.1, 0.85)  # backwards, forwards
    most_lean_walking_rad: float = 0.15

    @classmethod
    def scaled_to(cls, leg_length_m: float) -> "Gains":
        """The gains of a robot with such legs, from hip to sole: lengths grow with them, times with their root.

        Hof, "Scaling gait data to body size", Gait & Posture 4 (1996): bodies of one shape walk alike when lengths are
        compared by leg length l and times by sqrt(l / g).
        """
        scale = leg_length_m / _LEG_M
        usual = cls()
        lengths = {name: scale * getattr(usual, name) for name in _LENGTHS}
        times = {name: math.sqrt(scale) * getattr(usual, name) for name in _TIMES}
        return replace(usual, **lengths, **times)
