/** How far colours are apart, as everyone sees them: Oklab distances under Machado's simulations of colour blindness. */
import { parseColor } from '../color';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

/** Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB. */
export const SIMULATIONS: Readonly<Record<string, Matrix>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const apply = (matrix: Matrix, color: Triple): Triple => [
  dot(matrix[0], color),
  dot(matrix[1], color),
  dot(matrix[2], color),
];

const TO_CONE: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const TO_LAB: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];

function linear(hex: string): Triple {
  const [red, green, blue] = parseColor(hex).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return [red ?? 0, green ?? 0, blue ?? 0];
}

function lab(hex: string, simulation: Matrix): Triple {
  const [red, green, blue] = apply(simulation, linear(hex)).map((value) => Math.min(1, Math.max(0, value)));
  const [long, medium, short] = apply(TO_CONE, [red ?? 0, green ?? 0, blue ?? 0]).map(Math.cbrt);
  return apply(TO_LAB, [long ?? 0, medium ?? 0, short ?? 0]);
}

/** Distance times 100; below about 2 two colours look the same side by side. */
export function distance(a: string, b: string, simulation: Matrix): number {
  const [first, second] = [lab(a, simulation), lab(b, simulation)];
  return 100 * Math.hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
}
