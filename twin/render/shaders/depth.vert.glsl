uniform mat4 u_view_projection;

varying float v_depth;

invariant gl_Position;

void main() {
    vec3 position = receded(placed(a_position, 1.0));
    gl_Position = u_view_projection * vec4(position, 1.0);
    if (texel(3.0).a <= 0.0) gl_Position = vec4(0.0, 0.0, -2.0, 1.0);
    v_depth = gl_Position.z / gl_Position.w * 0.5 + 0.5;
}
