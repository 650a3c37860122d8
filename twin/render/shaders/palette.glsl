// A vertex and the row of the palette that carries it; see palette.py.
uniform sampler2D u_palette;
uniform float u_rows;       // rows of the palette
uniform float u_first_row;  // 0 for the scene, n for the commanded robot
uniform float u_recede;     // metres by which to draw farther away: where both robots coincide, the measured wins
uniform vec3 u_eye;         // what to recede from

attribute vec3 a_position;
attribute vec3 a_normal;
attribute float a_geom;
attribute float a_open;

vec4 texel(float column) {
    return texture2D(u_palette, vec2((column + 0.5) / 5.0, (u_first_row + a_geom + 0.5) / u_rows));
}

// Position (w = 1) or direction (w = 0) from the geom's frame to the world's.
vec3 placed(vec3 v, float w) {
    vec4 h = vec4(v, w);
    return vec3(dot(texel(0.0), h), dot(texel(1.0), h), dot(texel(2.0), h));
}

vec3 receded(vec3 p) { return p + u_recede * normalize(p - u_eye); }
