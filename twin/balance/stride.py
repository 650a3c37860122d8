"""What the operator asks of the legs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stride:
    """Velocity of the walk in the robot's own heading, and the posture of the body above the legs."""

    forward_m_s: float = 0.0
    left_m_s: float = 0.0
    turn_rad_s: float = 0.0  # to the left
    height_m: float = 0.0  # body height against the home pose, <= 0
    lean_rad: float = 0.0  # of the pelvis, forwards


STANDING = Stride()  # no step, upright, as high as at home
