"""Colours and fonts of the window, read from ``assets/themes/<name>.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtGui import QColor, QFont

from twin import places
from twin.errors import SettingsError

NAMES = ("dark", "light")

# Every theme has all of these; their meaning never changes between themes.
TOKENS = (
    "background",
    "panel",
    "raised",
    "sunken",
    "line",
    "text",
    "muted",
    "measured",  # grey: what the robot measures
    "commanded",  # cyan: what it was told
    "advisory",  # violet, circle
    "warning",  # amber, triangle
    "alarm",  # red, hexagon
    "live",  # the robot may move
    "on_signal",
    "stop",  # the STOP control and nothing else
    "on_stop",
    "focus",
)

FONT_ROLES = ("text", "small", "title", "strip", "state", "number", "small_number")


@dataclass(frozen=True)
class Theme:
    """One set of tokens. Compare themes by ``name``."""

    name: str  # "dark" | "light"
    title: str
    colors: Mapping[str, str]  # token -> "#RRGGBB"
    families: tuple[str, ...]
    number_families: tuple[str, ...]
    sizes_px: Mapping[str, int]

    def hex(self, token: str) -> str:
        """The colour of ``token`` as "#RRGGBB", for style sheets and shaders."""
        return self.colors[token]

    def color(self, token: str, alpha: int = 255) -> QColor:
        """The colour of ``token``; ``alpha`` 0 clear .. 255 opaque."""
        color = QColor(self.colors[token])
        color.setAlpha(alpha)
        return color

    def severity_color(self, severity: str) -> QColor:
        """The colour of an event: advisory, warning and alarm have their own, all else is muted text."""
        return self.color(severity if severity in ("advisory", "warning", "alarm") else "muted")

    def font(self, role: str) -> QFont:
        """A font for ``role`` of ``FONT_ROLES``; the number fonts have digits of equal width."""
        return QFont(self._fonts[role])

    @cached_property
    def _fonts(self) -> dict[str, QFont]:
        made: dict[str, QFont] = {}
        for role in FONT_ROLES:
            is_number = role.endswith("number")
            font = QFont(list(self.number_families if is_number else self.families))
            size = {"number": "text", "small_number": "small"}.get(role, role)
            font.setPixelSize(self.sizes_px[size])
            if role in ("title", "state"):
                font.setWeight(QFont.Weight.DemiBold)
            if role == "title":
                font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
            made[role] = font
        return made


def load_theme(name: str) -> Theme:
    """The theme called ``name``.

    Raises:
        SettingsError: there is no such theme, or it lacks a token.
    """
    path = places.assets_folder() / "themes" / f"{name}.toml"
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"no theme is called {name!r}; themes are {', '.join(NAMES)}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML ({error})") from error
    colors = read.get("colors", {})
    missing = [token for token in TOKENS if token not in colors]
    if missing:
        raise SettingsError(f"{path}: lacks the colours {', '.join(missing)}")
    fonts = read["fonts"]
    return Theme(
        name=read["name"],
        title=read["title"],
        colors=colors,
        families=tuple(fonts["families"]),
        number_families=tuple(fonts["number_families"]),
        sizes_px={key.removesuffix("_px"): value for key, value in fonts.items() if key.endswith("_px")},
    )
