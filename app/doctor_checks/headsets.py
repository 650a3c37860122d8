"""What stands in for a headset's browser: a runtime of OpenXR that answers, a webcam that sees hands."""

from app.doctor_checks.examination import Examination, Finding, Trouble
from app.doctor_checks.probe import ProbeFailed, ask


def _openxr() -> Finding:
    try:
        found = ask("openxr")
    except ProbeFailed as error:
        return Finding(f"the runtime brings its loader down: {error}", "broken")
    trouble = str(found["trouble"])
    return Finding(str(found["found"]), trouble)


def _webcam() -> Finding:
    try:
        found = ask("webcam")
    except ProbeFailed as error:
        return Finding(f"the hand tracker does not run on this machine: {error}", "broken")
    return Finding(str(found["found"]), str(found["trouble"]))


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
    Examination(
        "webcam",
        "Webcam hands",
        _webcam,
        {
            "no_extra": Trouble(
                "lack",
                "The hand tracker is not installed",
                "Bare hands cannot be shown to a webcam; headsets see hands without it.",
                "Install the extra: `pip install 'understudy[webcam]'`.",
            ),
            "no_networks": Trouble(
                "lack",
                "The hand tracker has no networks yet",
                "Bare hands cannot be shown to a webcam; headsets see hands without it.",
                "Fetch them once (36 MB): `understudy headset webcam fetch`.",
            ),
            "no_camera": Trouble(
                "lack",
                "No camera is plugged in",
                "Bare hands cannot be shown to a webcam; a film of them can (`understudy headset webcam on "
                "--camera FILE`).",
                "Plug in a webcam that gives 30 pictures a second.",
            ),
            "broken": Trouble(
                "lack",
                "The hand tracker does not run on this machine",
                "Bare hands cannot be shown to a webcam; headsets see hands without it.",
                "Install it again: `pip install --force-reinstall 'understudy[webcam]'`.",
            ),
        },
    ),
)
