// The requested robot: only its outline, in the colour of what holds it back.
uniform vec3 u_eye;

varying vec3 v_position;
varying vec3 v_normal;
varying vec4 v_colour;
varying vec4 v_material;
varying float v_open;

void main() {
    float nv = abs(dot(normalize(v_normal), normalize(u_eye - v_position)));
    float line = smoothstep(0.62, 0.30, nv);
    gl_FragColor = vec4(v_colour.rgb, v_colour.a * (0.10 + 0.90 * line));
}
