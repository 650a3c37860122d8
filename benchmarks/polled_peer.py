"""A peer for latency: loops that run free and share memory, at the rates of the field's reference teleoperation.

unitreerobotics/xr_teleoperate reads its input and solves in one loop (60 Hz by default for hand tracking) and hands
targets through shared arrays to a thread that sends at 250 Hz. Only the waiting is built here, without any solving,
transport or robot, so this is the least such a design can take.
"""

import threading
import time

MAIN_LOOP_S = 1 / 60
SENDING_LOOP_S = 1 / 250
INPUT_PERIOD_S = 0.0173  # not a multiple of either loop, so that all phases occur


def measure_ms(seconds: float) -> list[float]:
    """From an input's change to its sending, in milliseconds, for inputs over ``seconds``."""
    ending = threading.Event()
    shared = {"input": 0, "target": 0}
    changed_at: dict[int, float] = {}
    delays_ms: list[float] = []

    def read_and_solve() -> None:
        while not ending.wait(MAIN_LOOP_S):
            shared["target"] = shared["input"]

    def send() -> None:
        sent = 0
        while not ending.wait(SENDING_LOOP_S):
            target = shared["target"]
            if target != sent:
                sent = target
                delays_ms.append((time.perf_counter() - changed_at[target]) * 1e3)

    threads = [threading.Thread(target=work) for work in (read_and_solve, send)]
    for thread in threads:
        thread.start()
    end = time.perf_counter() + seconds
    number = 0
    while time.perf_counter() < end:
        number += 1
        changed_at[number] = time.perf_counter()
        shared["input"] = number
        time.sleep(INPUT_PERIOD_S)
    ending.set()
    for thread in threads:
        thread.join()
    return delays_ms
