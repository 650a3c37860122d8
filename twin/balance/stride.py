"""What the operator asks of the legs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stride:
    """Velocity of the walk in the robot's own heading, and the posture of the body above the legs."""

    forward_m_s: float = 0.0
    left_m_s: float = 0.0
    turn_rad_s: float = 0.0  # to the left
    height_m: float = 0.0  # body height against the home pose, <= 0
    lean_rad: float = 0.0  # of the body above the legs, forwards

    @property
    def at_rest(self) -> "Stride":
        """The same posture without a step."""
        return Stride(height_m=self.height_m, lean_rad=self.lean_rad)


STANDING = Stride()  # no step, upright, as high as at home
