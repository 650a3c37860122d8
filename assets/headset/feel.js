// What the controllers tell the hands: the same words for the same things everywhere.

// [strength, milliseconds] of each pulse, one after the other.
const WORDS = {
  counting: [[0.3, 40]],
  engaged: [[0.6, 60]],
  released: [[0.5, 40], [0.5, 40]],
  wrists: [[0.4, 30], [0.6, 40]],
  rejected: [[1, 40], [1, 40]],
  recording: [[0.3, 50], [0.7, 80]],
  saved: [[0.7, 80], [0.3, 50]],
  stop: [[1, 500]],
};
const GAP_MS = 60, LIMIT_EVERY_MS = 250, LIMIT = [0.15, 30];

export class Feel {
  constructor() { this.limitedAt = 0; this.felt = []; } // `felt`: the last words, for measurements

  // Compares what the station says now with what it said before.
  hear(session, before, after, nowMs = performance.now()) {
    if (!session) return;
    const word = this.word(before, after);
    if (word) this.say(session, word);
    else if (after.phase === 'engaged') this.limits(session, after.limits ?? [], nowMs);
  }

  word(before, after) {
    if (after.stop && after.stop !== 'NONE' && after.stop !== before.stop) return 'stop';
    if (after.phase === 'counting' && after.reason !== before.reason) return 'counting';
    if (after.phase !== before.phase) {
      if (after.phase === 'engaged') return 'engaged';
      if (after.phase === 'inhibited') return 'rejected';
      if (before.phase === 'engaged') return 'released';
    }
    if (after.wrists_taken > (before.wrists_taken ?? after.wrists_taken)) return 'wrists';
    if (after.recorder !== before.recorder) {
      if (after.recorder === 'recording') return 'recording';
      if (before.recorder === 'recording' && after.recorder !== 'refused') return 'saved';
    }
    return '';
  }

  // Soft and again and again while something holds the hand of a side back; both, if it is not one hand's.
  limits(session, reasons, nowMs) {
    if (!reasons.length || nowMs - this.limitedAt < LIMIT_EVERY_MS) return;
    this.limitedAt = nowMs;
    const sides = ['left', 'right'].filter(side => reasons.some(reason => reason.includes(side)));
    this.pulse(session, LIMIT, side => !sides.length || sides.includes(side));
    this.remember('limit');
  }

  say(session, word) {
    this.remember(word);
    let at = 0;
    for (const [strength, ms] of WORDS[word]) {
      setTimeout(() => this.pulse(session, [strength, ms], () => true), at);
      at += ms + GAP_MS;
    }
  }

  pulse(session, [strength, ms], isMeant) {
    for (const source of session.inputSources)
      if (isMeant(source.handedness)) source.gamepad?.hapticActuators?.[0]?.pulse?.(strength, ms);
  }

  remember(word) {
    this.felt.push(word);
    if (this.felt.length > 50) this.felt.shift();
  }
}
