// The ground: a lit disc under the robot that fades into the background, with lines every 0.25 m and 1 m.
uniform vec3 u_eye;
uniform vec2 u_centre;
uniform float u_reach;
uniform vec3 u_background;
uniform vec3 u_ground;
uniform vec3 u_line;
uniform float u_shade;
varying vec3 v_position;

// Coverage of the nearest line, which is ``width`` pixels wide; lines closer than a few pixels fade to their mean.
float lines(vec2 p, float width) {
    vec2 pixel = fwidth(p);
    vec2 near = abs(fract(p - 0.5) - 0.5) / pixel;
    vec2 cover = (1.0 - min(near / width, 1.0)) * clamp(1.4 - 4.0 * pixel, 0.0, 1.0);
    return max(cover.x, cover.y);
}

void main() {
    float distance = length(v_position.xy - u_centre);
    float fade = 1.0 - smoothstep(0.10 * u_reach, 0.95 * u_reach, distance);
    fade *= fade;
    float line = max(0.32 * lines(v_position.xy * 4.0, 1.0), 0.75 * lines(v_position.xy, 1.25));
    vec3 c = mix(u_ground, u_line, line) * mix(1.0 - u_shade, 1.0, lit(v_position, 0.0015));
    gl_FragColor = vec4(mix(u_background, c, fade), 1.0);
}
