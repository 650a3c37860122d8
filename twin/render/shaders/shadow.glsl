// Share of the main lamp's light that reaches a point of the world.
uniform sampler2D u_shadow;
uniform mat4 u_lamp;        // world to the lamp's clip space
uniform float u_shadow_texel;  // size of a texel; 0 when shadows are off

float lit(vec3 p, float bias) {
    if (u_shadow_texel <= 0.0) return 1.0;
    vec3 s = (u_lamp * vec4(p, 1.0)).xyz * 0.5 + 0.5;
    if (s.x < 0.0 || s.y < 0.0 || s.x > 1.0 || s.y > 1.0) return 1.0;
    float sum = 0.0;
    for (int i = -2; i <= 2; i++)
        for (int j = -2; j <= 2; j++)
            sum += step(s.z - bias, texture2D(u_shadow, s.xy + vec2(float(i), float(j)) * 1.7 * u_shadow_texel).r);
    return sum / 25.0;
}
