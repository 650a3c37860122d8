// The commanded robot: a hologram, clear in the middle and bright at the rim.
uniform vec3 u_eye;
uniform vec4 u_ghost;  // colour and strength

varying vec3 v_position;
varying vec3 v_normal;
varying vec4 v_colour;
varying vec4 v_material;
varying float v_open;

void main() {
    float nv = abs(dot(normalize(v_normal), normalize(u_eye - v_position)));
    float rim = (1.0 - nv) * (1.0 - nv);
    gl_FragColor = vec4(u_ghost.rgb * (0.78 + 0.5 * rim), u_ghost.a * v_colour.a * (0.28 + 0.72 * rim));
}
