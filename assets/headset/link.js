// The socket to the station: pairing, one clock with the station, and reconnecting.

const SECRET = 'understudy.secret';
const CLOSED_BY_STATION = 1001, NOT_PAIRED = 4401, REVOKED = 4403, BUSY = 4409, TAKEN_OVER = 4410;
const PING_MS = 250, REMEMBERED = 40, FULL_BYTES = 8192;

// Safari, as on Vision Pro, opens no socket under a certificate that a person has only accepted.
export const IS_SAFARI = /Mac.*Safari/.test(navigator.userAgent) && !/Chrome/.test(navigator.userAgent);

const sentence = text => text[0].toUpperCase() + text.slice(1);

export const now = () => performance.timeOrigin + performance.now();

export class Link {
  // Calls: onState(text, needsCode), onWords(object), onCameras(names), onFigure(object),
  // onPicture(kind, place, sampledMs, bytes).
  constructor({ onState, onWords, onCameras, onFigure, onPicture, video }) {
    Object.assign(this, { onState, onWords, onCameras, onFigure, onPicture, video });
    this.offsetMs = undefined; // station's clock minus ours
    this.rttMs = undefined;
    this.pings = [];
    this.dropped = 0;
    this.code = '';
    const [token, fingerprint] = location.hash.slice(1).split('.');
    this.token = token || '';
    this.fingerprint = fingerprint || '';
    history.replaceState(null, '', location.pathname); // no secret stays in the address
    addEventListener('hashchange', () => { if (location.hash) location.reload(); }); // another QR code, scanned into this tab
    setInterval(() => this.ping(), PING_MS);
    this.connect();
  }

  get isOpen() { return this.welcomed && this.socket.readyState === WebSocket.OPEN; }
  stationMs(atMs = now()) { return atMs + this.offsetMs; }

  pairWith(code) { this.code = code; this.connect(); }

  connect() {
    clearTimeout(this.retry);
    this.welcomed = this.wasAnswered = false;
    const socket = this.socket = new WebSocket(`wss://${location.host}/link`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.wasAnswered = true;
      const hello = { type: 'hello', name: browserName(), video: this.video };
      const secret = localStorage.getItem(SECRET);
      if (this.code) hello.code = this.code;
      else if (this.token) hello.token = this.token;
      else if (secret) hello.secret = secret;
      socket.send(JSON.stringify(hello));
    };
    socket.onmessage = message => typeof message.data === 'string' ? this.hear(JSON.parse(message.data)) : this.see(message.data);
    socket.onclose = closed => { if (socket === this.socket) this.closed(closed); };
  }

  closed({ code, reason }) {
    this.welcomed = false;
    this.offsetMs = undefined;
    this.pings = [];
    if (code === REVOKED) localStorage.removeItem(SECRET);
    if (code === NOT_PAIRED && (this.token || this.code) && localStorage.getItem(SECRET)) {
      this.token = this.code = ''; // the invitation was used up; we may be known from before
      this.retry = setTimeout(() => this.connect(), 100);
    } else if (code === NOT_PAIRED || code === REVOKED) {
      this.token = this.code = '';
      this.onState(code === REVOKED ? 'The station has forgotten this headset: type the code that it shows to pair again' : sentence(reason || 'not paired'), true);
    } else if (code === TAKEN_OVER) {
      this.onState('Linked again from another tab; reload to link here', false);
    } else {
      this.onState(code === BUSY ? 'Another headset is linked; trying again…'
        : code === CLOSED_BY_STATION ? 'The station closed the link; trying again…'
        : !this.wasAnswered && IS_SAFARI ? 'The station is not reached, or Safari does not trust it yet (below); trying again…'
        : 'The station is not reached; trying again…', false);
      this.retry = setTimeout(() => this.connect(), code === BUSY ? 3000 : 1000);
    }
  }

  hear(said) {
    if (said.type === 'welcome') {
      if (said.secret) localStorage.setItem(SECRET, said.secret);
      this.token = this.code = '';
      this.welcomed = true;
      this.ping();
      this.onState(`Linked as ${said.name}`, false);
    } else if (said.type === 'wait') {
      this.onState(`Waiting until a person at the station lets this headset in (${said.seconds} s)…`, false);
    } else if (said.type === 'pong') {
      this.pong(said);
    } else if (said.type === 'words') {
      this.onWords(said);
    } else if (said.type === 'cameras') {
      this.onCameras(said.names);
    } else if (said.type === 'figure') {
      this.onFigure(said);
    }
  }

  see(bytes) {
    const view = new DataView(bytes);
    this.onPicture(view.getUint8(0), view.getUint8(1), view.getFloat64(8, true), new Uint8Array(bytes, 16));
  }

  ping() { if (this.isOpen) this.socket.send(JSON.stringify({ type: 'ping', sent: now() })); }

  pong({ sent, received, now: answered }) {
    const back = now(), rtt = back - sent - (answered - received);
    this.pings.push([rtt, (received - sent + answered - back) / 2]);
    if (this.pings.length > REMEMBERED) this.pings.shift();
    const [bestRtt, offset] = this.pings.reduce((a, b) => a[0] <= b[0] ? a : b); // the fastest round trip errs least
    this.rttMs = rtt;
    this.bestRttMs = bestRtt;
    this.offsetMs = offset;
  }

  tell(what) { if (this.isOpen) this.socket.send(JSON.stringify({ type: 'event', what })); }
  wantVideo(codec) { this.video = codec; if (this.isOpen) this.socket.send(JSON.stringify({ type: 'video', codec })); }

  // Sends a frame, or drops it: old poses are worse than none.
  send(frame) {
    if (!this.isOpen) return false;
    if (this.socket.bufferedAmount > FULL_BYTES) { this.dropped++; return false; }
    this.socket.send(frame);
    return true;
  }
}

function browserName() {
  const agent = navigator.userAgent;
  for (const [pattern, name] of [[/Quest 3S/, 'Quest 3S'], [/Quest 3/, 'Quest 3'], [/Quest/, 'Quest'], [/PICO 4 Ultra|A9210/i, 'PICO 4 Ultra'], [/PICO/i, 'PICO'], [/Mac.*Safari/, 'Vision Pro or Safari']])
    if (pattern.test(agent) && !(name.startsWith('Vision') && /Chrome/.test(agent))) return name;
  return 'Browser headset';
}
