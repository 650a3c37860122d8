"""The length of the operator's hand: asked for, and kept in their profile as the headset measured it."""

from teleop.following.fingers import FingerFollowers
from teleop.operators import save_operator
from twin.errors import SettingsError
from twin.wire.ask import arguments
from twin.wire.messages import Reply


class HandSizeRequest:
    """Answers ``hand_size``."""

    def __init__(self, operator: str, followers: FingerFollowers) -> None:
        """Of the person called ``operator``, empty if nobody said who drives, whose fingers ``followers`` follow."""
        self._operator, self._followers = operator, followers

    def answer(self, values: dict[str, str], is_coupled: bool) -> Reply:
        """How long the hand is, by profile and by headset; with ``keep`` the headset's length enters the profile."""
        if values.get("keep") == "true":
            return self._keep(is_coupled)
        measured_m, known_m = self._followers.measured_m, self._followers.known_m
        if known_m:
            told = f"your hand is {known_m:.3f} m long, as your profile says"
        elif measured_m:
            told = f"your hand is {measured_m:.3f} m long, as the headset sees it"
        else:
            told = "no bare hand was seen open yet"
        return Reply(
            accepted=True,
            reason=told,
            results=arguments(
                {"operator": self._operator, "measured_m": measured_m or "", "profile_m": known_m or ""}
            ),
        )

    def _keep(self, is_coupled: bool) -> Reply:
        measured_m = self._followers.measured_m
        if is_coupled:
            return Reply(reason="let go of hold-to-run first: a hand is measured while it leads nothing")
        if measured_m is None:
            return Reply(
                reason="no bare hand was seen open for long enough: hold a flat hand before the headset, then ask again"
            )
        if not self._operator:
            return Reply(
                reason="nobody said who drives: start with `understudy --operator NAME` to keep a profile"
            )
        length_m = round(measured_m, 3)
        try:
            save_operator(self._operator, {"hand_length_m": length_m})
        except SettingsError as error:
            return Reply(reason=str(error))
        self._followers.fit(length_m)
        return Reply(
            accepted=True,
            reason=f"{self._operator}'s hand is {length_m:.3f} m long: kept, and used from now on",
            results=arguments({"operator": self._operator, "measured_m": length_m, "profile_m": length_m}),
        )
