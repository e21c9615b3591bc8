/**
 * @typedef {object} Point
 * @property {number} x
 * @property {number} y
 */

/**
 * @typedef {object} FoundCode
 * @property {string} text
 * @property {Point[]} corners of the code's quad, in pixels of the picture it was found in
 */

// Two codes whose distances differ by less than this part of the picture's shorter side are comparably near.
const CLEARLY_NEARER = 0.12;

/** @param {FoundCode} code */
export function middleOf({ corners }) {
  const sum = corners.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / corners.length, y: sum.y / corners.length };
}

/**
 * The codes ordered by how near they lie to the reticle, which is the middle of the picture.
 * @template {FoundCode} Code
 * @param {readonly Code[]} codes
 * @param {{width: number, height: number}} picture
 * @returns {{code: Code, distance: number}[]} distance as part of the picture's shorter side
 */
export function byNearness(codes, { width, height }) {
  const side = Math.min(width, height);
  return codes
    .map((code) => {
      const { x, y } = middleOf(code);
      return { code, distance: Math.hypot(x - width / 2, y - height / 2) / side };
    })
    .sort((one, other) => one.distance - other.distance);
}

/**
 * The code someone aims at, or null when there is none or when two lie comparably near and it is better to wait.
 * @template {FoundCode} Code
 * @param {readonly Code[]} codes
 * @param {{width: number, height: number}} picture
 * @returns {Code | null}
 */
export function chooseCode(codes, picture) {
  const [nearest, ...others] = byNearness(codes, picture);
  if (!nearest) return null;
  const rival = others.find(({ code }) => code.text !== nearest.code.text);
  return rival && rival.distance - nearest.distance < CLEARLY_NEARER ? null : nearest.code;
}
