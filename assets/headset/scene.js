// What is drawn in the headset: the camera's picture, a panel of words, and the joints of bare hands.

const QUAD = `#version 300 es
uniform mat4 projection, view, model; uniform vec2 size; out vec2 uv;
void main() { vec2 c = vec2(gl_VertexID & 1, gl_VertexID >> 1); uv = vec2(c.x, 1. - c.y);
  gl_Position = projection * view * model * vec4((c - .5) * size, 0, 1); }`;
const TEXTURED = `#version 300 es
precision mediump float; in vec2 uv; uniform sampler2D image; uniform float frozen; out vec4 colour;
void main() { vec4 c = texture(image, uv); float grey = dot(c.rgb, vec3(.3, .6, .1)) * .5; colour = vec4(mix(c.rgb, vec3(grey), frozen), c.a); }`;
const POINTS = `#version 300 es
uniform mat4 projection, view; in vec3 place; void main() { gl_Position = projection * view * vec4(place, 1); gl_PointSize = 5.; }`;
const BLUE = `#version 300 es
precision mediump float; out vec4 colour; void main() { colour = vec4(.35, .75, 1, 1); }`;
const DISTANCE_M = 1.5, PICTURE_M = { 'immersive-vr': 1.8, 'immersive-ar': 0.9 };

export class Scene {
  constructor(canvas) {
    const gl = this.gl = canvas.getContext('webgl2', { xrCompatible: true, antialias: false, alpha: true });
    this.quad = program(gl, QUAD, TEXTURED);
    this.dots = program(gl, POINTS, BLUE);
    this.pictureTexture = texture(gl);
    this.wordsTexture = texture(gl);
    this.points = gl.createBuffer();
    this.array = gl.createVertexArray();
    this.empty = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.points);
    const place = gl.getAttribLocation(this.dots, 'place');
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 0, 0);
    this.paper = document.createElement('canvas');
    this.paper.width = 1024;
    this.paper.height = 192;
    this.lines = '';
    this.anchor = null; // where the picture stays, when it does not follow the head
  }

  // Shows up to three lines; the first in large letters. `mark` is a colour for the dot before it.
  write(lines, mark) {
    const text = JSON.stringify([lines, mark]);
    if (text === this.lines) return;
    this.lines = text;
    const pen = this.paper.getContext('2d');
    pen.clearRect(0, 0, 1024, 192);
    pen.fillStyle = 'rgba(16, 19, 24, .85)';
    pen.fillRect(0, 0, 1024, 192);
    pen.fillStyle = mark;
    pen.beginPath();
    pen.arc(44, 46, 18, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = '#e6e9ee';
    lines.slice(0, 3).forEach((line, i) => {
      pen.font = i ? '34px sans-serif' : 'bold 44px sans-serif';
      pen.fillText(line, i ? 24 : 80, 62 + 52 * i, i ? 976 : 920);
    });
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.wordsTexture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, this.paper);
  }

  draw({ layer, viewer, mode, picture, frozen, followsHead, joints }) {
    const { gl } = this;
    if (picture.isNew && picture.image) {
      picture.isNew = false;
      gl.bindTexture(gl.TEXTURE_2D, this.pictureTexture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture.image);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, layer.framebuffer);
    gl.clearColor(0, 0, 0, mode === 'immersive-ar' ? 0 : 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (!viewer) return;
    const eye = viewer.transform.matrix;
    if (followsHead || !this.anchor) this.anchor = ahead(eye, DISTANCE_M, 0);
    const width = PICTURE_M[mode], height = picture.width ? width * picture.height / picture.width : width * 0.75;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    for (const view of viewer.views) {
      const port = layer.getViewport(view), at = [view.projectionMatrix, view.transform.inverse.matrix];
      gl.viewport(port.x, port.y, port.width, port.height);
      if (picture.width) this.rectangle(at, this.anchor, width, height, this.pictureTexture, frozen ? 1 : 0);
      this.rectangle(at, shifted(this.anchor, -height / 2 - 0.1), 0.96, 0.18, this.wordsTexture, 0);
      if (joints.length) this.drawPoints(at, joints);
    }
    gl.disable(gl.BLEND);
  }

  rectangle([projection, view], model, width, height, image, frozen) {
    const { gl, quad } = this;
    gl.useProgram(quad);
    gl.bindVertexArray(this.empty);
    gl.bindTexture(gl.TEXTURE_2D, image);
    for (const [name, value] of [['projection', projection], ['view', view], ['model', model]])
      gl.uniformMatrix4fv(gl.getUniformLocation(quad, name), false, value);
    gl.uniform2f(gl.getUniformLocation(quad, 'size'), width, height);
    gl.uniform1f(gl.getUniformLocation(quad, 'frozen'), frozen);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
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

function ahead(matrix, distance) {
  const moved = new Float32Array(matrix);
  for (let i = 0; i < 3; i++) moved[12 + i] -= distance * matrix[8 + i];
  return moved;
}

function shifted(matrix, up) {
  const moved = new Float32Array(matrix);
  for (let i = 0; i < 3; i++) moved[12 + i] += up * matrix[4 + i];
  return moved;
}

function texture(gl) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_MAG_FILTER, gl.LINEAR], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]])
    gl.texParameteri(gl.TEXTURE_2D, name, value);
  return made;
}

function program(gl, vertex, fragment) {
  const made = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  return made;
}
