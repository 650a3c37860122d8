// The pictures of all cameras by their place: two eyes, or one camera for both, and the others as insets.

import { Picture } from './picture.js';

const BOTH = 'head', LEFT = 'head_left', RIGHT = 'head_right';

export class Pictures {
  constructor(calls) {
    this.calls = calls;
    this.names = [BOTH, LEFT, RIGHT];
    this.byName = new Map();
  }

  name(names) { this.names = names; }

  take(kind, place, sampledMs, bytes) {
    const name = this.names[place] ?? `camera ${place}`;
    let picture = this.byName.get(name);
    if (!picture) {
      picture = new Picture(this.calls);
      picture.measured = name === BOTH || name === LEFT;
      this.byName.set(name, picture);
    }
    picture.take(kind, sampledMs, bytes);
  }

  get hasTwoEyes() { return Boolean(this.byName.get(LEFT)?.width && this.byName.get(RIGHT)?.width); }

  // What the eye "left", "right" or "none" sees; undefined while there is nothing.
  ofEye(eye) {
    return this.hasTwoEyes ? this.byName.get(eye === 'right' ? RIGHT : LEFT) : this.byName.get(BOTH) ?? this.byName.get(LEFT);
  }

  get insets() { return [...this.byName].filter(([name, picture]) => ![BOTH, LEFT, RIGHT].includes(name) && picture.width).map(([, picture]) => picture); }

  // When what the person sees was true: of two eyes the older counts.
  get sampledMs() {
    const left = this.ofEye('left')?.sampledMs, right = this.ofEye('right')?.sampledMs;
    return left === undefined || right === undefined ? left : Math.min(left, right);
  }

  get count() { return this.ofEye('left')?.count ?? 0; }
  get width() { return this.ofEye('left')?.width ?? 0; }
  get height() { return this.ofEye('left')?.height ?? 0; }

  forget() { for (const picture of this.byName.values()) picture.forget(); }
}
