/**
 * Filters that make a blurred or noisy code readable after the plain pass has missed it.
 *
 * Pictures are luma: one byte per pixel, row by row. Every function returns a new picture and leaves its input alone.
 * @module
 */

/**
 * @typedef {object} Luma
 * @property {number} width in pixels
 * @property {number} height in pixels
 * @property {Uint8Array} data width × height bytes
 */

/**
 * @typedef {(picture: Luma) => Luma} Rung
 */

/**
 * The rungs in the order of what they gain on the synthetic badge set.
 * @type {readonly Rung[]}
 */
export const LADDER = [
  (picture) => unsharp(boxBlur(picture, 1), 3, 2),
  (picture) => boxBlur(picture, 1),
  (picture) => unsharp(boxBlur(picture, 1), 4, 3),
];

/**
 * Luma of RGBA pixels by the weights the decoder itself uses, so that filtering nothing changes nothing.
 * @param {Uint8ClampedArray} rgba four bytes per pixel
 * @param {number} width
 * @param {number} height
 * @returns {Luma}
 */
export function lumaOf(rgba, width, height) {
  const data = new Uint8Array(width * height);
  for (let pixel = 0, at = 0; pixel < data.length; pixel++, at += 4) {
    data[pixel] = (306 * rgba[at] + 601 * rgba[at + 1] + 117 * rgba[at + 2] + 512) >> 10;
  }
  return { width, height, data };
}

/**
 * The grey RGBA pixels of a luma picture, opaque.
 * @param {Luma} picture
 * @returns {Uint8ClampedArray<ArrayBuffer>}
 */
export function rgbaOf({ data }) {
  const words = new Uint32Array(data.length);
  for (let pixel = 0; pixel < data.length; pixel++) words[pixel] = 0xff000000 | (data[pixel] * 0x010101);
  return new Uint8ClampedArray(words.buffer);
}

/**
 * Mean brightness, 0 to 255, from every 16th pixel.
 * @param {Luma} picture
 */
export function meanLuma({ data }) {
  let sum = 0;
  let count = 0;
  for (let pixel = 0; pixel < data.length; pixel += 16, count++) sum += data[pixel];
  return count ? sum / count : 0;
}

/**
 * Mean of the (2 × radius + 1)² pixels around each pixel; edges repeat.
 * @param {Luma} picture
 * @param {number} radius in pixels
 * @returns {Luma}
 */
export function boxBlur({ width, height, data }, radius) {
  const sums = rowSums(data, width, height, radius);
  const blurred = new Uint8Array(data.length);
  const column = new Uint32Array(width);
  const area = (2 * radius + 1) ** 2;
  const rowAt = (/** @type {number} */ y) => Math.max(0, Math.min(height - 1, y)) * width;
  for (let y = -radius; y <= radius; y++) {
    const row = rowAt(y);
    for (let x = 0; x < width; x++) column[x] += sums[row + x];
  }
  for (let y = 0; y < height; y++) {
    const here = y * width;
    const entering = rowAt(y + radius + 1);
    const leaving = rowAt(y - radius);
    for (let x = 0; x < width; x++) {
      blurred[here + x] = (column[x] / area + 0.5) | 0;
      column[x] += sums[entering + x] - sums[leaving + x];
    }
  }
  return { width, height, data: blurred };
}

/**
 * Push every pixel away from the mean around it: picture + gain × (picture − blurred picture).
 * @param {Luma} picture
 * @param {number} radius of the mean, in pixels
 * @param {number} gain
 * @returns {Luma}
 */
export function unsharp(picture, radius, gain) {
  const blurred = boxBlur(picture, radius).data;
  const { width, height, data } = picture;
  const sharp = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const value = data[at] + gain * (data[at] - blurred[at]);
    sharp[at] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
  return { width, height, data: sharp };
}

/**
 * @param {Uint8Array} data
 * @param {number} width
 * @param {number} height
 * @param {number} radius
 */
function rowSums(data, width, height, radius) {
  const sums = new Uint16Array(data.length);
  // One row with its edges repeated, so that the inner loop needs no bounds.
  const padded = new Uint8Array(width + 2 * radius + 1);
  for (let row = 0; row < height * width; row += width) {
    padded.fill(data[row], 0, radius);
    padded.set(data.subarray(row, row + width), radius);
    padded.fill(data[row + width - 1], radius + width);
    let sum = 0;
    for (let x = 0; x < 2 * radius + 1; x++) sum += padded[x];
    for (let x = 0; x < width; x++) {
      sums[row + x] = sum;
      sum += padded[x + 2 * radius + 1] - padded[x];
    }
  }
  return sums;
}
