// A soft dark patch under something that stands or hovers over a level surface.
uniform mat4 u_view_projection;
attribute vec3 a_centre;
attribute vec2 a_corner;    // -1..1
attribute vec3 a_patch;     // half sizes in metres, strength
varying vec2 v_corner;
varying float v_strength;

void main() {
    v_corner = a_corner;
    v_strength = a_patch.z;
    gl_Position = u_view_projection * vec4(a_centre + vec3(a_corner * a_patch.xy, 0.0), 1.0);
    gl_Position.z -= 0.0004 * gl_Position.w;  // over the surface it lies on, but under what stands there
}
