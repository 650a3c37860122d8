"""Writes the draft of a robot's folder; whatever is a guess carries a remark that ``robots check`` repeats."""

import json
import math
import re
from collections.abc import Iterator

from twin.drafting.facts import JointFacts, ModelFacts
from twin.drafting.guess import GROUPS, OTHER, groups_of, site_for
from twin.robot_files.remarks import UNSURE

_SPEED_RAD_S, _ACCELERATION_RAD_S2, _EFFORT_NM = 4.0, 30.0, 40.0  # where the model says nothing
_ROLES = ("left_hand", "right_hand", "head", "torso", "left_foot", "right_foot")


def robot_text(facts: ModelFacts, model: str) -> str:
    """``robot.toml`` for the model file ``model``, as seen from the folder."""
    name = re.sub(r"\W+", "_", facts.name.lower()).strip("_") or "robot"
    parts = [
        f"# Drafted from {model}. `understudy robots check` names every line that is only a guess;",
        f'# look at it, mend it, and delete the remark ("{UNSURE} ...") behind it.',
        "",
        f"name = {_text(name)}",
        f"title = {_text(facts.name)}",
        'revision = "a"',
        f"model = {_text(model)}",
        'link = "simulated"',
        *_rigid(facts),
        "",
        *_joints(facts),
        "",
        *_base(facts),
        "",
        *_motors(facts),
        *_frames(facts),
        *_cameras(facts),
        *_sensors(facts),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _driven(facts: ModelFacts) -> list[JointFacts]:
    return [joint for joint in facts.joints if joint.is_on_robot and joint.is_hinge]


def _rigid(facts: ModelFacts) -> Iterator[str]:
    left_out = [joint for joint in facts.joints if not (joint.is_on_robot and joint.is_hinge)]
    if not left_out:
        return
    yield "rigid_joints = ["
    for joint in left_out:
        why = (
            "it is a slide, and only hinges can be driven" if joint.is_on_robot else "it is not on the robot"
        )
        yield f"  {_text(joint.name)},  {UNSURE} {why}"
    yield "]"


def _joints(facts: ModelFacts) -> Iterator[str]:
    driven = _driven(facts)
    groups = groups_of(driven)
    yield "# In this order everywhere; an arm from the shoulder outwards."
    yield "joints = ["
    for group in (*GROUPS, OTHER):
        members = [joint for joint in driven if groups[joint.name][0] == group]
        if members:
            yield f"  # {group.replace('_', ' ')}"
        for joint in members:
            yield from _joint(joint, group, groups[joint.name][1])
    yield "]"


def _joint(joint: JointFacts, group: str, is_sure: bool) -> Iterator[str]:
    doubts = [] if is_sure else ["its name does not say which group it belongs to"]
    lower, upper = joint.lower_rad, joint.upper_rad
    if math.isnan(lower):
        lower, upper = -math.pi, math.pi
        doubts.append("the model gives no range")
    home = min(max(joint.home_rad, lower), upper)
    if home != joint.home_rad:
        doubts.append("the model rests outside its range")
    remark = f"  {UNSURE} {'; '.join(doubts)}" if doubts else ""
    yield (
        f"  {{ name = {_text(joint.name)}, group = {_text(group)}, motor = {_text(_motor(joint))}, "
        f"lower_rad = {lower:.6g}, upper_rad = {upper:.6g}, home_rad = {home:.6g} }},{remark}"
    )


def _motor(joint: JointFacts) -> str:
    return "unknown" if math.isnan(joint.effort_nm) else f"nm_{joint.effort_nm:g}".replace(".", "_")


def _base(facts: ModelFacts) -> Iterator[str]:
    yield "[base]"
    yield f"body = {_text(facts.root)}"
    yield 'mount = "fixed"'
    yield f"position_m = [{_numbers(facts.root_position_m)}]"


def _motors(facts: ModelFacts) -> Iterator[str]:
    efforts = {_motor(joint): joint.effort_nm for joint in _driven(facts)}
    for motor, effort_nm in efforts.items():
        yield f"[motors.{motor}]  # without gains: they are computed from the model"
        yield f"max_speed_rad_s = {_SPEED_RAD_S}  {UNSURE} the model does not say"
        yield f"max_acceleration_rad_s2 = {_ACCELERATION_RAD_S2}  {UNSURE} the model does not say"
        if math.isnan(effort_nm):
            yield f"max_effort_nm = {_EFFORT_NM}  {UNSURE} the model does not say"
        else:
            yield f"max_effort_nm = {effort_nm:.6g}"
        yield ""


def _frames(facts: ModelFacts) -> Iterator[str]:
    """Sites that are there, and for hands and feet sites of our own where arms and legs end."""
    driven = _driven(facts)
    groups = {name: group for name, (group, _) in groups_of(driven).items()}
    sites = {role: site for role in _ROLES if (site := site_for(role, facts.sites))}
    ends = {groups[tip.joint]: tip for tip in facts.tips if tip.joint in groups}
    made = {}
    for limb, end in (("arm", "hand"), ("leg", "foot")):
        for side in ("left", "right"):
            if f"{side}_{end}" not in sites and (tip := ends.get(f"{side}_{limb}")):
                sites[f"{side}_{end}"] = f"{side}_{end}_end"
                made[f"{side}_{end}_end"] = tip
    yield "[frames]"
    for role, site in sites.items():
        remark = "" if site in made else f"  {UNSURE} judged by its name"
        yield f"{role} = {_text(site)}{remark}"
    yield ""
    for site, tip in made.items():
        meaning = (
            "x is where the hand points, z its back with the palm down"
            if "hand" in site
            else "its body is the foot, whose lowest shapes are the sole"
        )
        yield f"[add.sites.{site}]  # {meaning}"
        yield f"body = {_text(tip.body)}"
        yield f"position_m = [{_numbers(tip.position_m)}]  {UNSURE} the far end of the last link"
        yield f"quaternion_wxyz = [{_numbers(tip.quaternion_wxyz)}]  {UNSURE} along the world's axes in the home pose"
        yield ""


def _cameras(facts: ModelFacts) -> Iterator[str]:
    for camera in facts.cameras:
        yield "[[cameras]]"
        yield f"name = {_text(camera)}"
        yield f"mjcf_camera = {_text(camera)}"
        yield ""


def _sensors(facts: ModelFacts) -> Iterator[str]:
    of_kind = {kind: [name for name, its in facts.sensors if its == kind] for _, kind in facts.sensors}
    if not of_kind:
        return
    yield "[sensors]"
    for kind, key in (("gyro", "imu_gyro"), ("accelerometer", "imu_accelerometer")):
        if names := of_kind.get(kind):
            remark = f"  {UNSURE} there are {', '.join(names)}" if names[1:] else ""
            yield f"{key} = {_text(names[0])}{remark}"
    if names := of_kind.get("touch"):
        yield f"touch = [{', '.join(_text(name) for name in names)}]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _numbers(values: tuple[float, ...]) -> str:
    return ", ".join(f"{round(value, 6) + 0.0:.6g}" for value in values)
