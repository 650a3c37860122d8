"""Headsets that this PC drives itself: OpenXR's library and the runtime that answers."""

from app.doctor_checks.examination import Examination, Finding, Trouble
from app.doctor_checks.probe import ProbeFailed, ask


def _openxr() -> Finding:
    try:
        found = ask("openxr")
    except ProbeFailed as error:
        return Finding(f"the runtime brings its loader down: {error}", "broken")
    trouble = str(found["trouble"])
    return Finding(str(found["found"]), trouble)


EXAMINATIONS = (
    Examination(
        "openxr",
        "OpenXR",
        _openxr,
        {
            "no_extra": Trouble(
                "lack",
                "OpenXR is not installed",
                "Headsets on SteamVR, Monado or WiVRn cannot drive; a headset's own browser can.",
                "Install the extra: `pip install 'understudy[openxr]'`.",
            ),
            "no_runtime": Trouble(
                "lack",
                "No OpenXR runtime answers",
                "Headsets on SteamVR, Monado or WiVRn cannot drive; a headset's own browser can.",
                "Start the runtime and set it as the active one, or name its manifest in XR_RUNTIME_JSON.",
            ),
            "no_headless": Trouble(
                "lack",
                "The active OpenXR runtime gives no sessions without pictures",
                "It cannot be used to drive, because nothing would be drawn in the headset.",
                "Make SteamVR, Monado or WiVRn the active runtime, or link the headset's browser.",
            ),
            "broken": Trouble(
                "lack",
                "The active OpenXR runtime crashes when it is asked what it can",
                "Headsets on it cannot drive; a headset's own browser can.",
                "Reinstall the runtime, or make another one active.",
            ),
        },
    ),
)
