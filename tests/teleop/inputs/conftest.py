"""What tests of the webcam share: the real networks, loaded once."""

import pytest

from teleop.inputs.webcam.landmarks import Landmarks
from teleop.inputs.webcam.networks import open_networks
from teleop.inputs.webcam.palms import Palms
from teleop.inputs.webcam.tracker import HandTracker


@pytest.fixture(scope="module")
def networks():
    """For palms, and for the points of a hand."""
    return open_networks()


@pytest.fixture
def tracker(networks):
    """One that has seen nothing."""
    return HandTracker(Palms(networks[0]), Landmarks(networks[1]))
