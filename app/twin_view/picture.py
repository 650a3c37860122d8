"""The twin as an image that is painted like any other part of the window; see ``surface`` for why."""

import logging
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.twin_view.model import TwinModel
from app.twin_view.surface import Order, Pixels, TwinSurface
from app.twin_view.view import Drawn, Failed, cannot_draw
from twin.render.themes import RenderTheme
from twin.render.views import View
from twin.wire.clock import now_ns

log = logging.getLogger(__name__)

_FINE = 2  # oversampling of a picture that stands still


@dataclass(frozen=True)
class _Arrival:
    """What came of an order."""

    pixels: Pixels | None
    error: BaseException | None
    cost_ns: int
    fine: bool


class TwinPicture(QWidget):
    """Orders one picture at a time, and paints the last one that came."""

    _arrived = Signal(object)  # from the painter's thread

    def __init__(self, model: TwinModel, theme: RenderTheme) -> None:
        """Show ``model``."""
        super().__init__()
        self._model, self._theme = model, theme
        self.camera = model.camera()
        self.changed = True
        self.broken = ""
        self.drew: Drawn = lambda _cost_ns: None
        self.failed: Failed = lambda _sentence: None
        self._surface = TwinSurface(model)
        self._is_ordered = self._is_wanted_again = self._has_ended = False
        self._image: QImage | None = None
        self._pixels: Pixels | None = None  # the memory that the image looks at
        self._arrived.connect(self._take_ordered)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.end)

    @property
    def native(self) -> QWidget:
        """The widget: itself."""
        return self

    def set_theme(self, theme: RenderTheme) -> None:
        """Take on another look with the next picture."""
        self._theme, self.changed = theme, True

    def view(self) -> View:
        """What the camera sees."""
        return self.camera.view(self.width() / max(self.height(), 1))

    def redraw(self, fine: bool = False) -> None:
        """Order a picture of what the model holds now; if one is being drawn, the next follows at once."""
        if self.broken or self._has_ended:
            return
        if self._is_ordered:
            self._is_wanted_again = True
            return
        self._is_ordered, self._is_wanted_again = True, False
        began_ns = now_ns()
        self._surface.order(self._order(fine)).add_done_callback(
            lambda future: self._tell(future, began_ns, fine)
        )

    def catch_up(self) -> None:
        """Show what the model holds now, while the caller waits: for a picture of the whole window."""
        if not (self.broken or self._has_ended):
            began_ns = now_ns()
            future = self._surface.order(self._order(fine=True))
            self._take(_Arrival(*_outcome(future), now_ns() - began_ns, fine=True))

    def _order(self, fine: bool) -> Order:
        self._model.drawn()
        ratio = self.devicePixelRatioF()
        return Order(
            rows=self._model.palette.rows.copy(),
            contacts=self._model.contacts.copy(),
            marks=self._model.marks,
            middle_m=self._model.middle_m,
            view=self.view(),
            theme=self._theme,
            width_px=max(1, round(self.width() * ratio)),
            height_px=max(1, round(self.height() * ratio)),
            oversampling=_FINE if fine else 1,
        )

    def _tell(self, future: "Future[Pixels]", began_ns: int, fine: bool) -> None:
        """In the painter's thread: hand the picture over to the window's."""
        if not (self._has_ended or future.cancelled()):
            self._arrived.emit(_Arrival(*_outcome(future), now_ns() - began_ns, fine))

    def _take_ordered(self, arrival: _Arrival) -> None:
        self._is_ordered = False
        self._take(arrival)
        if self._is_wanted_again:
            self.redraw()

    def _take(self, arrival: _Arrival) -> None:
        if self._has_ended:
            return
        if arrival.pixels is None:
            assert isinstance(arrival.error, Exception)
            log.error("the twin cannot be drawn", exc_info=arrival.error)
            self.broken = cannot_draw(arrival.error)
            self.failed(self.broken)
            return
        self._pixels = arrival.pixels
        height, width, _ = arrival.pixels.shape
        self._image = QImage(arrival.pixels.data, width, height, 4 * width, QImage.Format.Format_RGBX8888)
        self.update()
        if not arrival.fine:
            self.drew(arrival.cost_ns)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The last picture, stretched while one of the right size is on its way."""
        painter = QPainter(self)
        if self._image is not None:
            painter.drawImage(self.rect(), self._image)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The shape of the picture changed."""
        super().resizeEvent(event)
        self.changed = True

    def end(self) -> None:
        """Draw no more, and give OpenGL back."""
        if not self._has_ended:
            self._has_ended = True
            self._surface.end()


def _outcome(future: "Future[Pixels]") -> tuple[Pixels | None, BaseException | None]:
    """What came of an order, or why nothing did; waits for it."""
    error = future.exception()
    return (None, error) if error else (future.result(), None)
