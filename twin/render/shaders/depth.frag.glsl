varying float v_depth;

void main() { gl_FragColor = vec4(v_depth, 0.0, 0.0, 1.0); }
