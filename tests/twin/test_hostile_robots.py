"""A model built to do harm is refused in one sentence, by a process that alone bears what it does."""

import math
import struct
from pathlib import Path

import pytest

from twin.errors import RobotSpecError
from twin.robot import find_robot
from twin.robot_apart import check_apart, vouch_for

MODEL = """<mujoco><compiler angle="radian"/>{assets}<option timestep="{timestep}"/><worldbody>{before}
<body name="root"><inertial pos="0 0 0" mass="1" diaginertia="{inertia} 1 1"/>
<body name="arm"><joint name="elbow" axis="0 1 0" range="-1 1"/>{second}<geom size="0.1"/>{inside}</body></body>
</worldbody></mujoco>"""

ROBOT = """name = "small"
title = "Small"
revision = "a"
model = "small.xml"
link = "simulated"
joints = [ { name = "elbow", group = "arm", motor = "m", lower_rad = -1.0, upper_rad = 1.0, home_rad = 0.0 } ]
[base]
body = "root"
mount = "fixed"
position_m = [0.0, 0.0, 1.0]
[motors.m]
max_speed_rad_s = 5.0
max_acceleration_rad_s2 = 50.0
max_effort_nm = 10.0
stiffness_nm_rad = 100.0
damping_nms_rad = 5.0
torque_per_current_nm_a = 1.0
winding_ohm = 1.0
thermal_resistance_k_w = 1.0
thermal_capacity_j_k = 100.0
"""


def robot(folder: Path, **parts: str) -> Path:
    given = {"assets": "", "timestep": "0.002", "before": "", "inertia": "1", "second": "", "inside": ""}
    (folder / "small.xml").write_text(MODEL.format(**(given | parts)))
    (folder / "robot.toml").write_text(ROBOT)
    return folder


def faults(folder: Path) -> list[str]:
    said = [str(fault) for fault in check_apart(folder).faults]
    assert all("\n" not in fault and fault.startswith(str(folder)) for fault in said), said
    return said


def stl(path: Path, points: list[float], count: int = 4) -> None:
    triangle = struct.pack("<12fH", 0, 0, 1, *points, 0)
    path.write_bytes(bytes(80) + struct.pack("<I", count) + triangle * count)


def test_a_harmless_robot_has_no_faults(tmp_path: Path):
    assert faults(robot(tmp_path)) == []
    vouch_for(tmp_path)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"inertia": "nan"}, "diaginertia must be finite numbers"),
        ({"inertia": "1e999"}, "diaginertia must be finite numbers"),
        ({"timestep": "inf"}, "timestep must be finite numbers"),
        ({"timestep": "-0.002"}, "timestep must be a number greater than 0"),
        ({"before": '<include file="../passwords.xml"/>'}, "lies outside"),
        ({"before": '<include file="/etc/hostname"/>'}, "lies outside"),
        ({"inside": '<replicate count="1000000"><geom size="0.01"/></replicate>'}, "asks for 1000000 copies"),
        (
            {"inside": "<replicate count='1000'><replicate count='1000'><site/></replicate></replicate>"},
            "asks for 1000000 copies",
        ),
        ({"second": '<joint name="elbow" axis="1 0 0"/>'}, "joint 'elbow': the model has two of this name"),
    ],
)
def test_a_hostile_model_is_refused(tmp_path: Path, parts: dict[str, str], said: str):
    assert any(said in fault for fault in faults(robot(tmp_path, **parts)))


def test_a_mesh_of_two_gigabytes_is_not_even_opened(tmp_path: Path):
    with (tmp_path / "huge.stl").open("wb") as file:
        file.truncate(2 * 1024**3)
    said = faults(robot(tmp_path, assets='<asset><mesh name="huge" file="huge.stl"/></asset>'))
    assert any("mesh 'huge': its file" in fault and "larger than 256 MiB" in fault for fault in said)


def test_a_mesh_with_a_corner_nowhere_is_refused(tmp_path: Path):
    stl(tmp_path / "bad.stl", [0, 0, 0, 1, 0, 0, 0, math.nan, 1])
    folder = robot(
        tmp_path,
        assets='<asset><mesh name="bad" file="bad.stl"/></asset>',
        inside='<geom type="mesh" mesh="bad"/>',
    )
    (fault,) = faults(folder)
    assert "vertex coordinate 2 is not finite" in fault
    assert "'bad'" in fault


def test_a_model_that_needs_too_much_memory_costs_only_the_process_that_reads_it(tmp_path: Path):
    folder = robot(
        tmp_path,
        assets='<asset><texture name="t" type="2d" builtin="checker" width="40000" height="40000"/></asset>',
    )
    (fault,) = faults(folder)
    assert "memory" in fault


def test_a_model_that_takes_too_long_is_given_up(tmp_path: Path):
    cloth = '<flexcomp name="c" type="grid" count="400 400 1" spacing="1 1 1" mass="1"/>'
    (fault,) = check_apart(robot(tmp_path, before=cloth), cpu_s=1).faults
    assert "takes more than 1 s to read" in str(fault)


def test_a_model_that_flies_apart_is_refused(tmp_path: Path):
    folder = robot(tmp_path, second='<joint axis="1 0 0" stiffness="-1e14" springref="1"/>')
    said = faults(folder)
    assert any("does not stay finite" in fault for fault in said), said


def test_nobody_drives_a_robot_with_a_fault(tmp_path: Path):
    with pytest.raises(RobotSpecError, match="asks for 1000000 copies"):
        vouch_for(robot(tmp_path, inside='<replicate count="1000000"><geom size="0.01"/></replicate>'))


def test_what_ships_with_the_program_need_not_be_looked_at_each_time():
    vouch_for(find_robot("optimus"), "a revision that is not there")
