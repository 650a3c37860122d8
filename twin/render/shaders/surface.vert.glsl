uniform mat4 u_view_projection;

varying vec3 v_position;
varying vec3 v_normal;
varying vec4 v_colour;
varying vec4 v_material;
varying float v_open;

invariant gl_Position;

void main() {
    v_position = receded(placed(a_position, 1.0));
    v_normal = placed(a_normal, 0.0);
    v_colour = texel(3.0);
    v_material = texel(4.0);
    v_open = a_open;
    gl_Position = u_view_projection * vec4(v_position, 1.0);
    if (v_colour.a <= 0.0) gl_Position = vec4(0.0, 0.0, -2.0, 1.0);  // not shown: all corners at one clipped point
}
