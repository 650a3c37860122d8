"""The whole way from a hand on a pad to a dataset, on real processes, without a person and without a display."""

import logging
import shutil
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from app.demo import script, walk_script
from app.demo.floor_script import lifts
from app.demo.picking import TOP_GRASP
from app.demo.script import DemoError
from app.demo.stage import Stage, left_running, open_stage
from app.demo.summary import Summary
from app.demo.task import do_task
from recordings.catalog import takes_in
from recordings.checking.verify import verify
from recordings.exporters.base import exporter
from recordings.latency import measure
from twin.bases import LEGS
from twin.errors import UnderstudyError
from twin.render.offscreen import render_png
from twin.render.subject import Subject
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.clock import now_ns

log = logging.getLogger(__name__)

_FRAMES_OFF = 1  # rows a dataset may have more or fewer than the clock says, for its first and last


def run_demo(station: Station, seconds: float, out: Path) -> Summary:
    """Play the scripted operator in ``station`` and check everything that came of it.

    Args:
        station: robot, scene and seed; its folders are replaced.
        seconds: record at least for so long.
        out: gets takes, dataset and screenshots; made if missing.

    Raises:
        UnderstudyError: it could not even begin.
    """
    out.mkdir(parents=True, exist_ok=True)
    staged = station_for(station, out / "takes")
    summary = Summary(robot=Path(staged.robot_folder).name, joints=0, scene=staged.scene, seed=staged.seed)
    with open_stage(staged) as stage:
        summary.joints = len(stage.view.spec.joints)
        summary.task = stage.view.scene.instruction
        try:
            _perform(stage, seconds, out, summary)
        except DemoError as error:
            summary.faults.append(str(error))
        summary.task_succeeded = stage.view.world.task_succeeded
        if not summary.task_succeeded:
            summary.faults.append(f"the task is not done: {stage.view.world.task_note}")
        summary.real_time_factor = round(float(np.median(stage.noted.real_time_factors or [np.nan])), 4)
        summary.camera_fps, summary.cpu_share = stage.noted.camera_fps, stage.noted.cpu_share
    summary.faults += [f"left running: {process}" for process in left_running()]
    _check_recording(out, summary)
    return summary


def station_for(station: Station, takes_folder: Path) -> Station:
    """``station`` with its takes in ``takes_folder``."""
    return replace(station, takes_folder=str(takes_folder), operator=station.operator or "scripted operator")


def _perform(stage: Stage, seconds: float, out: Path, summary: Summary) -> None:
    view = stage.view
    stage.play(script.start(view))
    stage.play(script.record(view))
    begun_s = view.world.time_s
    log.info("recording; %s", view.scene.instruction)
    with walk_script.asking(stage.station) as asked:
        if view.scene.base == LEGS and not lifts(view.scene.layout.task.goals):
            stage.play(walk_script.walk_about(view, asked))
        stage.play(do_task(view, asked, TOP_GRASP, on_lifted=lambda: _picture(stage, out, summary)))
    while view.world.time_s - begun_s < seconds:
        stage.play(script.rest(0.5, {}))
    stage.play(script.save(view))


def _picture(stage: Stage, out: Path, summary: Summary) -> None:
    """Pictures of the moment: the whole window as it stands on its screen, and the twin drawn afresh."""
    window, twin = out / "window.png", out / "twin.png"
    asker = Asker(stage.station, "window", "demo")
    # Not waited for: the script goes on while the window draws.
    asker.post("window.screenshot", path=str(window.absolute()))
    stage.after_end.append(asker.close)
    subject = Subject(stage.view.mirror)
    subject.pose(now_ns())
    summary.gl_renderer = render_png(subject, twin, (1280, 800), "right")
    summary.screenshots = {"window": str(window), "twin": str(twin)}


def _check_recording(out: Path, summary: Summary) -> None:
    """Verify the take, read its latencies, and export it."""
    for name, path in summary.screenshots.items():
        if not Path(path).exists():
            summary.faults.append(f"there is no screenshot of the {name}")
    finished = [entry.path for entry in takes_in(out / "takes") if entry.state == "finished"]
    if not finished:
        summary.faults.append("no take was saved")
        return
    take = finished[-1]
    try:
        summary.add_take(verify(take, decode_pictures=True))
        summary.add_latency(measure(take))
        _export(take, out / "dataset", summary)
    except UnderstudyError as error:
        summary.faults.append(str(error))


def _export(take: Path, out: Path, summary: Summary) -> None:
    shutil.rmtree(out, ignore_errors=True)
    report = exporter("lerobot").export([take], out, None, lambda *_: None)
    summary.dataset = {
        "path": str(report.path),
        "episodes": report.episodes,
        "frames": report.frames,
        "fps": report.fps,
        "cameras": list(report.cameras),
    }
    expected = report.reports[0].seconds * report.fps
    if abs(report.frames - expected) > _FRAMES_OFF:
        summary.faults.append(f"the dataset has {report.frames} frames where the clock says {expected:.0f}")
