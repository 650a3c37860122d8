varying vec2 v_corner;
varying float v_strength;

void main() {
    float r2 = dot(v_corner, v_corner);
    float fall = max(1.0 - r2, 0.0);
    gl_FragColor = vec4(0.0, 0.0, 0.0, v_strength * fall * fall);
}
