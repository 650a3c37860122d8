"""A simulated robot with legs: on its own feet, or carried, and from one to the other."""

from dataclasses import replace as replace_fields

import numpy as np

from teleop.agent.links.base import DriveMode, Reading, Setpoint
from teleop.agent.links.carried import CarriedLink, placed
from teleop.agent.links.leg_fold import LegFold
from teleop.agent.links.physics import SimulatedRobot
from twin.bases import LEGS
from twin.simulation.legs import StandingRobot
from twin.simulation.measured import Measured
from twin.simulation.simulation import Simulation
from twin.wire.clock import NS_PER_S
from twin.wire.messages import BalanceState, vector

_SET_DOWN_M = 0.01  # so far the legs give way until they carry
_HOME_RAD = 0.05  # legs nearer than this to their rest are set on the ground


class StandingLink(CarriedLink):
    """A robot of MuJoCo's with legs: on its own feet, where its balance runs below us at 250 Hz, or carried."""

    def __init__(
        self, standing: StandingRobot, task: str = "", base: str = LEGS, bolted: Simulation | None = None
    ) -> None:
        """A robot that begins on ``base``; for the rest see ``CarriedLink``."""
        super().__init__(standing.simulation, task, base, bolted)
        self._standing = standing
        self._legs = standing.body.joints[standing.body.legs]
        self._fold = LegFold(standing.simulation.spec.home_rad[self._legs])
        if base == LEGS:
            self._carriage.let_go()

    @property
    def bases(self) -> tuple[str, ...]:
        """To which that can be changed."""
        return self._simulation.spec.bases

    def change_base(self, base: str) -> str:
        """Take hold of the base, or set the robot on its feet and let it go; no joint and no base ever jumps."""
        standing = self._standing
        if standing.fall:
            return f"{standing.fall}: stand it up first"
        if self._is_on_feet and standing.effort is not None and standing.effort.report.phase != "stand":
            return "it is in the middle of a step: wait until it stands"
        if self.is_bolted:
            if base == LEGS and (away_rad := self._legs_away_rad()) > _HOME_RAD:
                return (
                    f"its legs are {away_rad:.2f} rad away from how it stands: put it on wheels first, "
                    "which brings them there"
                )
        elif base == LEGS and not (self._carriage.is_settled and self._fold.is_done):
            return "it is still being lifted: wait until legs and base have come to rest"
        if self._is_on_feet:
            measured_rad = self._measure().position_rad
            held_rad = standing.posture_rad.copy()
            held_rad[self._legs] = measured_rad[self._legs]  # servos pull there from the next step on
            standing.simulation.release_torque()
            standing.simulation.command(held_rad)
            self._fold.begin(measured_rad[self._legs])
            self._carriage.take_hold(self._height_m(base))
        super().change_base(base)
        if base == LEGS:
            self._carriage.height_m = standing.body.home_height_m - _SET_DOWN_M
        return ""

    def _come_off(self) -> None:
        self._fold.begin(self._measure().position_rad[self._legs])
        super()._come_off()

    def _legs_away_rad(self) -> float:
        home_rad = self._simulation.spec.home_rad
        return float(np.abs(self._measure().position_rad - home_rad)[self._legs].max())

    @property
    def _is_on_feet(self) -> bool:
        return not self._carriage.holds

    def drive(self, mode: DriveMode) -> None:
        """Change the drives' mode: parked it stands where it is; limp it goes to the ground."""
        standing = self._standing
        if not self._is_on_feet:
            if mode is DriveMode.POWERED and self._mode is not mode:
                self._fold.begin(self._measure().position_rad[self._legs])
            super().drive(mode)
            return
        if mode is DriveMode.LIMP:
            standing.go_limp()
        elif self._mode is DriveMode.LIMP:
            standing.hold_again()
        if mode is DriveMode.PARKED and not standing.fall:
            position_rad = standing.simulation.measure().position_rad
            standing.follow(position_rad, np.zeros_like(position_rad))
            standing.simulation.command(position_rad)
        standing.stride = standing.stride.at_rest
        self._mode = mode

    def write(self, setpoint: Setpoint, now_ns: int) -> None:
        """Hand over ``setpoint``: fingers to their servos, the rest to the balance; all to servos while carried."""
        if self._mode is not DriveMode.POWERED or self._standing.fall:
            return
        standing = self._standing
        if not self._is_on_feet:
            folded = setpoint if self.is_bolted else self._fold.put_into(setpoint, self._legs)
            super().write(folded, now_ns)
            return
        standing.follow(setpoint.position_rad, setpoint.velocity_rad_s)
        standing.stride = setpoint.stride
        standing.simulation.command(
            setpoint.position_rad, setpoint.velocity_rad_s, setpoint.torque_ff_nm, now_ns / NS_PER_S
        )

    def stand_up(self) -> None:
        """Set the robot on its feet where the attempt began, its surroundings as they are."""
        self._standing.stand_up()
        self._fault = ""

    def balance(self, is_walking: bool) -> BalanceState | None:
        """How the balance stands; None before its first tick and while it is carried.

        ``is_walking``: walking is switched on.
        """
        effort = self._standing.effort
        if effort is None or not self._is_on_feet:
            return None
        report = effort.report
        return BalanceState(
            phase=report.phase,
            walking=is_walking,
            fall=effort.fall,
            com_m=vector(report.com_m),
            dcm_m=vector(report.dcm_m),
            cop_m=vector(report.cop_m),
            support_m=vector(report.support_m.ravel()),
            foothold_m=vector(report.foothold_m),
            foot_force_n=vector(report.force_n.ravel()),
            margin_m=report.margin_m,
            steps=report.steps,
            reasons=report.reasons,
        )

    def _step(self, now_s: float) -> None:
        if self._is_on_feet:
            self._standing.step(now_s)
            return
        self._fold.advance(self._simulation.step_s)
        super()._step(now_s)
        is_ready = self._carriage.is_settled and self._fold.is_done
        if self._base == LEGS and is_ready and self._mode is DriveMode.POWERED:
            self._carriage.let_go()
            self._standing.take_over()
            position_rad = self._measure().position_rad
            self._standing.follow(position_rad, np.zeros_like(position_rad))

    def _measure(self) -> Measured:
        return self._standing.measure() if self._is_on_feet else super()._measure()

    def _reading(self, sampled_ns: int) -> Reading:
        """On its feet the base is where the estimator believes it to be, as on any robot without a gantry."""
        if not self._is_on_feet:
            return super()._reading(sampled_ns)
        base = self._standing.base
        reading = placed(SimulatedRobot._reading(self, sampled_ns), base.position_m, base.orientation_wxyz)
        return replace_fields(reading, fall=self._standing.fall)
