// Marks over the picture: on the ground under what stands there, or before everything else.
uniform mat4 u_view_projection;
uniform vec3 u_measured;
uniform vec3 u_contrast;
uniform vec3 u_planned;
uniform vec3 u_force;
uniform vec3 u_push;
attribute vec3 a_position;
attribute vec3 a_look;      // tone, alpha, 1 for what nothing hides
varying vec4 v_colour;

void main() {
    vec3 colour = u_push;
    if (a_look.x < 0.5) colour = u_measured;
    else if (a_look.x < 1.5) colour = u_contrast;
    else if (a_look.x < 2.5) colour = u_planned;
    else if (a_look.x < 3.5) colour = u_force;
    v_colour = vec4(colour, a_look.y);
    gl_Position = u_view_projection * vec4(a_position, 1.0);
    if (a_look.z > 0.5) gl_Position.z = -0.99 * gl_Position.w + 0.005 * gl_Position.z;
    else gl_Position.z -= 0.0008 * gl_Position.w;
}
