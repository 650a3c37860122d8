"""The rows of a layer as a table: what is done, and by which control."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.controls.draft import Row
from teleop.bindings.glyphs import in_glyphs

_WAYS = {"x": "forward / back", "y": "left / right", "z": "up / down"}
_HOW = {
    "": "",
    "press": "",
    "hold": "hold",
    "twice": "twice",
    "release": "let go",
    "repeat": "repeats",
    "while": "while held",
}


class BindingsTable(QTableWidget):
    """Signals the row that is looked at."""

    row_chosen = Signal(object)  # Row | None

    def __init__(self) -> None:
        """Empty."""
        super().__init__(0, 3)
        self._rows: list[Row] = []
        self.setHorizontalHeaderLabels(["does", "control", "how"])
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys drive the robot
        self.itemSelectionChanged.connect(lambda: self.row_chosen.emit(self.chosen))

    @property
    def chosen(self) -> Row | None:
        """The row that is looked at."""
        place = self.currentRow()
        return self._rows[place] if self.selectedItems() and 0 <= place < len(self._rows) else None

    def show_rows(self, rows: list[Row], family: str) -> None:
        """Show ``rows`` with the glyphs of ``family``, the same one chosen as before if it is still there."""
        before = self.currentRow() if self.chosen is not None else -1
        same = [(row.table, row.place) for row in rows] == [(row.table, row.place) for row in self._rows]
        self._rows = rows
        self.setRowCount(len(rows))
        for place, row in enumerate(rows):
            control = in_glyphs(row.control, family)
            if row.held:
                control = f"{in_glyphs(row.held, family)} + {control}"
            for column, text in enumerate((meaning_words(row), control, _HOW.get(row.when, row.when))):
                item = QTableWidgetItem(text)
                item.setToolTip(f"{row.meaning}: {row.hint or 'no hint'}")
                self.setItem(place, column, item)
        if not same:
            self.clearSelection()
        elif before >= 0:
            self.selectRow(before)

    def choose_control(self, control: str) -> bool:
        """Look at the row of ``control``; whether there is one."""
        for place, row in enumerate(self._rows):
            if control in row.control.split(" / "):
                self.selectRow(place)
                return True
        return False


def meaning_words(row: Row) -> str:
    """What a row does, for a person."""
    part, _, axis = row.meaning.partition(".")
    if part in ("hand", "base") and axis in _WAYS:
        return f"{part.capitalize()} {_WAYS[axis]}"
    words = row.meaning.replace(".", " ").replace("_", " ")
    return words[:1].upper() + words[1:]
