// The lines of words below the picture: mode, take, why nothing moves, who drives, how late everything is.

const LAYERS = { arms: 'ARMS', walk: 'ARMS + WALK', body: 'WHOLE BODY', hands: 'HANDS', joint: 'JOINT' };
const PLAIN = { reach: 'out of reach', position: 'at its end', self_collision: 'too near to the body', singularity: 'nearly stretched', obstacle: 'too near to something', speed: 'at its fastest' };
const BANDS = { followed: 'followed', slowed: 'SLOWED', refused: 'REFUSED: let go, press anew' };
export const FIRM_N = 30; // a grip this firm is drawn red
export const COLOURS = { idle: '#6b7686', ready: '#5aa9ff', counting: '#ffc857', engaging: '#ffc857', engaged: '#4cd07d', inhibited: '#ff6b6b' };

// "reach:left_hand" -> "left hand: out of reach"
function plain(limit) {
  const [what, where = ''] = limit.split(':');
  return `${where.replaceAll('_', ' ')}: ${PLAIN[what] ?? what.replaceAll('_', ' ')}`;
}

export function hudLines(words, { isOpen, rttMs, ageMs, frozenMs, bareHands }) {
  const { phase = isOpen ? 'no control' : 'no station', reason = '', scale = '', layer = '', recorder, seconds, note, stop, task = '', takes, queue, limits = [], lease, ours, motors_ms: motorsMs, grip_n: grip, scene, mirror_me: mirrorMe, ghosts = {}, bands = {} } = words;
  const take = recorder === 'recording' ? `● REC ${seconds} s` : recorder === 'saving' ? 'saving' : '';
  const title = [stop && stop !== 'NONE' ? `STOP ${stop}` : phase.toUpperCase(), LAYERS[layer] ?? '', mirrorMe ? 'MIRROR ME' : '', scale, take];
  const hint = bareHands ? 'hold the key or the pedal to move' : 'hold a grip to move';
  const why = !isOpen ? 'the station is not reached' : !words.phase ? 'control is not heard: nothing moves' : reason || limits.map(plain)[0] || note || ghosts.right?.fault || ghosts.left?.fault || (phase === 'engaged' ? '' : hint);
  const owner = lease ? (ours ? 'this station drives' : `${lease} drives`) : 'nobody drives';
  const episode = [task, scene, takes === undefined ? '' : `${takes} saved`, queue && `task ${queue}`].filter(Boolean).join(' · ');
  const age = ageMs < 0 ? 'no picture' : ageMs > frozenMs ? 'PICTURE FROZEN' : `picture ${ageMs.toFixed(0)} ms`;
  const late = [`link ${rttMs?.toFixed(0) ?? '–'} ms`, motorsMs === undefined ? '' : `motors ${motorsMs} ms`, age];
  const held = grip ? `grip ${grip.left.toFixed(0)} | ${grip.right.toFixed(0)} N` : '';
  // Of each hand that follows: as it moves, behind because it is too fast, or not since it jumped.
  const hands = ['left', 'right'].filter(side => bands[side]).map(side => `${side} ${BANDS[bands[side]] ?? bands[side]}`);
  return [title.filter(Boolean).join('   '), why, episode, [hands.join(' | '), owner, ...late, held].filter(Boolean).join(' · ')];
}

// The colour of a hand that grips with this force: grey, green, red.
export function gripColour(newtons = 0) {
  const t = Math.min(1, Math.max(0, newtons / FIRM_N));
  if (t < 0.03) return [0.55, 0.6, 0.68];
  return t < 0.5 ? [0.3 + 0.9 * t, 0.82, 0.45 - 0.5 * t] : [0.9, 0.82 - 1.1 * (t - 0.5), 0.25];
}
