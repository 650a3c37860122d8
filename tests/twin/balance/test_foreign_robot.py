"""A robot that was not made for this program stands, squats and takes a push by the folder drafted from its model."""

from pathlib import Path

import pytest

from twin.balance.stride import Stride
from twin.drafting.write import write_draft
from twin.robot import load_robot
from twin.scene import LEGS, load_scene
from twin.simulation.legs import StandingRobot
from twin.simulation.sensors import SensorErrors
from twin.simulation.simulation import Simulation

H1 = Path(__file__).resolve().parents[4] / "shared" / "robots" / "unitree_h1" / "h1.xml"

pytestmark = pytest.mark.skipif(
    not H1.is_file(), reason=f"the foreign model is not beside this checkout ({H1})"
)


def test_it_stands_takes_a_push_from_behind_squats_and_rises(tmp_path: Path):
    write_draft(H1, tmp_path / "h1")
    spec = load_robot(tmp_path / "h1")
    robot = StandingRobot(Simulation(spec, load_scene(spec, "table", 1, LEGS), SensorErrors()))
    chest = robot.simulation.model.body("torso_link").id
    heights = []
    for step in range(3500):
        now_s = 0.002 * step
        robot.simulation.data.xfrc_applied[chest, 0] = 100.0 if 1.0 <= now_s < 1.1 else 0.0
        robot.stride = Stride(height_m=-0.2 if 3.0 <= now_s < 5.0 else 0.0)
        robot.step(0.0)
        heights.append(robot.true_base().position_m[2])
        assert not robot.fall
    assert min(heights[1500:2500]) < heights[1400] - 0.14
    assert heights[-1] == pytest.approx(heights[1400], abs=0.03)
