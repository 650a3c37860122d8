"""The theme as Qt's style sheet and palette, on top of the Fusion style."""

from PySide6.QtGui import QPalette

from app.theme import Theme

_SHEET = """
* {{ font-family: {families}; font-size: {text_px}px; color: {text}; outline: none; }}
QWidget#window, QWidget#workspace {{ background: {background}; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px 6px; }}
QFrame#panel {{ background: {panel}; border: 1px solid {line}; border-radius: 4px; }}
QLabel#panelTitle {{ color: {muted}; font-size: {title_px}px; font-weight: 600; }}
QLabel#sentence {{ color: {muted}; padding: 12px; }}
QLabel#muted {{ color: {muted}; }}
QLabel#small {{ color: {muted}; font-size: {small_px}px; }}
QLabel#number {{ font-family: {number_families}; }}
QLabel {{ background: transparent; }}

QPushButton {{
    background: {raised}; border: 1px solid {line}; border-radius: 4px; padding: 5px 12px; min-height: 18px;
}}
QPushButton:hover {{ border-color: {muted}; }}
QPushButton:pressed {{ background: {sunken}; }}
QPushButton:disabled {{ color: {muted}; background: {panel}; }}
QPushButton#small {{ padding: 1px 10px; font-size: {small_px}px; }}
QPushButton#mark:checked {{ border: 1px solid {text}; background: {sunken}; }}
QPushButton#flat {{ background: transparent; border: none; color: {muted}; padding: 2px 8px; }}
QPushButton#flat:hover {{ color: {text}; }}
QPushButton#tab {{
    background: transparent; border: none; border-bottom: 2px solid transparent; border-radius: 0;
    padding: 4px 14px 5px 14px; color: {muted};
}}
QPushButton#tab:hover {{ color: {text}; }}
QPushButton#tab:checked {{ color: {text}; border-bottom: 2px solid {text}; }}

QLineEdit, QComboBox, QAbstractSpinBox {{
    background: {sunken}; border: 1px solid {line}; border-radius: 4px; padding: 4px 8px;
    selection-background-color: {commanded}; selection-color: {on_signal};
}}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{ border: 1px solid {focus}; }}
QLineEdit:disabled {{ color: {muted}; }}
QComboBox::drop-down {{ border: none; width: 18px; }}
QAbstractItemView {{ background: {panel}; border: 1px solid {line}; selection-background-color: {raised};
    selection-color: {text}; }}

QMenuBar {{ background: transparent; border: none; }}
QMenuBar::item {{ background: transparent; color: {muted}; padding: 4px 10px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {raised}; color: {text}; }}
QMenu {{ background: {panel}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 14px; border-radius: 3px; }}
QMenu::item:selected {{ background: {raised}; }}
QMenu::item:disabled {{ color: {muted}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}

QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {line}; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: transparent; border: none; width: 0; height: 0; }}
QHeaderView::section {{ text-align: left; background: {background}; color: {muted}; border: none; padding: 3px 8px;
    font-size: {small_px}px; }}
QTableView {{ background: {sunken}; border: 1px solid {line}; }}
QTableView::item {{ padding: 0 8px; }}
QTableView::item:selected {{ background: {raised}; color: {text}; }}
QSlider::groove:horizontal {{ height: 4px; background: {sunken}; border: 1px solid {line}; border-radius: 2px; }}
QSlider::handle:horizontal {{ width: 10px; height: 10px; margin: -5px 0; border-radius: 6px; background: {raised};
    border: 2px solid {muted}; }}
QSlider::handle:horizontal:hover {{ border-color: {text}; }}
QSplitter::handle {{ background: transparent; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {muted}; border-radius: 3px; }}
QCheckBox::indicator:checked {{ background: {measured}; }}
"""


def style_sheet(theme: Theme) -> str:
    """The style sheet of the whole application in ``theme``."""
    families = ", ".join(f'"{family}"' for family in theme.families)
    numbers = ", ".join(f'"{family}"' for family in theme.number_families)
    sizes = {f"{role}_px": size for role, size in theme.sizes_px.items()}
    return _SHEET.format(families=families, number_families=numbers, **theme.colors, **sizes)


def palette(theme: Theme) -> QPalette:
    """Colours for what no style sheet reaches."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: "background",
        QPalette.ColorRole.Base: "sunken",
        QPalette.ColorRole.AlternateBase: "panel",
        QPalette.ColorRole.Button: "raised",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.PlaceholderText: "muted",
        QPalette.ColorRole.Highlight: "commanded",
        QPalette.ColorRole.HighlightedText: "on_signal",
        QPalette.ColorRole.ToolTipBase: "raised",
        QPalette.ColorRole.ToolTipText: "text",
    }
    for role, token in roles.items():
        made.setColor(role, theme.color(token))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, theme.color("muted"))
    return made
