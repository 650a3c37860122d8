uniform mat4 u_view_projection;
uniform vec2 u_centre;
uniform float u_reach;
attribute vec2 a_corner;
varying vec3 v_position;

void main() {
    v_position = vec3(u_centre + a_corner * u_reach, 0.0);
    gl_Position = u_view_projection * vec4(v_position, 1.0);
}
