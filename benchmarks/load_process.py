"""Loads the default robot once, draws its twin once, and prints the milliseconds of each phase as JSON."""

import json
import sys
import time
from itertools import pairwise
from xml.etree import ElementTree

import mujoco

from twin.mirror import Mirror
from twin.render.offscreen import OffscreenTwin, application
from twin.render.subject import Subject
from twin.robot import find_robot, load_robot
from twin.scene import load_scene

_WIDTH_PX, _HEIGHT_PX = 1280, 720


def main() -> None:
    """The libraries are imported before the clock starts; `understudy bench startup` measures with them."""
    application()
    marks = [time.perf_counter()]

    def mark() -> None:
        marks.append(time.perf_counter())

    spec = load_robot(find_robot("optimus"))
    mark()
    scene = load_scene(spec, "table")
    mark()
    subject = Subject(Mirror(spec, scene))
    mark()
    view = subject.camera().view(_WIDTH_PX / _HEIGHT_PX)
    with OffscreenTwin(subject.geometry, _WIDTH_PX, _HEIGHT_PX, oversampling=1) as twin:
        twin.image(view, subject.palette, subject.contacts())
        mark()
    phases = dict(
        zip(
            ("folder", "scene", "geometry", "drawing"),
            (1000 * (after - before) for before, after in pairwise(marks)),
            strict=True,
        )
    )
    text, folder = spec.model_path.read_text("utf-8"), str(spec.folder)
    bare_ms = _compile_ms(_without_shells(text), folder)
    shells_ms = _compile_ms(text, folder) - bare_ms
    phases |= {"first frame": 1000 * (marks[-1] - marks[0]), "shells": shells_ms, "bare": bare_ms}
    sys.stdout.write(json.dumps(phases) + "\n")


def _compile_ms(text: str, folder: str) -> float:
    """The least of three: the model as MJCF, read and compiled."""
    took_ms = []
    for _ in range(3):
        began = time.perf_counter()
        tree = mujoco.MjSpec.from_string(text)
        tree.modelfiledir = folder
        tree.compile()
        took_ms.append(1000 * (time.perf_counter() - began))
    return min(took_ms)


def _without_shells(text: str) -> str:
    """The same model with no mesh, and with no geom that shows one."""
    model = ElementTree.fromstring(text)  # noqa: S314 - our own file
    for parent in model.iter():
        for child in [child for child in parent if child.tag == "mesh" or "mesh" in child.attrib]:
            parent.remove(child)
    return ElementTree.tostring(model, encoding="unicode")


if __name__ == "__main__":
    main()
