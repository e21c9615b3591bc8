/**
 * Which of a phone's cameras to use. Browsers give each a label only after the first permission.
 * @module
 */

/** @typedef {{deviceId: string, kind: string, label: string}} Device */

const SPECIAL = /ultra|wide|tele|macro|depth|mono|infra/i;
const FRONT = /front|user|face|selfie/i;

/**
 * A second lens for far or near things, bad at reading a badge at arm's length.
 * @param {{label: string}} device
 */
export function isSpecial({ label }) {
  return SPECIAL.test(label);
}

/**
 * The cameras that look away from the person, the ordinary lens before special ones, else in the system's order.
 * @template {Device} D
 * @param {readonly D[]} devices
 * @returns {D[]}
 */
export function lensesOf(devices) {
  const cameras = devices.filter(({ kind }) => kind === "videoinput");
  const back = cameras.filter(({ label }) => !FRONT.test(label));
  const usable = back.length ? back : cameras;
  return [...usable].sort((one, other) => Number(isSpecial(one)) - Number(isSpecial(other)));
}

/**
 * The lens after the current one, going round; null when there is no other.
 * @template {Device} D
 * @param {readonly D[]} lenses
 * @param {string} currentId
 * @returns {D | null}
 */
export function nextLens(lenses, currentId) {
  const others = lenses.filter(({ deviceId }) => deviceId !== currentId);
  if (!others.length) return null;
  const at = lenses.findIndex(({ deviceId }) => deviceId === currentId);
  return lenses[(at + 1) % lenses.length];
}
