"""Editing what controls mean, without a window: drafts, a control that is being pressed, a stick that is measured."""

from pathlib import Path

from app.controls.capture import RESERVED, Capture
from app.controls.draft import BindingsDraft, Row, check_name, dead_zone_of, user_folder
from app.settings import save_settings
from teleop.bindings.glyphs import family_of, glyph, in_glyphs
from teleop.inputs.base import AXES
from twin.errors import SettingsError
from twin.wire.clock import NS_PER_S
from twin.wire.messages import InputSample

KINDS = ("gamepad", "keyboard", "headset")  # what is edited here; of a mouse there is nothing to choose
_MEASURED_NS = 2 * NS_PER_S


class BindingsEditor:
    """One person's work on the bindings; ``said`` is the newest word about it."""

    def __init__(self, name: str) -> None:
        """Begin with the bindings called ``name``, or with those that ship where they cannot be used."""
        self.kind, self.layer = KINDS[0], "arms"
        self.said, self.said_severity = "", ""
        self.name = name
        self.family = "xbox"
        self.samples: dict[str, InputSample] = {}  # newest of each kind
        self.version = 0  # counts changes of what is shown
        self._drafts: dict[str, BindingsDraft] = {}
        self._captured: tuple[Capture, Row] | None = None
        self._swap: tuple[Row, Row] | None = None
        self._measured: tuple[int, list[tuple[float, float]]] | None = None
        self.open(name)

    @property
    def draft(self) -> BindingsDraft:
        """Of the kind that is looked at."""
        return self._drafts[self.kind]

    @property
    def is_changed(self) -> bool:
        """Whether anything is not saved."""
        return any(draft.is_changed for draft in self._drafts.values())

    def open(self, name: str) -> None:
        """Look at the bindings called ``name``; changes that are not saved are lost."""
        try:
            self._drafts = {kind: BindingsDraft(kind, name) for kind in KINDS}
        except SettingsError as error:
            self._say(str(error), "warning")
            if self._drafts:
                return
            self._drafts = {kind: BindingsDraft(kind, "default") for kind in KINDS}
            name = "default"
        self.name = name
        self._forget()

    def look_at(self, kind: str = "", layer: str = "") -> None:
        """Look at another kind of device, or another layer."""
        self.kind, self.layer = kind or self.kind, layer or self.layer
        self._forget()

    def rows(self) -> list[Row]:
        """Of the kind and layer that are looked at."""
        return self.draft.rows(self.layer)

    # --- pressing and measuring ---------------------------------------------------------------------------

    @property
    def is_capturing(self) -> bool:
        """Whether a control is waited for."""
        return self._captured is not None

    def capture(self, row: Row) -> None:
        """Wait for the control that shall do what ``row`` says."""
        wants_axis = row.table == "axis" and row.keys == ("input",)
        self._captured, self._swap = (Capture(row.keys, wants_axis, row.held), row), None
        self._ask()

    def cancel(self) -> None:
        """Wait no longer."""
        if self._captured is not None:
            self._captured = None
            self._say("nothing was changed")

    def measure(self, now_ns: int) -> None:
        """Begin to measure how still the sticks rest."""
        self._measured = (now_ns + _MEASURED_NS, [])
        self._say("let go of both sticks for two seconds")

    def hear(self, sample: InputSample, now_ns: int) -> None:
        """Take in what a device says."""
        self.samples[sample.kind] = sample
        if sample.kind == "gamepad":
            self.family = family_of(sample.name)
        if sample.kind != self.kind:
            return
        if self._captured is not None:
            capture, row = self._captured
            before = capture.waits_for
            capture.look(sample)
            if not capture.waits_for:
                self._captured = None
                self.assign(row, capture.found)
            elif capture.waits_for != before:
                self._ask()
        self._measure_on(sample, now_ns)

    def _ask(self) -> None:
        assert self._captured is not None
        capture, row = self._captured
        what = (
            "push a stick or trigger" if row.table == "axis" and row.keys == ("input",) else "press a control"
        )
        sign = {"positive": " for +", "negative": " for \u2212"}.get(capture.waits_for, "")
        self._say(f"{what}{sign}: {row.meaning.replace('.', ' ').replace('_', ' ')}")

    def _measure_on(self, sample: InputSample, now_ns: int) -> None:
        if self._measured is None:
            return
        until_ns, rests = self._measured
        axes = sample.axes.tolist()
        if len(axes) == len(AXES):
            rests += [(axes[0], axes[1]), (axes[2], axes[3])]
        if now_ns < until_ns:
            return
        self._measured = None
        found = dead_zone_of(rests)
        if found is None:
            self._say("the sticks were not at rest: let go of both, and measure again", "warning")
            return
        self.set_feel("dead_zone", found)
        self._say(
            f"the sticks stray by {max(max(map(abs, rest)) for rest in rests):.3f}: dead zone {found:.2f}"
        )

    # --- changing -----------------------------------------------------------------------------------------

    def assign(self, row: Row, controls: dict[str, str]) -> None:
        """Let ``controls`` (by ``row.keys``) do what ``row`` says, or say why not."""
        self._swap = None
        taken = next((each for each in controls.values() if each in RESERVED[self.kind]), "")
        if taken and row.meaning != "stop":
            self._say(f"{self._glyph(taken)} is STOP, whatever else it means: choose another one", "warning")
            return
        pressed = " / ".join(controls.values())
        # The file has the Xbox names; whoever shows a hint names what is printed on the pad that is there.
        label = in_glyphs(pressed, "headset" if self.kind == "headset" else "xbox")
        reason = self.draft.rebind(row, controls, label)
        if reason:
            other = self._other(row, controls)
            self._swap = (row, other) if other is not None else None
            self._say(reason, "warning")
            return
        self._changed(f"{in_glyphs(pressed, self.shown_family)} does it from now on")

    def _other(self, row: Row, controls: dict[str, str]) -> Row | None:
        """The row that stands in the way and could change places with ``row``."""
        if row.keys != ("input",):
            return None
        return next(
            (
                each
                for each in self.rows()
                if (each.table, each.keys, each.held) == (row.table, ("input",), row.held)
                and each.control == controls["input"]
            ),
            None,
        )

    @property
    def can_swap(self) -> bool:
        """Whether the last conflict would be solved by two rows that change places."""
        return self._swap is not None

    def swap(self) -> None:
        """Let the two rows of the last conflict change places."""
        if self._swap is None:
            return
        (row, other), self._swap = self._swap, None
        reason = self.draft.swap(row, other)
        if reason:
            self._say(reason, "warning")
        else:
            self._changed("they have changed places")

    def set_feel(self, key: str, value: float) -> None:
        """Change how sticks answer, or say why not."""
        reason = self.draft.set_feel(key, value)
        if reason:
            self._say(reason, "warning")
        else:
            self._changed("")

    def undo(self) -> None:
        """Take the last change back."""
        self.draft.undo()
        self._changed("taken back")

    # --- files --------------------------------------------------------------------------------------------

    def save(self, name: str) -> None:
        """Write everything into the user's bindings called ``name``, and use them from the next start on."""
        try:
            check_name(name)
            for kind, draft in self._drafts.items():
                own = user_folder(draft.name) / f"{kind}.toml"
                if draft.is_changed or own.is_file():
                    draft.save(name)
            save_settings({"bindings": name})
        except SettingsError as error:
            self._say(str(error), "warning")
            return
        self.name = name
        self._changed(f"saved in {user_folder(name)}; they count from the next start of the station")

    def export(self, path: Path) -> None:
        """Write the file that is looked at to ``path``."""
        try:
            self.draft.export(path)
        except SettingsError as error:
            self._say(str(error), "warning")
            return
        self._say(f"written to {path}")

    def take_from(self, path: Path) -> None:
        """Take on a file of another station; it counts once it is saved."""
        reason = self.draft.take_from(path)
        if reason:
            self._say(reason, "warning")
        else:
            self._changed(f"taken from {path}; save it to use it")

    # --- words --------------------------------------------------------------------------------------------

    @property
    def shown_family(self) -> str:
        """By whose names the controls are shown that are looked at."""
        return {"gamepad": self.family, "headset": "headset"}.get(self.kind, "xbox")

    def _glyph(self, control: str) -> str:
        return glyph(control, self.shown_family)

    def _forget(self) -> None:
        self._captured = self._swap = self._measured = None
        self._changed("")

    def _changed(self, words: str) -> None:
        self.version += 1
        self._say(words)

    def _say(self, words: str, severity: str = "") -> None:
        self.said, self.said_severity = words, severity
