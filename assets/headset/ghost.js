// The robot's hands, life-size in the room before they follow: where a hand belongs, or at the hand that will lead it.

import { product } from './figure.js';

const FREE = [0.35, 0.75, 1], REFUSED = [1, 0.42, 0.42];

// Calls draw(matrix, colour, alpha) for each box of each ghost. `ghosts` by side, as the station tells them: `at` in
// the room's axes (x ahead, y left, z up) or empty, `turn` a quaternion wxyz; `palms` by side, in XR's axes.
export function eachGhost(figure, ghosts, palms, draw) {
  if (!figure.isPosed) return;
  for (const [side, { at, turn, fault }] of Object.entries(ghosts ?? {})) {
    const hand = figure.hands[side], place = at.length ? [-at[1], at[2], -at[0]] : palms[side];
    if (!hand || !place) continue;
    const stand = product(placed(turn, place), inverse(product(figure.link(hand.link), hand.at)));
    for (const box of figure.boxes)
      if (box.side === side) draw(product(stand, product(figure.link(box.link), box.at)), fault ? REFUSED : FREE, 0.35);
  }
}

// From the axes of the frame of a hand to XR's: turned in the room, and then the room's axes exchanged.
function placed([w, x, y, z], [px, py, pz]) {
  const columns = [
    [1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)],
    [2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)],
    [2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)],
  ].flatMap(([ahead, left, up]) => [-left, up, -ahead, 0]);
  return new Float32Array([...columns, px, py, pz, 1]);
}

// Of a matrix that only turns and moves.
function inverse(m) {
  const back = axis => -(m[4 * axis] * m[12] + m[4 * axis + 1] * m[13] + m[4 * axis + 2] * m[14]);
  return new Float32Array([m[0], m[4], m[8], 0, m[1], m[5], m[9], 0, m[2], m[6], m[10], 0, back(0), back(1), back(2), 1]);
}
