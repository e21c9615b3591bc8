/**
 * Module worker: draws pictures, reads the QR codes in them, and climbs the retry ladder where there seem to be none.
 *
 * In: {id, picture, region, size, rungs}. Out: {id, reading} or {id, failure}.
 * @module
 */
import { loadReader } from "../lib/code-readers.js";
import { LADDER, lumaOf, meanLuma, rgbaOf } from "../lib/retry-ladder.js";

/**
 * @typedef {object} Question
 * @property {number} id
 * @property {ImageBitmap | VideoFrame} picture closed here when it has been drawn
 * @property {import("../lib/framing.js").Region} region of the picture to look at
 * @property {{width: number, height: number}} size to decode at
 * @property {number[]} rungs of the retry ladder to climb, in order, when the plain pass finds nothing
 */

/**
 * @typedef {object} Reading
 * @property {import("../lib/choose-code.js").FoundCode[]} codes at most four
 * @property {number} width of the decoded picture, in pixels; corners are in the same pixels
 * @property {number} height
 * @property {number} brightness mean luma, 0 to 255
 */

const canvas = new OffscreenCanvas(1, 1);
const pen = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
const reader = loadReader();
// A library is compiled when it first runs: on a blank picture, while the camera still opens. Nobody may be asking yet;
// the first question reports a failure.
reader.then((readCodes) => readCodes(new ImageData(640, 480))).catch(() => {});

addEventListener("message", async (/** @type {MessageEvent<Question>} */ { data }) => {
  try {
    postMessage({ id: data.id, reading: await read(data) });
  } catch (failure) {
    postMessage({ id: data.id, failure: String(failure) });
  }
});

/**
 * @param {Question} question
 * @returns {Promise<Reading>}
 */
async function read({ picture, region, size, rungs }) {
  const pixels = draw(picture, region, size);
  const plain = await codesIn(pixels);
  const luma = lumaOf(pixels.data, pixels.width, pixels.height);
  const codes = plain.length ? plain : await climb(luma, rungs);
  return { codes, ...size, brightness: meanLuma(luma) };
}

/**
 * @param {import("../lib/retry-ladder.js").Luma} luma
 * @param {number[]} rungs
 */
async function climb(luma, rungs) {
  for (const rung of rungs) {
    const { width, height, ...filtered } = LADDER[rung](luma);
    const codes = await codesIn(new ImageData(rgbaOf({ width, height, ...filtered }), width, height));
    if (codes.length) return codes;
  }
  return [];
}

/**
 * @param {ImageBitmap | VideoFrame} picture
 * @param {import("../lib/framing.js").Region} region
 * @param {{width: number, height: number}} size
 */
function draw(picture, region, { width, height }) {
  if (!pen) throw new Error("no canvas");
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  // A transparent picture is a dark code on nothing: on white it can be read.
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, region.x, region.y, region.width, region.height, 0, 0, width, height);
  picture.close();
  return pen.getImageData(0, 0, width, height);
}

/** @param {ImageData} pixels */
async function codesIn(pixels) {
  const readCodes = await reader;
  return readCodes(pixels);
}
