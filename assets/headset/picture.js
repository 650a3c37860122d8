// The newest picture of the robot's camera, decoded; never a queue of them.

const KEY = 1, DELTA = 2, JPEG = 3;

export class Picture {
  constructor({ onFailure, onShown }) {
    this.onFailure = onFailure;
    this.onShown = onShown; // for measuring: called with sampledMs
    this.measured = true;
    this.texture = null; // of the scene's, in which it lies
    this.images = []; // ImageBitmaps or VideoFrames, one below the other
    this.isUpsideDown = false; // as single pictures are: the last row is on top
    this.width = this.height = 0;
    this.sampledMs = undefined; // station's clock; when the picture was true
    this.isNew = false;
    this.count = 0;
    this.busy = false;
  }

  take(kind, sampledMs, bytes) {
    if (kind === JPEG) this.takeJpeg(sampledMs, bytes);
    else if (kind === KEY || kind === DELTA) this.takeVideo(kind === KEY, sampledMs, bytes);
  }

  takeJpeg(sampledMs, bytes) {
    if (this.busy) return;
    this.busy = true;
    Promise.all(jpegsIn(bytes).map(decodedJpeg))
      .then(images => this.show(images, widthOf(images[0]), images.reduce((rows, image) => rows + heightOf(image), 0), sampledMs, true))
      .catch(() => {})
      .finally(() => { this.busy = false; });
  }

  takeVideo(isKey, sampledMs, bytes) {
    if (!this.decoder || this.decoder.state === 'closed') {
      if (!isKey) return;
      const codec = codecOf(bytes);
      if (!codec) return;
      this.decoder = new VideoDecoder({
        output: frame => this.show([frame], frame.displayWidth, frame.displayHeight, frame.timestamp / 1000),
        error: error => { this.decoder = null; this.onFailure(String(error)); },
      });
      this.decoder.configure({ codec, optimizeForLatency: true });
    }
    if (this.decoder.decodeQueueSize > 4 && !isKey) return;
    this.decoder.decode(new EncodedVideoChunk({ type: isKey ? 'key' : 'delta', timestamp: Math.round(sampledMs * 1000), data: bytes }));
  }

  show(images, width, height, sampledMs, isUpsideDown = false) {
    this.close();
    Object.assign(this, { images, width, height, sampledMs, isUpsideDown, isNew: true });
    this.count++;
    if (this.measured) this.onShown(sampledMs);
  }

  close() { for (const image of this.images) image.close?.(); }

  forget() {
    this.close();
    if (this.decoder && this.decoder.state !== 'closed') this.decoder.close();
    this.images = [];
    this.decoder = null;
    this.sampledMs = undefined;
    this.width = 0;
  }
}

export const widthOf = image => image.displayWidth ?? image.width, heightOf = image => image.displayHeight ?? image.height;

// The JPEGs that follow one another in `bytes`. Within one, what ends it stands nowhere but at its end.
function jpegsIn(bytes) {
  const found = [];
  for (let from = 0, at = 0; (at = bytes.indexOf(0xff, at)) >= 0; at += 2)
    if (bytes[at + 1] === 0xd9) { found.push(bytes.subarray(from, at + 2)); from = at + 2; }
  return found.length ? found : [bytes];
}

// A VideoFrame where the browser has an ImageDecoder, which takes a third of the time of an ImageBitmap; as the decoder
// makes it (YUV), since the graphics card turns it into colours for nothing.
async function decodedJpeg(bytes) {
  if (!globalThis.ImageDecoder) return createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
  const decoder = new ImageDecoder({ data: bytes, type: 'image/jpeg', colorSpaceConversion: 'none' });
  try { return (await decoder.decode()).image; } finally { decoder.close(); }
}

// RFC 6381 name of an H.264 stream, from the profile, constraints and level in its sequence parameter set.
function codecOf(bytes) {
  for (let i = 0; i + 6 < bytes.length; i++)
    if (bytes[i] === 0 && bytes[i + 1] === 0 && bytes[i + 2] === 1 && (bytes[i + 3] & 0x1f) === 7)
      return 'avc1.' + [4, 5, 6].map(k => bytes[i + k].toString(16).padStart(2, '0')).join('');
  return '';
}
