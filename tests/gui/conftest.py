"""Windows in tests share their OpenGL contexts as the real window's do; Qt wants to know before it starts."""

from PySide6.QtCore import QCoreApplication, Qt

QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
