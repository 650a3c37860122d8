// The robot as a small model that can be turned: boxes on links, solid as measured, outlined as commanded.

import { gripColour } from './hud.js';

export class Figure {
  constructor() { this.boxes = []; this.hands = {}; this.links = 0; this.yaw = Math.PI - 0.5; this.hasCommand = false; }

  // What the robot is made of: for each box its link, where it is in it (column-major, with its half sizes) and its
  // side; for each hand its link and the frame of the hand in it.
  take({ links, boxes, hands }) {
    Object.assign(this, { links, boxes, hands });
    this.measured = new Float32Array(16 * links);
    this.commanded = new Float32Array(16 * links);
    this.isPosed = false;
  }

  // Positions and rotations of all links, measured and then commanded: x y z, then the quaternion xyzw.
  pose(bytes) {
    const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    if (floats.length !== 14 * this.links) return;
    for (let i = 0; i < this.links; i++) {
      matrix(floats, 7 * i, this.measured, 16 * i);
      matrix(floats, 7 * (this.links + i), this.commanded, 16 * i);
    }
    this.isPosed = true;
  }

  // Where the link is commanded to be, in the robot's axes about its root.
  link(i) { return this.commanded.subarray(16 * i, 16 * i + 16); }

  turn(byRad) { this.yaw += byRad; }

  // Calls draw(matrix, colour, alpha) for each box; where the two robots are one, only the measured one is drawn.
  each(grips, draw) {
    if (!this.isPosed) return;
    for (const [pose, isCommand] of [[this.measured, false], [this.commanded, true]])
      for (const { link, at, side } of this.boxes) {
        const here = pose.subarray(16 * link, 16 * link + 16);
        if (isCommand && near(here, this.measured.subarray(16 * link, 16 * link + 16))) continue;
        draw(product(here, at), isCommand ? [0.25, 0.85, 0.95] : side ? gripColour(grips?.[side]) : [0.62, 0.66, 0.72], isCommand ? 0.35 : 1);
      }
  }
}

const NEAR_M = 0.004;
function near(a, b) { return Math.hypot(a[12] - b[12], a[13] - b[13], a[14] - b[14]) < NEAR_M; }

function matrix(q, from, out, at) {
  const [px, py, pz, x, y, z, w] = q.subarray(from, from + 7);
  out.set([
    1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w), 0,
    2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w), 0,
    2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y), 0,
    px, py, pz, 1,
  ], at);
}

export function product(a, b) {
  const out = new Float32Array(16);
  for (let c = 0; c < 4; c++)
    for (let r = 0; r < 4; r++)
      out[4 * c + r] = a[r] * b[4 * c] + a[4 + r] * b[4 * c + 1] + a[8 + r] * b[4 * c + 2] + a[12 + r] * b[4 * c + 3];
  return out;
}
