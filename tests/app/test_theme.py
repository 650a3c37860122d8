"""Themes: complete, and readable by their measured contrast."""

import re

import pytest
from PySide6.QtGui import QColor

from app.style_sheet import style_sheet
from app.theme import NAMES, TOKENS, Theme, load_theme
from twin import places
from twin.errors import SettingsError

# token, least contrast on the background and, in the dark theme, on a panel (WCAG 2.1)
READABLE = {
    "text": 9.0,
    "muted": 5.0,
    "measured": 4.5,
    "commanded": 4.5,
    "advisory": 4.5,
    "warning": 4.5,
    "alarm": 4.5,
}


def luminance(color: QColor) -> float:
    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=NAMES)
def theme(request) -> Theme:
    return load_theme(request.param)


@pytest.mark.parametrize("token", READABLE)
def test_words_and_signals_are_readable_on_every_ground(theme, token):
    for ground in ("background", "panel"):
        assert contrast(theme.color(token), theme.color(ground)) >= READABLE[token], ground


@pytest.mark.parametrize("ground", ["live", "warning", "alarm"])
def test_the_state_word_is_readable_on_the_colour_of_its_state(theme, ground):
    assert contrast(theme.color("on_signal"), theme.color(ground)) >= 4.5


def test_stop_is_readable(theme):
    assert contrast(theme.color("on_stop"), theme.color("stop")) >= 7.0


def test_live_is_the_most_saturated_ground_there_is(theme):
    assert all(
        theme.color("live").hsvSaturationF() > theme.color(token).hsvSaturationF() + 0.15
        for token in ("background", "panel", "raised", "sunken", "line")
    )


def test_the_style_sheet_names_no_colour_of_its_own(theme):
    named = set(re.findall(r"#[0-9A-Fa-f]{6}", style_sheet(theme)))
    assert named
    assert named <= set(theme.colors.values())


def test_a_theme_that_lacks_a_colour_is_refused_by_name(tmp_path, monkeypatch):
    (tmp_path / "themes").mkdir()
    text = (places.assets_folder() / "themes" / "dark.toml").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("alarm")]
    (tmp_path / "themes" / "dark.toml").write_text("\n".join(lines))
    monkeypatch.setattr(places, "assets_folder", lambda: tmp_path)
    with pytest.raises(SettingsError, match="lacks the colours alarm"):
        load_theme("dark")


def test_an_unknown_theme_is_refused_with_those_that_exist():
    with pytest.raises(SettingsError, match="dark, light"):
        load_theme("solarized")


def test_every_token_is_a_colour(theme):
    assert all(theme.color(token).isValid() for token in TOKENS)
