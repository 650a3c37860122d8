"""The balance is drawn where the twin shows the robot, in both themes, and only while it is known."""

import numpy as np
import pytest

from twin.mirror import Mirror
from twin.render.balance_marks import BalanceMarks
from twin.render.marks import CONTRAST, FORCE, MEASURED, PLANNED, PUSH
from twin.render.offscreen import OffscreenTwin
from twin.render.subject import Subject
from twin.render.themes import DARK, LIGHT
from twin.robot import find_robot, load_robot
from twin.scene import LEGS, load_scene
from twin.spatial import quaternion_from_rotation
from twin.wire.messages import BalanceState, RobotState, SceneState, vector

NOW = 1_000_000_000
NAN = (np.nan, np.nan, np.nan)
STANDS = BalanceState(
    phase="stand",
    com_m=vector((0.02, 0.0, 0.93)),
    dcm_m=vector((0.02, 0.01)),
    cop_m=vector((0.03, 0.0)),
    support_m=vector((-0.1, -0.15, 0.15, -0.15, 0.15, 0.15, -0.1, 0.15)),
    foothold_m=vector(NAN),
    foot_force_n=vector((0, 0, 280, 0, 0, 280)),
    margin_m=0.12,
)


@pytest.fixture(scope="module")
def robot_and_scene():
    spec = load_robot(find_robot("optimus"))
    return spec, load_scene(spec, "table", 0, LEGS)


@pytest.fixture
def mirror(robot_and_scene):
    return Mirror(*robot_and_scene)


def step_to(x_m, y_m, steps=1):
    from msgspec.structs import replace

    return replace(STANDS, phase="step", foothold_m=vector((x_m, y_m, 0.0)), steps=steps)


def tones(vertices):
    return {int(tone) for tone in np.unique(vertices["a_look"][:, 0])}


def of_tone(vertices, tone):
    return vertices["a_position"][vertices["a_look"][:, 0] == tone]


def test_nothing_is_drawn_of_a_robot_that_does_not_balance_or_has_fallen_silent(mirror):
    made = BalanceMarks(mirror)
    assert len(made.vertices(NOW)) == 0
    mirror.take_balance(STANDS, NOW)
    assert len(made.vertices(NOW)) > 0
    assert len(made.vertices(NOW + 2_000_000_000)) == 0


def test_a_standing_robot_shows_mass_support_pressure_and_forces_and_no_step(mirror):
    mirror.take_balance(STANDS, NOW)
    vertices = BalanceMarks(mirror).vertices(NOW)
    assert tones(vertices) == {MEASURED, CONTRAST, FORCE}
    assert vertices["a_position"][:, 2].max() == pytest.approx(0.93 + 0.032, abs=1e-3)
    assert of_tone(vertices, FORCE)[:, 2].max() == pytest.approx(0.28, abs=0.02)


def test_the_marks_stand_where_the_twin_shows_the_robot_not_where_it_believes_to_be(mirror):
    turned = quaternion_from_rotation(np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]))
    state = RobotState(
        position_rad=vector(mirror.spec.home_rad),
        base_position_m=vector((0.0, 0.0, 0.96)),
        base_orientation_wxyz=vector((1.0, 0.0, 0.0, 0.0)),
    )
    qpos = mirror.scene.initial_qpos.copy()
    start = mirror.scene.model.jnt_qposadr[mirror.scene.model.joint("floating_base").id]
    qpos[start : start + 7] = [2.0, 1.0, 0.96, *turned]
    mirror.take_state(state, NOW)
    mirror.take_scene(SceneState(qpos=vector(qpos)), NOW)
    mirror.compare_worlds()
    mirror.place()
    np.testing.assert_allclose(mirror.measured.body("pelvis").xpos[:2], [2.0, 1.0], atol=1e-6)
    mirror.take_balance(step_to(0.3, 0.1), NOW)
    planned = of_tone(BalanceMarks(mirror).vertices(NOW), PLANNED)
    np.testing.assert_allclose(planned[:, :2].mean(axis=0), [1.9, 1.3], atol=0.02)


def test_steps_that_were_taken_stay_behind_the_planned_one(mirror):
    made = BalanceMarks(mirror)
    counts = []
    for foothold in ((0.2, 0.1), (0.21, 0.1), (0.4, -0.1), (0.6, 0.1)):
        mirror.take_balance(step_to(*foothold), NOW)
        counts.append(len(of_tone(made.vertices(NOW), PLANNED)))
    assert counts[0] == counts[1] < counts[2] < counts[3]
    mirror.take_balance(STANDS, NOW)  # set on its feet anew: no step since
    assert PLANNED not in tones(made.vertices(NOW))


def test_a_push_is_shown_even_on_a_gantry(mirror):
    push = SceneState(
        qpos=vector(mirror.scene.initial_qpos), push_at_m=vector((0, 0, 1.2)), push_n=vector((0, 200, 0))
    )
    mirror.take_scene(push, NOW)
    vertices = BalanceMarks(mirror).vertices(NOW)
    assert tones(vertices) == {PUSH}
    assert vertices["a_position"][:, 1].max() == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_in_either_theme_the_marks_are_seen(mirror, theme):
    mirror.take_balance(step_to(0.3, 0.1), NOW)
    subject = Subject(mirror)
    camera = subject.camera()
    camera.go_to("left", glide_s=0.0)
    view = camera.view(1.0)
    vertices = BalanceMarks(mirror).vertices(NOW)
    with OffscreenTwin(subject.geometry, 320, 320, theme, shadows=False, oversampling=1) as offscreen:
        without = offscreen.image(view, subject.palette)
        image = offscreen.image(view, subject.palette, marks=vertices)
        differs = np.abs(image.astype(int) - without).max(axis=2)
        assert (differs > 60).sum() > 150  # strongly, not as a hint
        again = offscreen.image(view, subject.palette)
    np.testing.assert_array_equal(again, without)
