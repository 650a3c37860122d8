// The page of the headset link: pairs, starts the session, sends every frame, shows what the robot sees.
// Inside a session only the session's own animation frames run on standalone headsets, never the window's.

import { Feel } from './feel.js';
import { Figure } from './figure.js';
import { COLOURS, hudLines } from './hud.js';
import { IS_SAFARI, Link } from './link.js';
import { joints, pack, palms } from './packet.js';
import { Pictures } from './pictures.js';
import { Scene } from './scene.js';

const FROZEN_MS = 1000, HIGHEST_HZ = 90, WORDS_EVERY = 12; // frames
const FIGURE = 4; // kind of what comes down: poses of the small robot
const TURN_RAD_S = 1.8; // of the small robot at full stick

const $ = id => document.getElementById(id);
const state = { session: null, mode: '', space: null, seq: 0, frames: 0, words: {}, drawnAt: 0 };
// For support and for measurements: what the page knows of itself.
const figures = globalThis.headsetFigures = { frames: 0, sent: 0, errors: [], shown: [], words: {}, frameCostMs: 0 };

const feel = figures.feel = new Feel();
const figure = figures.figure = new Figure();
const pictures = figures.pictures = new Pictures({
  onFailure: text => { figures.errors.push(text); link.wantVideo('jpeg'); },
  onShown: sampledMs => {
    if (link.offsetMs === undefined) return;
    figures.shown.push(link.stationMs() - sampledMs);
    if (figures.shown.length > 300) figures.shown.shift();
  },
});
const canDecode = 'VideoDecoder' in globalThis;
const wanted = new URLSearchParams(location.search).get('video');
const link = new Link({
  video: canDecode && wanted !== 'jpeg' ? 'h264' : 'jpeg',
  onState: (text, needsCode) => {
    $('state').textContent = text;
    $('pair').hidden = !needsCode;
    $('enter').hidden = !link?.isOpen;
    if (needsCode) $('code').value = '';
    $('trust').hidden = !IS_SAFARI || link.wasAnswered; // what was answered is trusted
    if (!link?.isOpen) pictures.forget();
  },
  onWords: words => {
    feel.hear(state.session, state.words, words);
    state.words = figures.words = words;
    mindTheLink();
    showWords();
  },
  onCameras: names => pictures.name(names),
  onFigure: said => figure.take(said),
  onPicture: (kind, place, sampledMs, bytes) => kind === FIGURE ? figure.pose(bytes) : pictures.take(kind, place, sampledMs, bytes),
});
figures.link = link;
if (link.fingerprint) $('fingerprint').textContent = link.fingerprint.match(/../g).join(':');

$('trust').hidden = !IS_SAFARI;
$('code').oninput = ({ target }) => { target.value = target.value.replace(/\D/g, '').slice(0, 6); }; // as shown: with a space
$('pair').onsubmit = event => { event.preventDefault(); link.pairWith($('code').value.trim()); };
$('video').value = link.video;
$('video').disabled = !canDecode;
$('video').onchange = () => link.wantVideo($('video').value);

function pictureAgeMs() {
  const sampledMs = pictures.sampledMs;
  return sampledMs === undefined || link.offsetMs === undefined ? -1 : Math.max(0, link.stationMs() - sampledMs);
}

// Single pictures want eight times the bandwidth: a link that cannot carry them gets video by itself.
const WEAK_AGE_MS = 250, WEAK_RTT_MS = 80, WEAK_WORDS = 20; // words come ten times a second
let weak = 0;
function mindTheLink() {
  if (link.video !== 'jpeg' || !canDecode) return;
  weak = pictureAgeMs() > WEAK_AGE_MS || link.rttMs > WEAK_RTT_MS ? weak + 1 : 0;
  if (weak < WEAK_WORDS) return;
  weak = 0;
  $('video').value = 'h264';
  link.wantVideo('h264');
}

function showWords() {
  const { phase, reason, recorder, robot } = state.words, age = pictureAgeMs();
  $('words').textContent = [robot, phase, reason].filter(Boolean).join(' · ');
  $('latency').textContent = link.rttMs === undefined ? '–' : `${link.rttMs.toFixed(1)} ms there and back`;
  $('picture').textContent = age < 0 ? 'none' : `${age.toFixed(0)} ms old${recorder === 'recording' ? ', recording' : ''}`;
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
  const ageMs = pictureAgeMs();
  if (state.frames++ % WORDS_EVERY === 0)
    scene.write(hudLines(state.words, { isOpen: link.isOpen, rttMs: link.rttMs, ageMs, frozenMs: FROZEN_MS, bareHands: joints.length > 0 }), COLOURS[state.words.phase] ?? COLOURS.idle);
  figure.turn(stickOf(session, 'right') * TURN_RAD_S * Math.min(0.05, (began - state.drawnAt) / 1000));
  state.drawnAt = began;
  scene.draw({
    layer: session.renderState.baseLayer, viewer, mode, pictures, joints, palms, words: state.words,
    frozen: ageMs > FROZEN_MS, followsHead: $('locked').checked, figure, model: $('model').checked,
  });
}

// The right stick turns the small robot while no hand is held; then it belongs to the robot.
function stickOf(session, side) {
  if (['counting', 'engaging', 'engaged'].includes(state.words.phase)) return 0;
  for (const source of session.inputSources)
    if (source.handedness === side && source.gamepad && !source.hand) {
      const pushed = source.gamepad.axes[2] || 0;
      return Math.abs(pushed) > 0.15 ? pushed : 0;
    }
  return 0;
}

let scene;

async function enter(mode) {
  const session = await navigator.xr.requestSession(mode, { requiredFeatures: ['local-floor'], optionalFeatures: ['hand-tracking'] });
  // Whatever changes what poses mean, or whether a person is behind them, is told at once and lets go of the robot.
  session.addEventListener('visibilitychange', () => link.tell(`the headset's view became ${session.visibilityState}`));
  session.addEventListener('inputsourceschange', () => link.tell('a controller or hand came or went'));
  session.addEventListener('end', () => { state.session = null; link.tell('the headset left the session'); $('state').textContent = 'The session ended'; });
  scene = figures.scene ??= new Scene($('gl'));
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
