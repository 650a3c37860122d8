// The page of the headset link: pairs, starts the session, sends every frame, shows what the robot sees.
// Inside a session only the session's own animation frames run on standalone headsets, never the window's.

import { Link, now } from './link.js';
import { joints, pack } from './packet.js';
import { Picture } from './picture.js';
import { Scene } from './scene.js';

const FROZEN_MS = 1000, HIGHEST_HZ = 90, WORDS_EVERY = 12; // frames
const COLOURS = { idle: '#6b7686', ready: '#5aa9ff', engaging: '#ffc857', engaged: '#4cd07d', inhibited: '#ff6b6b' };
const PULSES = { engaged: [[0.6, 60]], ready: [[0.5, 40], [0.5, 40]], inhibited: [[0.9, 150]] };

const $ = id => document.getElementById(id);
const state = { session: null, mode: '', space: null, seq: 0, frames: 0, words: {} };
// For support and for measurements: what the page knows of itself.
const figures = globalThis.headsetFigures = { frames: 0, sent: 0, errors: [], shown: [], frameCostMs: 0 };

const picture = new Picture({ onFailure: text => { figures.errors.push(text); link.wantVideo('jpeg'); } });
picture.onShown = sampledMs => {
  if (link.offsetMs === undefined) return;
  figures.shown.push(link.stationMs() - sampledMs);
  if (figures.shown.length > 300) figures.shown.shift();
};
const video = 'VideoDecoder' in globalThis && !new URLSearchParams(location.search).has('jpeg') ? 'h264' : 'jpeg';
const link = new Link({
  video,
  onState: (text, needsCode) => {
    $('state').textContent = text;
    $('pair').hidden = !needsCode;
    $('enter').hidden = !link?.isOpen;
    if (!link?.isOpen) picture.forget();
  },
  onWords: words => { feel(state.words.phase, words.phase); state.words = words; showWords(); },
  onPicture: (kind, sampledMs, bytes) => picture.take(kind, sampledMs, bytes),
});
figures.link = link;
figures.picture = picture;
if (link.fingerprint) $('fingerprint').textContent = link.fingerprint.match(/../g).join(':');

$('pair').onsubmit = event => { event.preventDefault(); link.pairWith($('code').value.trim()); };

function pictureAgeMs() {
  return picture.sampledMs === undefined || link.offsetMs === undefined ? -1 : Math.max(0, link.stationMs() - picture.sampledMs);
}

function showWords() {
  const { phase, reason, recorder, robot } = state.words, age = pictureAgeMs();
  $('words').textContent = [robot, phase, reason].filter(Boolean).join(' · ');
  $('latency').textContent = link.rttMs === undefined ? '–' : `${link.rttMs.toFixed(1)} ms there and back`;
  $('picture').textContent = age < 0 ? 'none' : `${age.toFixed(0)} ms old${recorder === 'recording' ? ', recording' : ''}`;
}

function feel(before, after) {
  if (before === after || !state.session || !PULSES[after] || (after === 'ready' && before !== 'engaged')) return;
  for (const source of state.session.inputSources) {
    const actuator = source.gamepad?.hapticActuators?.[0];
    PULSES[after].forEach(([strength, ms], i) => setTimeout(() => actuator?.pulse?.(strength, ms), i * 120));
  }
}

function lines() {
  const { phase = 'no station', reason = '', scale = '', recorder, seconds, note, stop } = state.words, age = pictureAgeMs();
  const title = [stop && stop !== 'NONE' ? `STOP ${stop}` : phase.toUpperCase(), scale, recorder === 'recording' ? `REC ${seconds} s` : ''];
  const facts = `link ${link.rttMs?.toFixed(0) ?? '–'} ms · picture ${age < 0 ? 'none' : age > FROZEN_MS ? 'FROZEN' : `${age.toFixed(0)} ms`}`;
  return [title.filter(Boolean).join('  '), link.isOpen ? reason || note || 'hold a grip to move' : 'the station is not reached', facts];
}

function onFrame(time, frame) {
  const { session, mode } = state;
  if (!session) return;
  session.requestAnimationFrame(onFrame);
  const began = performance.now(), viewer = frame.getViewerPose(state.space);
  joints.length = 0;
  if (link.isOpen && link.offsetMs !== undefined) {
    const bytes = pack({
      seq: ++state.seq, mode, frame, viewer, space: state.space,
      visible: session.visibilityState === 'visible' && !document.hidden,
      sentMs: link.stationMs(), frameMs: link.stationMs(performance.timeOrigin + time), pictureAgeMs: pictureAgeMs(),
    });
    if (link.send(bytes)) figures.sent++;
  }
  figures.frameCostMs = performance.now() - began;
  figures.frames++;
  if (state.frames++ % WORDS_EVERY === 0) scene.write(lines(), COLOURS[state.words.phase] ?? COLOURS.idle);
  scene.draw({
    layer: session.renderState.baseLayer, viewer, mode, picture, joints,
    frozen: pictureAgeMs() > FROZEN_MS, followsHead: $('locked').checked,
  });
}

let scene;

async function enter(mode) {
  const session = await navigator.xr.requestSession(mode, { requiredFeatures: ['local-floor'], optionalFeatures: ['hand-tracking'] });
  // Whatever changes what poses mean, or whether a person is behind them, is told at once and lets go of the robot.
  session.addEventListener('visibilitychange', () => link.tell(`the headset's view became ${session.visibilityState}`));
  session.addEventListener('inputsourceschange', () => link.tell('a controller or hand came or went'));
  session.addEventListener('end', () => { state.session = null; link.tell('the headset left the session'); $('state').textContent = 'The session ended'; });
  scene ??= new Scene($('gl'));
  await scene.gl.makeXRCompatible();
  const rates = [...(session.supportedFrameRates ?? [])].filter(rate => rate <= HIGHEST_HZ);
  if (rates.length) await session.updateTargetFrameRate(Math.max(...rates)).catch(() => {});
  session.updateRenderState({ baseLayer: new XRWebGLLayer(session, scene.gl, { antialias: false }) });
  state.space = await session.requestReferenceSpace('local-floor');
  state.space.addEventListener('reset', () => { scene.anchor = null; link.tell('the headset was recentred'); });
  scene.anchor = null;
  Object.assign(state, { session, mode });
  link.tell('a session began');
  session.requestAnimationFrame(onFrame);
}

document.addEventListener('visibilitychange', () => { if (document.hidden) link.tell('the page was hidden'); });
addEventListener('pagehide', () => link.tell('the page was left'));

async function offer() {
  const supported = navigator.xr ? await Promise.all(['immersive-vr', 'immersive-ar'].map(mode => navigator.xr.isSessionSupported(mode).catch(() => false))) : [false, false];
  for (const [i, [id, mode]] of [['vr', 'immersive-vr'], ['ar', 'immersive-ar']].entries()) {
    $(id).disabled = !supported[i];
    $(id).onclick = () => enter(mode).catch(error => { figures.errors.push(String(error)); $('state').textContent = `The session did not start: ${error.message}`; });
  }
  if (!supported.includes(true)) $('words').textContent = 'This browser offers no immersive session; open this page in the headset.';
}
offer();
