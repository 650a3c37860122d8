"""Where the columns of the joint grid stand at a given width; the least needed ones go first when it is narrow."""

from typing import NamedTuple

HEAD_PX, ROW_PX = 24, 20


class Column(NamedTuple):
    """One column."""

    key: str
    title: str
    left: int
    width: int

    @property
    def right(self) -> int:
        """Where it ends."""
        return self.left + self.width


# key, title with unit, width in pixels, order in which it is given up (0: never)
_COLUMNS = (
    ("name", "joint", 132, 0),
    ("bar", "range", 120, 0),
    ("position", "pos °", 54, 0),
    ("error", "error °", 54, 5),
    ("speed", "°/s", 50, 3),
    ("torque", "torque %", 74, 4),
    ("temperature", "°C", 36, 2),
    ("flag", "", 64, 6),
    ("spark", "last 10 s", 96, 1),
)
_GROWING = {"name": 0.25, "bar": 0.5, "spark": 0.25}
_MARGIN_PX = 8


def columns_for(width: int) -> tuple[Column, ...]:
    """The columns that fit into ``width`` pixels, left to right."""
    kept = list(_COLUMNS)
    while sum(wide for _, _, wide, _ in kept) + 2 * _MARGIN_PX > width:
        spare = [column for column in kept if column[3]]
        if not spare:
            break
        kept.remove(min(spare, key=lambda column: column[3]))
    room = max(0, width - 2 * _MARGIN_PX - sum(wide for _, _, wide, _ in kept))
    shares = {key: share for key, share in _GROWING.items() if any(key == column[0] for column in kept)}
    placed: list[Column] = []
    left = _MARGIN_PX
    for key, title, wide, _ in kept:
        wide += int(room * shares.get(key, 0) / sum(shares.values()))
        placed.append(Column(key, title, left, wide))
        left += wide
    return tuple(placed)
