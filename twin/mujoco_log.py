"""What MuJoCo has to say goes to the role's log, not into a file in whatever folder the process was started in."""

import logging

import mujoco

_log = logging.getLogger("mujoco")


def to_role_log() -> None:
    """Take MuJoCo's warnings into Python's log and let it write none of its own. Its errors are exceptions."""
    config = mujoco.MjLogConfig.get()
    config.logto_file = False
    config.logto_console = False
    mujoco.MjLogConfig.set(config)
    mujoco.set_mju_user_warning(_log.warning)
