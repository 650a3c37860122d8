"""Windows in tests share their OpenGL contexts as the real window's do; Qt wants to know before it starts."""

import pytest
from PySide6.QtCore import QCoreApplication, Qt

QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


@pytest.fixture(scope="module")
def optimus():
    """The robot in the box."""
    from twin.robot import find_robot, load_robot

    return load_robot(find_robot("optimus"))


@pytest.fixture
def stage(qtbot, optimus, monkeypatch):
    """A twin as a processor draws it, whatever this machine has."""
    from twin_stage import made_stage

    made = made_stage("processor", qtbot, optimus, monkeypatch)
    yield made
    made.canvas.end()


@pytest.fixture(params=["processor", "graphics card"])
def either(request, qtbot, optimus, monkeypatch):
    """A twin drawn one way and the other."""
    from twin_stage import made_stage

    made = made_stage(request.param, qtbot, optimus, monkeypatch)
    yield made
    made.canvas.end()
