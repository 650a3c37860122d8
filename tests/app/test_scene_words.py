"""What the episode panel says of an attempt, and what `understudy scenes list` says of the scenes."""

import json

import pytest

from app.commands.scenes import row_of
from app.main import main
from app.panels.episode import attempt_words
from twin import places
from twin.wire.messages import SceneState


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        (SceneState(task="do it", task_note="not there"), "do it: not there"),
        (SceneState(task="do it", task_succeeded=True, subgoals_done=1, subgoals_total=1), "do it: done"),
        (
            SceneState(task="do it", task_note="the cup is held", subgoals_done=2, subgoals_total=4),
            "do it (2 of 4): the cup is held",
        ),
        (
            SceneState(task="do it", task_failed=True, task_note="it fell", subgoals_total=4),
            "do it (0 of 4): failed, it fell",
        ),
    ],
)
def test_an_attempt_is_told_with_its_steps_and_how_it_stands(scene: SceneState, said: str):
    assert attempt_words(scene) == said


def test_the_list_names_every_scene_with_task_steps_and_levels(capsys):
    assert main(["scenes", "list", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(rows) >= {"table", "kitting", "bin_sorting", "tote_carry", "machine_tending", "floor_pick"}
    assert all(
        row["instruction"] and row["goals"] and row["levels"] and not row["fault"] for row in rows.values()
    )
    assert all(row["demo"] for row in rows.values()), "the scripted operator does each of them"
    assert main(["scenes", "list"]) == 0
    assert "put each part into the pocket of its colour (4 steps" in capsys.readouterr().out


def test_a_scene_with_a_fault_is_listed_with_it(monkeypatch, tmp_path, capsys):
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "half.toml").write_text('name = "half"\n')
    monkeypatch.setattr(places, "assets_folder", lambda: tmp_path)
    assert main(["scenes", "list"]) == 1
    assert "half.toml: title is missing" in capsys.readouterr().out
    assert "title is missing" in row_of("half")["fault"]
