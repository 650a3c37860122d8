"""The renderer's own pixels, drawn through EGL on no surface, with no X server and no Qt."""

import io
import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import tiny_world

from twin.render.contacts import ContactPatches
from twin.render.offscreen import OffscreenTwin, png
from twin.render.orbit import OrbitCamera, Pose
from twin.render.palette import SELECTED, Palette
from twin.render.themes import DARK, LIGHT

WIDTH, HEIGHT = 240, 160
CAMERA = OrbitCamera(Pose((0.0, 0.0, 0.6), 4.0, 0.0, 0.15))
VIEW = CAMERA.view(WIDTH / HEIGHT)
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def world():
    model, data, geometry = tiny_world.build()
    with OffscreenTwin(geometry, WIDTH, HEIGHT, DARK, shadows=False, oversampling=1) as offscreen:
        yield model, data, geometry, offscreen


@pytest.fixture
def palette(world):
    _, data, geometry, _ = world
    made = Palette(geometry)
    made.pose_scene(data)
    return made


def pixel(image, point_m):
    x, y = VIEW.project(point_m)
    return image[int(y * HEIGHT), int(x * WIDTH)].astype(int)


def differing(first, second):
    return np.abs(first.astype(int) - second).max(axis=2) > 3


def test_each_thing_is_drawn_in_its_colour_where_the_model_has_it(world, palette):
    image = world[3].image(VIEW, palette)
    for point, strongest in (((0.1, 0, 0.5), 0), ((0.1, 1, 0.5), 1), ((0.05, -1, 0.5), 2)):
        seen = pixel(image, point)
        assert seen.argmax() == strongest
        assert seen.max() > 1.5 * np.sort(seen)[1]


def test_what_moves_in_the_model_moves_in_the_picture(world, palette):
    model, _, _, offscreen = world
    before = offscreen.image(VIEW, palette)
    turned = tiny_world.posed(model, 1.2)
    palette.pose_scene(turned)
    after = offscreen.image(VIEW, palette)
    changed = differing(before, after)
    old, new = (0, 0, 0.95), turned.geom_xpos[model.geom("forearm").id]
    for point in (old, new):
        x, y = VIEW.project(point)
        assert changed[int(y * HEIGHT), int(x * WIDTH)]
    assert changed.mean() < 0.05


def test_the_nearer_of_two_surfaces_three_millimetres_apart_hides_the_other(world, palette):
    model, _, geometry, offscreen = world
    names = [model.geom(int(g)).name for g in geometry.geoms]
    trunk, green = names.index("trunk"), names.index("green")
    palette.rows[green, :3] = palette.rows[trunk, :3]
    for ahead_m, strongest in ((0.003, 1), (-0.003, 0)):
        palette.rows[green, 0, 3] = palette.rows[trunk, 0, 3] + ahead_m
        face = offscreen.image(VIEW, palette)
        x, y = VIEW.project((0.1, 0, 0.5))
        patch = face[int(y * HEIGHT) - 3 : int(y * HEIGHT) + 4, int(x * WIDTH) - 3 : int(x * WIDTH) + 4]
        assert (patch.argmax(axis=2) == strongest).all()


def test_the_commanded_robot_is_a_cyan_veil_where_it_departs_and_nothing_where_it_does_not(world, palette):
    model, data, _, offscreen = world
    plain = offscreen.image(VIEW, palette)
    palette.pose_ghost(data)
    np.testing.assert_array_equal(offscreen.image(VIEW, palette), plain)
    commanded = tiny_world.posed(model, 1.2)
    palette.pose_ghost(commanded)
    veiled = offscreen.image(VIEW, palette)
    point = commanded.geom_xpos[model.geom("forearm").id]
    gain = pixel(veiled, point) - pixel(plain, point)
    assert gain[2] > gain[0] + 12
    assert gain[1] > gain[0] + 12
    x, y = VIEW.project((0.1, 0, 0.5))  # the trunk does not depart
    assert not differing(plain, veiled)[int(y * HEIGHT), int(x * WIDTH)]


def test_a_selected_link_changes_and_nothing_else_does(world, palette):
    _, _, geometry, offscreen = world
    plain = offscreen.image(VIEW, palette)
    palette.mark(geometry.rows_of_body("base"), SELECTED)
    marked = differing(plain, offscreen.image(VIEW, palette))
    top, bottom = (int(VIEW.project((0.1, 0, z))[1] * HEIGHT) for z in (0.62, 0.38))
    assert marked[top : bottom + 2].any()
    assert not marked[: top - 3].any()
    assert not marked[bottom + 6 :].any()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_the_picture_fades_into_exactly_the_windows_background(world, palette, theme):
    offscreen = world[3]
    offscreen.renderer.use_theme(theme)
    image = offscreen.image(VIEW, palette)
    offscreen.renderer.use_theme(DARK)
    np.testing.assert_allclose(image[1, 1], np.array(theme.background) * 255, atol=1)


def test_a_thing_over_the_ground_leaves_a_dark_patch_that_fades_with_height(world, palette):
    model, _, _, offscreen = world
    patches = ContactPatches(model, [model.body("ball").id])
    bare = offscreen.image(VIEW, palette)
    below, darker = (0.0, -1.0, 0.0), []
    for height_m in (0.02, 0.15, 0.6):
        moved = tiny_world.posed(model, 0.0)
        moved.qpos[model.jnt_qposadr[model.body_jntadr[model.body("ball").id]] + 2] = height_m + 0.08
        tiny_world.mujoco.mj_kinematics(model, moved)
        image = offscreen.image(VIEW, palette, patches.patches(moved))
        darker.append(int((pixel(bare, below) - pixel(image, below)).sum()))
    assert darker[0] > darker[1] > darker[2] == 0


def test_shadows_fall_on_the_ground_and_only_darken_it(world, palette):
    _, _, geometry, offscreen = world
    plain = offscreen.image(VIEW, palette).astype(int)
    with OffscreenTwin(geometry, WIDTH, HEIGHT, DARK, shadows=True, oversampling=1) as shaded:
        shadowed = shaded.image(VIEW, palette).astype(int)
    assert (shadowed - plain).max() <= 3
    assert (plain - shadowed).max() > 10


def test_a_picture_survives_being_a_png():
    image = np.random.default_rng(0).integers(0, 255, (7, 5, 3), np.uint8)
    with av.open(io.BytesIO(png(image)), format="png_pipe") as file:
        read = next(file.decode(video=0)).to_ndarray(format="rgb24")
    np.testing.assert_array_equal(read, image)


def test_the_driver_tells_its_name(world):
    assert world[3].gl_renderer


def test_without_egl_one_sentence_says_what_to_install():
    script = (
        "from twin.render.offscreen import application\n"
        "from twin.errors import GraphicsError\n"
        "try:\n    application()\n"
        "except GraphicsError as error:\n    print(error)\n"
    )
    environment = {**os.environ, "__EGL_VENDOR_LIBRARY_DIRS": "/nonexistent", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert "libegl1" in done.stdout
    assert "Traceback" not in done.stderr


def test_what_is_requested_is_an_outline_in_its_colour_over_what_is_there(world, palette):
    model, _, _, offscreen = world
    before = offscreen.image(VIEW, palette)
    asked = tiny_world.posed(model, 0.9)
    palette.pose_ghost(tiny_world.posed(model, 0.0))
    palette.pose_request(asked, (1.0, 0.7, 0.0))
    after = offscreen.image(VIEW, palette)
    changed = differing(before, after)
    amber = changed & (after[..., 0] > after[..., 2] + 60)
    assert amber.sum() > 20
    palette.hide_request()
    np.testing.assert_array_equal(offscreen.image(VIEW, palette), before)
