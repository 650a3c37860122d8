"""A simulated robot whose base is carried: hanging still, or rolling; or bolted to its gantry, until it comes off."""

from dataclasses import replace as replace_fields

from msgspec.structs import replace

from teleop.agent.limits import Array
from teleop.agent.links.base import Capabilities, DriveMode, Reading, Setpoint
from teleop.agent.links.physics import SimulatedRobot
from twin.balance.stride import STANDING
from twin.bases import GANTRY, LEGS, WHEELS
from twin.simulation.carriage import Carriage
from twin.simulation.simulation import Simulation
from twin.simulation.unbolting import unbolt
from twin.wire.messages import vector

_WHEELS_CLEAR_M = 0.01


class CarriedLink(SimulatedRobot):
    """A robot of MuJoCo's whose base is carried: it hangs still, or rolls upright as it is told.

    It may begin bolted to its gantry, which spares its physics six degrees of freedom. Once it has come off it hangs
    from what carries it, wherever it is by then.
    """

    def __init__(
        self, simulation: Simulation, task: str = "", base: str = WHEELS, bolted: Simulation | None = None
    ) -> None:
        """A robot that begins on ``base``.

        Args:
            simulation: has a base that floats.
            task: replaces the scene's own instruction.
            base: one of ``twin.bases.BASES``.
            bolted: the same robot and scene with a base that does not; it is stepped until the base is changed.
        """
        super().__init__(bolted or simulation, task)
        self._free, self._base = simulation, base
        self._carriage = Carriage(simulation.model, simulation.data)
        self._carriage.take_hold(self._height_m(base))

    @property
    def base(self) -> str:
        """How its base is held now."""
        return self._base

    @property
    def is_bolted(self) -> bool:
        """Whether its base is still bolted to the gantry that it began on."""
        return self._simulation is not self._free

    @property
    def bases(self) -> tuple[str, ...]:
        """To which that can be changed."""
        return tuple(base for base in self._simulation.spec.bases if base != LEGS)

    @property
    def capabilities(self) -> Capabilities:
        """What it brings along: it cannot fall."""
        return replace_fields(super().capabilities, walks=self._base != GANTRY)

    def change_base(self, base: str) -> str:
        """Hold the base in another way from now on, without a jump; says why not, or nothing when it is done."""
        if self.is_bolted:
            self._come_off()
        self._carriage.roll(0.0, 0.0, 0.0)
        self._carriage.height_m = self._height_m(base)
        self._base = base
        return ""

    def drive(self, mode: DriveMode) -> None:
        """Change the drives' mode; the base stands still."""
        super().drive(mode)
        self._carriage.roll(0.0, 0.0, 0.0)

    def write(self, setpoint: Setpoint, now_ns: int) -> None:
        """Hand over ``setpoint``; the base rolls only on wheels."""
        super().write(setpoint, now_ns)
        stride = setpoint.stride if self._base == WHEELS and self._mode is DriveMode.POWERED else STANDING
        self._carriage.roll(stride.forward_m_s, stride.left_m_s, stride.turn_rad_s)

    def _height_m(self, base: str) -> float:
        """Of the base over the ground: on wheels the feet clear small unevenness."""
        return self._simulation.spec.base.position_m[2] + (_WHEELS_CLEAR_M if base == WHEELS else 0.0)

    def _come_off(self) -> None:
        unbolt(self._simulation, self._free)
        self._simulation = self._free
        self._carriage.take_hold(self._height_m(GANTRY))

    def _step(self, now_s: float) -> None:
        if not self.is_bolted:
            self._carriage.advance(self._simulation.step_s)
        super()._step(now_s)

    def _reading(self, sampled_ns: int) -> Reading:
        """The base is where its wheels have brought it."""
        reading = super()._reading(sampled_ns)
        return reading if self.is_bolted else placed(reading, *self._carriage.pose)


def placed(reading: Reading, position_m: Array, orientation_wxyz: Array) -> Reading:
    """``reading`` with the base elsewhere."""
    state = replace(
        reading.state,
        base_position_m=vector(position_m),
        base_orientation_wxyz=vector(orientation_wxyz),
    )
    return replace_fields(reading, state=state)
