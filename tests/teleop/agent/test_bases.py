"""How the base is held: rolling, changing in HOLD without a jump, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from robot_side import DRIVER, optimus
from test_robot_on_its_feet import Walk

from teleop.agent import base_change
from teleop.agent.links.base import DriveMode, Setpoint
from teleop.agent.links.simulated import CarriedLink, SimulatedRobot, StandingLink, open_link
from twin.balance.stride import Stride
from twin.bases import GANTRY, LEGS, WHEELS
from twin.scene import load_scene
from twin.simulation.simulation import Simulation
from twin.station import Station
from twin.wire.ask import arguments
from twin.wire.command_frame import HOLD_TO_RUN
from twin.wire.messages import Request, StopRequest


class Base(Walk):
    """A station's robot side that begins on ``base``."""

    def __init__(self, base: str) -> None:
        super().__init__(lambda standing: StandingLink(standing, "", base))

    def change(self, base: str):
        request = Request(
            action="base.set", sender="driver", client_id=DRIVER, arguments=arguments({"base": base})
        )
        return base_change.answer(self.agent, self.link, request)

    def arm(self) -> None:
        self.pass_s(0.02)
        assert self.ask("lease.acquire").accepted
        assert self.ask("power.on").accepted
        self.pass_s(0.1)
        assert self.agent.state.value == "HOLD"

    @property
    def pose(self) -> np.ndarray:
        """Angles of the legs, and the place of the base."""
        simulation, body = self.standing.simulation, self.standing.body
        angles = simulation.data.qpos[simulation.scene.joint_qpos_address][body.joints[body.legs]]
        return np.concatenate((angles, self.base_m))

    @property
    def base_m(self) -> np.ndarray:
        return self.standing.true_base().position_m

    @property
    def upright(self) -> float:
        return float(self.standing.simulation.data.body("pelvis").xmat.reshape(3, 3)[2, 2])

    def fastest(self, seconds: float) -> float:
        """The fastest that any joint (rad/s) or the base (m/s) moved while ``seconds`` passed."""
        fastest, before = 0.0, self.pose
        for _ in range(round(seconds / 0.01)):
            self.pass_s(0.01)
            fastest, before = max(fastest, float(np.abs(self.pose - before).max()) / 0.01), self.pose
        return fastest


def test_on_wheels_it_rolls_as_told_once_walking_is_on_and_stops_when_commands_end():
    robot = Base(WHEELS)
    robot.engage()
    robot.pass_s(0.5, HOLD_TO_RUN, base_velocity=(-0.4, 0.0, 0.0))
    assert abs(robot.forward_m) < 1e-3, "walking is off"
    assert robot.ask("walk.on").accepted
    robot.pass_s(3.0, HOLD_TO_RUN, base_velocity=(-0.4, 0.0, 0.0))
    assert robot.forward_m == pytest.approx(-0.4 * 3.0, abs=0.2)  # half a metre per second and second
    np.testing.assert_allclose(robot.link._reading(1).state.base_position_m, robot.base_m, atol=2e-3)
    robot.pass_s(1.2)  # silence
    at_m = robot.forward_m
    robot.pass_s(1.0)
    assert robot.forward_m == pytest.approx(at_m, abs=1e-4)
    assert robot.upright > 0.9999


def test_on_wheels_it_turns_and_goes_sideways_in_its_own_heading_with_limited_acceleration():
    robot = Base(WHEELS)
    robot.engage()
    assert robot.ask("walk.on").accepted
    robot.pass_s(2.0, HOLD_TO_RUN, base_velocity=(0.0, 0.0, 0.8))
    robot.pass_s(1.0, HOLD_TO_RUN)
    start = robot.base_m.copy()
    heading = robot.standing.simulation.data.body("pelvis").xmat.reshape(3, 3)[:, 0]
    assert np.arctan2(heading[1], heading[0]) == pytest.approx(1.6, abs=0.25)
    speeds = []
    for _ in range(60):
        before = robot.base_m.copy()
        robot.pass_s(0.02, HOLD_TO_RUN, base_velocity=(0.0, 0.2, 0.0))
        speeds.append(np.linalg.norm(robot.base_m - before) / 0.02)
    assert np.diff(speeds).max() / 0.02 < 0.5
    gone = robot.base_m - start
    assert gone[:2] @ [-heading[1], heading[0]] == pytest.approx(np.linalg.norm(gone[:2]), rel=0.01)
    assert np.linalg.norm(gone[:2]) > 0.1


def test_wheels_stop_at_the_table_instead_of_going_through_it():
    robot = Base(WHEELS)
    robot.engage()
    assert robot.ask("walk.on").accepted
    robot.pass_s(6.0, HOLD_TO_RUN, base_velocity=(0.4, 0.0, 0.0))
    assert 0.02 < robot.forward_m < 0.6


def test_from_wheels_to_its_feet_and_back_in_hold_nothing_jumps_and_it_stands():
    robot = Base(WHEELS)
    robot.arm()
    robot.pass_s(0.5)
    assert robot.change(LEGS).accepted
    assert robot.fastest(3.0) < 1.3  # the legs give way by a centimetre, as at every start
    assert not robot.standing.fall
    assert robot.link.balance(False) is not None
    assert robot.link.base == LEGS
    assert robot.change(GANTRY).accepted
    assert robot.fastest(3.0) < 0.6
    assert robot.link.balance(False) is None
    assert robot.upright > 0.9999
    assert robot.change(LEGS).accepted
    robot.pass_s(3.0)
    assert not robot.standing.fall


def test_a_robot_that_squats_is_taken_up_softly_and_set_down_only_once_its_legs_are_home():
    robot = Base(LEGS)
    robot.engage()
    robot.pass_s(2.0, HOLD_TO_RUN, body_height_m=-0.2)
    robot.pass_s(0.6)
    assert robot.change(WHEELS).accepted
    assert robot.fastest(0.6) < 0.6
    assert "still being lifted" in robot.change(LEGS).reason
    robot.pass_s(5.0)
    assert robot.change(LEGS).accepted
    robot.pass_s(3.0)
    assert not robot.standing.fall


def test_a_robot_that_is_cut_while_it_is_set_down_is_not_let_go():
    robot = Base(WHEELS)
    robot.arm()
    robot.pass_s(0.5)
    assert robot.change(LEGS).accepted
    robot.agent.stop(StopRequest(level="CUT", source="test", stop_id=1), robot.now_ns)
    robot.pass_s(1.5)
    assert robot.base_m[2] > 0.9
    assert robot.upright > 0.9999


def test_the_base_is_changed_in_hold_only_by_the_driver_and_to_what_is_offered():
    robot = Base(WHEELS)
    assert "lease" in robot.change(LEGS).reason
    robot.pass_s(0.02)
    assert robot.ask("lease.acquire").accepted
    assert "STANDBY" in robot.change(LEGS).reason
    robot.ask("power.on")
    robot.pass_s(0.1)
    assert "wings" in robot.change("wings").reason
    assert robot.change(WHEELS).accepted  # already
    robot.engage()
    assert "TELEOP" in robot.change(LEGS).reason
    assert robot.link.base == WHEELS


def test_changing_the_base_switches_walking_off():
    robot = Base(WHEELS)
    robot.arm()
    assert robot.ask("walk.on").accepted
    assert robot.change(GANTRY).accepted
    assert not robot.agent.walking
    assert "wheels or on its feet" in robot.ask("walk.on").reason


def test_a_robot_that_offers_no_other_base_says_so():
    spec = optimus()
    link = SimulatedRobot(Simulation(spec, load_scene(spec, "table")))
    request = Request(action="base.set", arguments=arguments({"base": LEGS}))
    assert "does not offer" in base_change.answer(None, link, request).reason


def test_a_robot_that_is_only_carried_rolls_and_is_never_set_on_its_feet():
    spec = optimus()
    simulation = Simulation(spec, load_scene(spec, "table", 0, WHEELS))
    link = CarriedLink(simulation)
    reading = link.connect(1_000_000_000)
    link.drive(DriveMode.POWERED)
    still = np.zeros(len(spec.joints))
    for tick in range(1, 500):
        now_ns = 1_000_000_000 + tick * 2_000_000
        setpoint = Setpoint(spec.home_rad, still, still, still, Stride(left_m_s=0.2))
        link.write(setpoint, now_ns)
        reading = link.read(now_ns) or reading
    assert reading.state.base_position_m[1] == pytest.approx(0.15, abs=0.02)
    assert link.bases == (GANTRY, WHEELS)


# --- off the bolts of the gantry --------------------------------------------------------------------------


class Bolted(Base):
    """A station's robot side that begins on its gantry, as ``open_link`` makes it."""

    def __init__(self) -> None:
        super(Base, self).__init__(self._hung)

    def _hung(self, standing) -> StandingLink:
        self.bolted = Simulation(standing.simulation.spec, load_scene(standing.simulation.spec, "table", 1))
        return StandingLink(standing, "", GANTRY, self.bolted)

    @property
    def angles(self) -> np.ndarray:
        simulation = self.link._simulation
        return simulation.data.qpos[simulation.scene.joint_qpos_address].copy()

    @property
    def things(self) -> np.ndarray:
        """Where all things of the scene are."""
        simulation = self.link._simulation
        own, _ = simulation.scene.robot_coordinates()
        return simulation.data.qpos[~own].copy()

    @property
    def pelvis_m(self) -> np.ndarray:
        return self.link._simulation.data.body("pelvis").xpos.copy()

    def turn(self, name: str, by_rad: float) -> None:
        """Turn a joint by hold-to-run, within two seconds, and let go."""
        self.engage()
        joint, target = self.spec.joint_names.index(name), np.array(self.held())
        before_rad = self.angles[joint]
        for _ in range(100):
            target[joint] += by_rad / 100
            self.pass_s(0.02, HOLD_TO_RUN, position_rad=target.copy())
        self.pass_s(1.0)
        assert self.agent.state.value == "HOLD"
        assert self.angles[joint] == pytest.approx(before_rad + by_rad, abs=0.05)


def test_a_robot_comes_off_its_gantry_with_every_joint_and_thing_where_it_was():
    robot = Bolted()
    robot.turn("left_elbow", -0.3)
    assert robot.link.base == GANTRY
    angles, things, pelvis_m = robot.angles, robot.things, robot.pelvis_m
    time_s, warmth = robot.bolted.time_s, robot.bolted.temperature_c
    assert robot.change(WHEELS).accepted
    np.testing.assert_array_equal(robot.angles, angles)
    np.testing.assert_array_equal(robot.things, things)
    np.testing.assert_allclose(robot.pelvis_m, pelvis_m, atol=1e-12)
    simulation = robot.link._simulation
    assert simulation.time_s == time_s
    np.testing.assert_array_equal(simulation.temperature_c, warmth)
    assert robot.fastest(0.5) < 0.1  # it is lifted by a centimetre, at 4 cm/s
    np.testing.assert_allclose(robot.angles, angles, atol=0.004)
    np.testing.assert_allclose(robot.things, things, atol=5e-4)
    assert robot.pelvis_m[2] == pytest.approx(pelvis_m[2] + 0.01, abs=1e-3)
    assert robot.ask("walk.on").accepted


def test_from_its_gantry_to_its_feet_and_back_nothing_drops_and_walking_stays_off():
    robot = Bolted()
    robot.turn("left_elbow", -0.3)
    arms = robot.angles
    assert robot.link.balance(False) is None
    assert robot.change(LEGS).accepted
    assert robot.fastest(3.0) < 1.3  # as from wheels: the legs give way by a centimetre
    assert not robot.standing.fall
    assert not robot.agent.walking
    assert robot.link.balance(False) is not None
    elbow = robot.spec.joint_names.index("left_elbow")
    assert robot.angles[elbow] == pytest.approx(arms[elbow], abs=0.02)
    assert robot.change(GANTRY).accepted
    assert robot.fastest(3.0) < 0.6
    assert robot.link.base == GANTRY
    assert robot.upright > 0.9999
    assert robot.pelvis_m[2] == pytest.approx(robot.spec.base.position_m[2], abs=1e-3)


def test_a_robot_whose_legs_were_turned_on_the_gantry_is_not_set_on_them_but_on_wheels():
    robot = Bolted()
    robot.turn("left_knee", 0.4)
    knee = robot.spec.joint_names.index("left_knee")
    assert "away from how it stands" in robot.change(LEGS).reason
    assert robot.link.is_bolted
    assert robot.change(WHEELS).accepted
    assert robot.fastest(4.0) < 1.0  # the knee goes home at 0.3 rad/s in the mean
    assert robot.angles[knee] == pytest.approx(robot.spec.home_rad[knee], abs=0.01)
    assert robot.change(LEGS).accepted
    robot.pass_s(3.0)
    assert not robot.standing.fall


def test_on_the_gantry_the_base_is_changed_in_hold_only_and_its_physics_is_the_bolted_one():
    robot = Bolted()
    robot.pass_s(0.02)
    assert robot.ask("lease.acquire").accepted
    assert "STANDBY" in robot.change(LEGS).reason
    robot.engage()
    assert "TELEOP" in robot.change(LEGS).reason
    assert "put it on wheels or on its feet first" in robot.ask("walk.on").reason
    assert robot.link.is_bolted
    alone = SimulatedRobot(Simulation(robot.spec, load_scene(robot.spec, "table", 1)))
    assert len(robot.link.scene().qpos) == len(alone.scene().qpos)


def test_a_station_on_the_gantry_has_the_bolts_and_what_comes_after_them_and_one_that_offers_no_more_has_not():
    spec = optimus()
    station = Station(folder="", robot_folder=str(spec.folder), seed=3)
    link = open_link(station, spec)
    assert link.is_bolted
    assert link.bases == spec.bases
    assert not link.capabilities.walks
    only = open_link(station, replace(spec, bases=(GANTRY,)))
    assert not isinstance(only, CarriedLink)
    rolls = open_link(station, replace(spec, bases=(GANTRY, WHEELS)))
    rolls.connect(1)
    rolls.drive(DriveMode.POWERED)
    assert rolls.change_base(WHEELS) == ""
    assert rolls.capabilities.walks
    assert rolls.scene().seed == 3
