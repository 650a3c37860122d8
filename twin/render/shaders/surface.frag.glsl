// A studio: light from all round, one main lamp with a GGX highlight, two soft boxes that only reflections see.
uniform vec3 u_eye;
uniform mat3 u_lamps;           // columns: towards the main lamp, the warm and the cool soft box
uniform vec3 u_mark;            // linear colour of the selection's rim
uniform float u_ambient;
uniform float u_key;

varying vec3 v_position;
varying vec3 v_normal;
varying vec4 v_colour;
varying vec4 v_material;
varying float v_open;

const float PI = 3.14159265;

vec3 to_linear(vec3 srgb) { return srgb * (srgb * (srgb * 0.305306 + 0.682171) + 0.012523); }

// Narkowicz, ACES filmic tone mapping curve, 2016.
vec3 filmic(vec3 c) { return clamp(c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14), 0.0, 1.0); }

// What a mirror in direction r would see of the studio, blurred by roughness.
vec3 studio(vec3 r, float rough) {
    float soft = 0.04 + 0.22 * rough;
    vec3 c = mix(vec3(0.045, 0.047, 0.052), vec3(0.42, 0.45, 0.50), smoothstep(-0.35 - rough * 0.4, 0.95, r.z));
    float warm = smoothstep(0.88 - soft, 0.90 + soft, dot(r, u_lamps[1]));
    float cool = smoothstep(0.84 - soft, 0.88 + soft, dot(r, u_lamps[2]));
    return c + (1.0 - 0.6 * rough) * (1.7 * warm * vec3(1.0, 0.985, 0.96) + 0.95 * cool * vec3(0.76, 0.88, 1.0));
}

void main() {
    vec3 n = normalize(v_normal);
    vec3 v = normalize(u_eye - v_position);
    if (dot(n, v) < 0.0) n = -n;
    vec3 l = u_lamps[0];
    vec3 h = normalize(l + v);
    float nl = max(dot(n, l), 0.0), nv = max(dot(n, v), 0.02), nh = max(dot(n, h), 0.0), vh = max(dot(v, h), 0.0);

    vec3 base = to_linear(v_colour.rgb);
    float metal = v_material.x, rough = v_material.y, glow = v_material.z, mark = v_material.w;
    vec3 f0 = mix(vec3(0.04), base, metal);
    vec3 body = base * (1.0 - metal);

    // Cook-Torrance with GGX (Walter et al. 2007) and Schlick's approximations.
    float a2 = rough * rough * rough * rough;
    float d = nh * nh * (a2 - 1.0) + 1.0;
    d = a2 / (PI * d * d);
    float k = (rough + 1.0) * (rough + 1.0) / 8.0;
    float g = 1.0 / (4.0 * (nl * (1.0 - k) + k) * (nv * (1.0 - k) + k));
    vec3 fresnel = f0 + (1.0 - f0) * pow(1.0 - vh, 5.0);
    float key = u_key * nl * lit(v_position + n * 0.006, 0.0015);
    vec3 direct = (body * (1.0 - fresnel) / PI + fresnel * d * g) * key * vec3(1.0, 0.975, 0.94);

    float up = n.z * 0.5 + 0.5;
    vec3 around = mix(vec3(0.150, 0.147, 0.145), vec3(0.45, 0.48, 0.53), up * up * (3.0 - 2.0 * up)) * u_ambient;
    around += 0.16 * max(dot(n, u_lamps[2]), 0.0) * vec3(0.85, 0.93, 1.0);
    float grazing = pow(1.0 - nv, 5.0);
    vec3 mirror = f0 + (max(vec3(1.0 - rough), f0) - f0) * grazing;
    float open = v_open, mirror_open = clamp(open * 1.35 - 0.25, 0.0, 1.0);
    vec3 indirect = body * around * open + studio(reflect(-v, n), rough) * mirror * mirror_open;

    float rim = pow(1.0 - nv, 2.5);
    vec3 c = direct * (0.35 + 0.65 * open) + indirect + glow * base;
    c += rim * (0.06 + 0.10 * (1.0 - nl)) * vec3(0.62, 0.76, 0.95) * open;   // parts dark links from a dark ground
    if (mark > 1.5) c = mix(c, u_mark, 0.20) + u_mark * (1.1 * rim + 0.06);
    else if (mark > 0.5) c += u_mark * (0.45 * rim + 0.03);
    gl_FragColor = vec4(pow(filmic(c), vec3(1.0 / 2.2)), 1.0);
}
