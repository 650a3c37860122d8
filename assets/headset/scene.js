// What is drawn in the headset: the cameras' pictures, a panel of words, the small robot, and the joints of bare hands.

import { product } from './figure.js';
import { eachGhost } from './ghost.js';
import { heightOf } from './picture.js';
import { BOX, boxBuffer, program, SHADERS, texture } from './shaders.js';

const DISTANCE_M = 1.5, PICTURE_M = { 'immersive-vr': 1.8, 'immersive-ar': 0.9 };
const INSET_M = 0.42, WORDS_M = [0.96, 0.24], PAPER = [1024, 256];
const INSETS_M = WORDS_M[0] + 2 * INSET_M + 0.04; // words between two of them
const FIGURE_SCALE = 0.22, FIGURE_BESIDE_M = 0.16, FIGURE_AT = [-0.35, 0.25]; // of life; right of picture and insets; up and nearer

export class Scene {
  constructor(canvas) {
    const gl = this.gl = canvas.getContext('webgl2', { xrCompatible: true, antialias: false, alpha: true });
    this.quad = program(gl, ...SHADERS.quad);
    this.dots = program(gl, ...SHADERS.points);
    this.box = program(gl, ...SHADERS.box);
    this.wordsTexture = texture(gl);
    this.points = gl.createBuffer();
    this.array = gl.createVertexArray();
    this.empty = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.points);
    const place = gl.getAttribLocation(this.dots, 'place');
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 0, 0);
    this.boxes = boxBuffer(gl, this.box);
    this.paper = document.createElement('canvas');
    [this.paper.width, this.paper.height] = PAPER;
    this.lines = '';
    this.anchor = null; // where the picture stays, when it does not follow the head
  }

  // Shows up to four lines; the first in large letters. `mark` is a colour for the dot before it.
  write(lines, mark) {
    const text = JSON.stringify([lines, mark]);
    if (text === this.lines) return;
    this.lines = text;
    const pen = this.paper.getContext('2d'), [width, height] = PAPER;
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = 'rgba(16, 19, 24, .85)';
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = mark;
    pen.beginPath();
    pen.arc(44, 46, 18, 0, 2 * Math.PI);
    pen.fill();
    lines.slice(0, 4).forEach((line, i) => {
      pen.fillStyle = i < 2 ? '#e6e9ee' : '#a9b3c1';
      pen.font = i === 0 ? 'bold 44px sans-serif' : i === 1 ? '36px sans-serif' : '30px sans-serif';
      pen.fillText(line, i ? 24 : 80, [62, 122, 176, 228][i], width - (i ? 48 : 104));
    });
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.wordsTexture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, this.paper);
  }

  upload(picture) {
    if (!picture?.isNew || !picture.images.length) return;
    const { gl } = this;
    picture.texture ??= texture(gl);
    picture.isNew = false;
    gl.bindTexture(gl.TEXTURE_2D, picture.texture);
    const { images, width, height } = picture;
    if (images.length === 1) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, images[0]);
      return;
    }
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
    let row = 0;
    for (const image of images) {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, row, gl.RGBA, gl.UNSIGNED_BYTE, image);
      row += heightOf(image);
    }
  }

  draw({ layer, viewer, mode, pictures, frozen, followsHead, joints, palms, model, figure, words }) {
    const { gl } = this, insets = pictures.insets;
    for (const picture of [pictures.ofEye('left'), pictures.ofEye('right'), ...insets]) this.upload(picture);
    gl.bindFramebuffer(gl.FRAMEBUFFER, layer.framebuffer);
    gl.clearColor(0, 0, 0, mode === 'immersive-ar' ? 0 : 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (!viewer) return;
    const head = viewer.transform.matrix;
    if (followsHead || !this.anchor) this.anchor = shifted(head, 0, 0, -DISTANCE_M);
    const width = PICTURE_M[mode], height = pictures.width ? width * pictures.height / pictures.width : width * 0.75;
    for (const view of viewer.views) {
      const port = layer.getViewport(view), at = [view.projectionMatrix, view.transform.inverse.matrix];
      gl.viewport(port.x, port.y, port.width, port.height);
      gl.enable(gl.BLEND);
      gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA); // pass-through shows where alpha is less
      const seen = pictures.ofEye(view.eye);
      if (seen?.texture) this.picture(at, this.anchor, width, height, seen, frozen ? 1 : 0);
      insets.forEach((picture, i) => {
        if (!picture.texture) return;
        const high = INSET_M * picture.height / picture.width, right = (i % 2 ? 1 : -1) * (WORDS_M[0] + INSET_M + 0.04) / 2;
        this.picture(at, shifted(this.anchor, right, -height / 2 - high / 2 - 0.02, 0.01), INSET_M, high, picture, 0);
      });
      this.rectangle(at, shifted(this.anchor, 0, -height / 2 - WORDS_M[1] / 2 - 0.02, 0), ...WORDS_M, this.wordsTexture, 0);
      if (model) this.drawFigure(at, figure, (insets.length > 1 ? INSETS_M : width) / 2 + FIGURE_BESIDE_M, words.grip_n);
      this.drawBoxes(at, draw => eachGhost(figure, words.ghosts, palms, draw));
      if (joints.length) this.drawPoints(at, joints);
      gl.disable(gl.BLEND);
    }
  }

  picture(at, model, width, height, { texture: image, isUpsideDown }, frozen) {
    this.rectangle(at, model, width, isUpsideDown ? -height : height, image, frozen);
  }

  // Of a negative height: upside down.
  rectangle([projection, view], model, width, height, image, frozen) {
    const { gl, quad } = this;
    gl.useProgram(quad);
    gl.bindVertexArray(this.empty);
    gl.bindTexture(gl.TEXTURE_2D, image);
    this.matrices(quad, projection, view, model);
    gl.uniform2f(gl.getUniformLocation(quad, 'size'), width, height);
    gl.uniform1f(gl.getUniformLocation(quad, 'frozen'), frozen);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  matrices(user, projection, view, model) {
    for (const [name, value] of [['projection', projection], ['view', view], ['model', model]])
      this.gl.uniformMatrix4fv(this.gl.getUniformLocation(user, name), false, value);
  }

  // Robot's axes (x ahead, y left, z up) to XR's (x right, y up, z back), turned about the vertical, small, beside the picture.
  drawFigure([projection, view], figure, right, grips) {
    const c = FIGURE_SCALE * Math.cos(figure.yaw), s = FIGURE_SCALE * Math.sin(figure.yaw);
    const stand = product(shifted(this.anchor, right, ...FIGURE_AT), new Float32Array([s, 0, c, 0, c, 0, -s, 0, 0, FIGURE_SCALE, 0, 0, 0, 0, 0, 1]));
    this.drawBoxes([projection, view], draw => figure.each(grips, (place, colour, alpha) => draw(product(stand, place), colour, alpha)));
  }

  // each(draw) calls draw(matrix, colour, alpha) for each box.
  drawBoxes([projection, view], each) {
    const { gl, box } = this;
    gl.enable(gl.DEPTH_TEST);
    gl.useProgram(box);
    gl.bindVertexArray(this.boxes);
    each((place, colour, alpha) => {
      this.matrices(box, projection, view, place);
      gl.uniform4f(gl.getUniformLocation(box, 'colour'), ...colour, alpha);
      gl.drawArrays(gl.TRIANGLES, 0, BOX.length / 6);
    });
    gl.disable(gl.DEPTH_TEST);
  }

  drawPoints([projection, view], joints) {
    const { gl, dots } = this;
    gl.useProgram(dots);
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.points);
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(joints), gl.STREAM_DRAW);
    gl.uniformMatrix4fv(gl.getUniformLocation(dots, 'projection'), false, projection);
    gl.uniformMatrix4fv(gl.getUniformLocation(dots, 'view'), false, view);
    gl.drawArrays(gl.POINTS, 0, joints.length / 3);
  }
}

// `matrix` moved along its own axes: right, up, back, metres.
function shifted(matrix, right, up, back) {
  const moved = new Float32Array(matrix);
  for (let i = 0; i < 3; i++) moved[12 + i] += right * matrix[i] + up * matrix[4 + i] + back * matrix[8 + i];
  return moved;
}
