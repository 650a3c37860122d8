import mujoco
import numpy as np
import pytest

from teleop.cameras import simulated
from teleop.cameras.backend import find_backend
from teleop.cameras.simulated import SimulatedCameras, outside_view
from twin.errors import SceneError

XML = """
<mujoco>
  <worldbody>
    <light pos="0 0 5"/>
    <geom name="floor" type="plane" size="5 5 1" rgba="0.5 0.5 0.5 1"/>
    <geom name="hidden" type="box" size="0.3 0.3 0.3" pos="1 0 1" rgba="1 0 1 1" group="3"/>
    <body name="arm" pos="0 0 1"><joint axis="0 0 1"/>
      <inertial pos="0 0 0" mass="1" diaginertia="1 1 1"/><camera name="eye" xyaxes="0 -1 0 0 0 1"/>
    </body>
    <geom name="red" type="box" size="0.2 0.2 0.2" pos="1.5 0 1.3" rgba="0.9 0.1 0.1 1"/>
    <geom name="blue" type="sphere" size="0.2" pos="-1.5 0 1" rgba="0.1 0.1 0.9 1" group="2"/>
  </worldbody>
</mujoco>
"""


@pytest.fixture(scope="module")
def found():
    return find_backend()


@pytest.fixture
def cameras(found):
    model = mujoco.MjModel.from_xml_string(XML)
    made = SimulatedCameras(model, {"head": "eye"}, found, 160, 120)
    yield made
    made.close()


def share(picture, channel):
    """Share of the pixels in which one channel stands out."""
    bright = picture.astype(int)
    others = [c for c in range(3) if c != channel]
    return (bright[..., channel] > bright[..., others].max(axis=2) + 60).mean()


def test_a_camera_sees_what_is_before_it_upside_down_and_turns_with_its_link(cameras):
    cameras.take_state([0.0])
    ahead = cameras.picture("head").copy()
    assert share(ahead, 0) > 0.01
    assert share(ahead, 2) == 0
    rows = np.flatnonzero((ahead[..., 0] > 120) & (ahead[..., 1] < 90))
    assert np.median(rows // 160) > 60  # the box is above the eye; the last row is on top
    cameras.take_state([np.pi])
    behind = cameras.picture("head")
    assert share(behind, 2) > 0.01
    assert share(behind, 0) == 0


def test_collision_shapes_are_not_in_the_picture(cameras):
    cameras.take_state([0.0])
    picture = cameras.picture("head").astype(int)
    magenta = (picture[..., 0] > 120) & (picture[..., 2] > 120) & (picture[..., 1] < 60)
    assert not magenta.any()


def test_leaving_out_what_is_outside_the_view_changes_no_pixel(cameras, monkeypatch):
    for angle in np.linspace(0, 2 * np.pi, 17):
        cameras.take_state([angle])
        with monkeypatch.context() as patched:
            patched.setattr(simulated, "outside_view", lambda model, *_: np.zeros(model.ngeom, bool))
            whole = cameras.picture("head").copy()
        np.testing.assert_array_equal(cameras.picture("head"), whole)


def test_something_is_left_out_and_the_floor_never_is():
    model = mujoco.MjModel.from_xml_string(XML)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    unseen = outside_view(model, data, model.camera("eye").id, 4 / 3)
    names = {model.geom(int(geom)).name for geom in np.flatnonzero(unseen)}
    assert names == {"blue"}


def test_a_state_of_another_scene_and_a_camera_that_is_not_there_are_refused_in_words(cameras, found):
    with pytest.raises(SceneError, match="restart the station"):
        cameras.take_state(np.zeros(9))
    with pytest.raises(SceneError, match=r"'head'.*'forehead'"):
        SimulatedCameras(mujoco.MjModel.from_xml_string(XML), {"head": "forehead"}, found, 64, 48)
