// One frame as it goes up: fixed size, little-endian. teleop/inputs/webxr/packet.py reads what is written here.

const HEAD_BYTES = 32, HAND_FLOATS = 7 + 7 + 8 + 4 + 25 * 7;
const GRIP = 1, AIM = 2, BUTTONS = 4, JOINTS = 8, EMULATED = 16;
const MODES = { 'immersive-vr': 1, 'immersive-ar': 2 };

const buffer = new ArrayBuffer(HEAD_BYTES + 4 * (7 + 2 * HAND_FLOATS));
const head = new DataView(buffer), floats = new Float32Array(buffer, HEAD_BYTES);
// For drawing, of this frame: points of tracked bare hands, and the middle of each palm that is seen.
export const joints = [], palms = {};
const MIDDLE_KNUCKLE = 11;

function put(at, transform) {
  const { position: p, orientation: q } = transform;
  floats.set([p.x, p.y, p.z, q.x, q.y, q.z, q.w], at);
}

function hand(source, frame, space, at) {
  let flags = 0;
  const grip = source.gripSpace && frame.getPose(source.gripSpace, space);
  const aim = frame.getPose(source.targetRaySpace, space);
  if (grip) {
    flags |= GRIP | (grip.emulatedPosition ? EMULATED : 0);
    put(at, grip.transform);
    const { x, y, z } = grip.transform.position;
    palms[source.handedness] = [x, y, z];
  }
  if (aim) { flags |= AIM; put(at + 7, aim.transform); }
  const pad = source.gamepad;
  if (pad && !source.hand) { // some browsers give bare hands a pad whose one button is a pinch
    flags |= BUTTONS;
    for (let i = 0; i < 8; i++) floats[at + 14 + i] = pad.buttons[i] ? pad.buttons[i].value : 0;
    for (let i = 0; i < 4; i++) floats[at + 22 + i] = pad.axes[i] || 0;
  }
  if (source.hand && frame.getJointPose) {
    let i = 0;
    for (const joint of source.hand.values()) {
      const pose = frame.getJointPose(joint, space);
      if (!pose) return flags;
      put(at + 26 + 7 * i++, pose.transform);
      joints.push(pose.transform.position.x, pose.transform.position.y, pose.transform.position.z);
    }
    flags |= JOINTS;
    palms[source.handedness] = [0, 1, 2].map(k => (floats[at + 26 + k] + floats[at + 26 + 7 * MIDDLE_KNUCKLE + k]) / 2);
  }
  return flags;
}

// The bytes of this frame. Times are milliseconds of the station's clock.
export function pack({ seq, mode, visible, sentMs, frameMs, pictureAgeMs, viewer, frame, space }) {
  floats.fill(0);
  joints.length = 0;
  palms.left = palms.right = undefined;
  let flags = 0;
  if (viewer) { flags |= 1; put(0, viewer.transform); }
  for (const source of frame.session.inputSources) {
    if (source.targetRayMode === 'transient-pointer') continue; // visionOS: a pinch is a second source of the same hand
    const side = { left: 0, right: 1 }[source.handedness];
    if (side !== undefined) flags |= hand(source, frame, space, 7 + side * HAND_FLOATS) << (8 * (1 + side));
  }
  head.setUint8(0, 1);
  head.setUint8(1, MODES[mode] || 0);
  head.setUint8(2, visible ? 1 : 0);
  head.setUint32(4, seq, true);
  head.setFloat64(8, sentMs, true);
  head.setFloat64(16, frameMs, true);
  head.setFloat32(24, pictureAgeMs, true);
  head.setUint32(28, flags, true);
  return buffer;
}
