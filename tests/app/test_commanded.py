"""Legs that the balance moves are commanded no angle, wherever the window compares angles with commands."""

import numpy as np
import pytest

from app.actions.registry import Actions
from app.feed import Feed
from app.joints.commanded import BALANCE_MOVES, commanded_rad
from app.joints.grid_rows import concern, joint_use
from app.panels import limbs
from app.panels.base import PanelContext
from app.panels.joint_grid import read_figures
from app.theme import load_theme
from twin.station import Station
from twin.wire.messages import AppliedCommand, BalanceState, RobotState, vector

S, MS = 1_000_000_000, 1_000_000


@pytest.fixture
def crouched(ear) -> Feed:
    """On its own feet, all joints 1.5 rad from where they would rest, the arms commanded to be there."""
    feed = Feed(ear)
    away, still = np.full(74, 1.5), vector(np.zeros(74))
    commanded = np.where(np.arange(74) < 12, 0.0, away)  # the legs come first
    for name, message in (
        ("robot.state", RobotState(position_rad=vector(away), velocity_rad_s=still, effort_nm=still)),
        ("robot.applied", AppliedCommand(position_rad=vector(commanded))),
        ("robot.balance", BalanceState(phase="stand")),
    ):
        ear.say(name, message, S)
    feed.drain(S)
    return feed


def test_legs_have_a_command_again_as_soon_as_the_balance_is_silent(crouched, ear, grid_spec):
    assert np.isnan(commanded_rad(crouched, grid_spec)[grid_spec.is_leg]).all()
    ear.say("robot.applied", AppliedCommand(position_rad=vector(np.ones(74))), 2 * S)
    crouched.drain(2 * S)
    np.testing.assert_array_equal(commanded_rad(crouched, grid_spec), 1.0)


def test_a_crouched_robot_lags_behind_nothing(crouched, grid_spec):
    figures = read_figures(crouched, grid_spec, {})
    use = joint_use(grid_spec, figures)
    assert figures.balanced == set(range(12))
    assert all(concern(use, {}, joint).text == "" for joint in range(74))


def test_the_limbs_show_a_dash_for_its_legs_and_say_who_moves_them(crouched, ear, grid_spec, qtbot):
    station = Station(folder="/nowhere", robot_folder="/nowhere")
    panel = limbs.create(PanelContext(station, grid_spec, Actions(), load_theme("dark")))
    shown = panel.widget()
    qtbot.addWidget(shown)
    panel.refresh(crouched, S)
    errors = {limb.title: use.error_rad for limb, use in zip(shown._limbs, shown._uses, strict=True)}
    assert errors.pop("Legs") is None
    assert set(errors.values()) == {0.0}
    assert shown.toolTip() == BALANCE_MOVES
    ear.say("robot.state", crouched.message("robot.state", RobotState)[0], 2 * S)
    crouched.drain(2 * S)
    panel.refresh(crouched, 2 * S)
    assert shown.toolTip() == ""
