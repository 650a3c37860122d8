// What the graphics card is told, and small things around it.

const HEAD = '#version 300 es\n', CAMERA = 'uniform mat4 projection, view, model;';
export const SHADERS = {
  quad: [`${HEAD}${CAMERA} uniform vec2 size; out vec2 uv;
void main() { vec2 c = vec2(gl_VertexID & 1, gl_VertexID >> 1); uv = vec2(c.x, 1. - c.y);
  gl_Position = projection * view * model * vec4((c - .5) * size, 0, 1); }`, `${HEAD}precision mediump float;
in vec2 uv; uniform sampler2D image; uniform float frozen; out vec4 colour;
void main() { vec4 c = texture(image, uv); float grey = dot(c.rgb, vec3(.3, .6, .1)) * .5; colour = vec4(mix(c.rgb, vec3(grey), frozen), c.a); }`],
  points: [`${HEAD}uniform mat4 projection, view; in vec3 place;
void main() { gl_Position = projection * view * vec4(place, 1); gl_PointSize = 5.; }`, `${HEAD}precision mediump float;
out vec4 colour; void main() { colour = vec4(.35, .75, 1, 1); }`],
  box: [`${HEAD}${CAMERA} in vec3 place; in vec3 normal; out float light;
void main() { vec4 p = view * model * vec4(place, 1); vec3 n = normalize(mat3(view * model) * normal);
  light = .45 + .55 * abs(dot(n, normalize(-p.xyz))); gl_Position = projection * p; }`, `${HEAD}precision mediump float;
in float light; uniform vec4 colour; out vec4 shown; void main() { shown = vec4(colour.rgb * light, colour.a); }`],
};

// A box of half sizes 1: place and normal of each corner of its twelve triangles.
export const BOX = new Float32Array([0, 1, 2].flatMap(axis => [-1, 1].flatMap(side => [[-1, -1], [1, -1], [1, 1], [-1, -1], [1, 1], [-1, 1]].flatMap(([a, b]) => {
  const place = [0, 0, 0], normal = [0, 0, 0];
  place[axis] = normal[axis] = side;
  place[(axis + 1) % 3] = a;
  place[(axis + 2) % 3] = b;
  return [...place, ...normal];
}))));

export function boxBuffer(gl, user) {
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, BOX, gl.STATIC_DRAW);
  for (const [name, at] of [['place', 0], ['normal', 12]]) {
    const slot = gl.getAttribLocation(user, name);
    gl.enableVertexAttribArray(slot);
    gl.vertexAttribPointer(slot, 3, gl.FLOAT, false, 24, at);
  }
  return array;
}

export function texture(gl) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_MAG_FILTER, gl.LINEAR], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]])
    gl.texParameteri(gl.TEXTURE_2D, name, value);
  return made;
}

export function program(gl, vertex, fragment) {
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
