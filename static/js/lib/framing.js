/**
 * Which part of a video frame to decode. Pure arithmetic on sizes in pixels.
 * @module
 */

/**
 * @typedef {{width: number, height: number}} Size
 * @typedef {{x: number, y: number, width: number, height: number}} Region
 */

// What one decode may cost on a phone: the long side of a 1280 × 720 frame.
const LONGEST_SIDE = 1280;

/**
 * The part of a frame that shows in a box filled by `object-fit: cover`, centred.
 * @param {Size} frame
 * @param {Size} box as laid out; an empty box shows everything
 * @returns {Region}
 */
export function visibleRegion(frame, box) {
  if (!box.width || !box.height) return { x: 0, y: 0, ...frame };
  const scale = Math.max(box.width / frame.width, box.height / frame.height);
  const width = Math.min(frame.width, Math.round(box.width / scale));
  const height = Math.min(frame.height, Math.round(box.height / scale));
  return { x: Math.floor((frame.width - width) / 2), y: Math.floor((frame.height - height) / 2), width, height };
}

/**
 * The region of frame number `turn`: the visible part, on every other frame the whole, for badges held off-centre.
 * @param {number} turn counts up from 0
 * @param {Size} frame
 * @param {Size} box
 * @returns {Region}
 */
export function regionFor(turn, frame, box) {
  return turn % 2 ? { x: 0, y: 0, ...frame } : visibleRegion(frame, box);
}

/**
 * The size to decode a region at: its own, or smaller when it is larger than a phone can decode in time.
 * @param {Size} region
 * @param {number} [longest] longest side allowed
 * @returns {Size}
 */
export function decodeSize({ width, height }, longest = LONGEST_SIDE) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
