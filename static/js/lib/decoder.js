import { decodeSize } from "./framing.js";
import { LADDER } from "./retry-ladder.js";
import { trustedScriptUrl } from "./trusted-urls.js";

/** @typedef {import("../workers/decode-worker.js").Reading} Reading */

/**
 * @typedef {object} Frame
 * @property {ImageBitmap | VideoFrame} picture
 * @property {import("./framing.js").Region} region of it to look at
 */

/**
 * @typedef {object} Waiting
 * @property {(reading: Reading) => void} answer
 * @property {(failure: Error) => void} fail
 */

const WORKER = new URL("../workers/decode-worker.js", import.meta.url);
const EVERY_RUNG = LADDER.map((_, rung) => rung);
// A phone's photo has far more pixels than a code needs: first a small copy, then as much as still fits in memory.
const PHOTO_SIDES = [1280, 2560];

/** Reads codes from pictures off the main thread. One worker, started by the first question. */
export class Decoder {
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();
  #questions = 0;
  #turn = 0;
  /** Whether frames are handed over whole: until one failed on its way or in the worker. */
  takesWholeFrames = "VideoFrame" in globalThis;

  /** Start the worker, so that its library is there when the first frame is. */
  warm() {
    this.#worker ??= this.#start();
  }

  /** End the worker; open questions fail. */
  stop() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#failAll(new Error("decoder stopped"));
  }

  /**
   * One video frame: the plain pass and one rung of the ladder, taking turns.
   * @param {Frame} frame its picture is given away
   * @returns {Promise<Reading>}
   */
  readFrame({ picture, region }) {
    return this.#ask(picture, region, decodeSize(region), [this.#turn++ % LADDER.length]);
  }

  /**
   * A still picture: the whole ladder, small first, then larger.
   * @param {ImageBitmap} bitmap stays the caller's
   * @returns {Promise<Reading>}
   */
  async readPicture(bitmap) {
    const sizes = PHOTO_SIDES.map((side) => decodeSize(bitmap, side));
    const whole = wholeOf(bitmap);
    let reading = await this.#ask(await createImageBitmap(bitmap), whole, sizes[0], EVERY_RUNG);
    if (!reading.codes.length && sizes[1].width > sizes[0].width) {
      reading = await this.#ask(await createImageBitmap(bitmap), whole, sizes[1], EVERY_RUNG);
    }
    return reading;
  }

  /**
   * @param {ImageBitmap | VideoFrame} picture
   * @param {import("./framing.js").Region} region
   * @param {{width: number, height: number}} size
   * @param {number[]} rungs
   * @returns {Promise<Reading>}
   */
  #ask(picture, region, size, rungs) {
    this.warm();
    const id = this.#questions++;
    return new Promise((answer, fail) => {
      this.#waiting.set(id, { answer, fail });
      try {
        this.#worker?.postMessage({ id, picture, region, size, rungs }, [picture]);
      } catch (refused) {
        this.#waiting.delete(id);
        picture.close();
        fail(refused instanceof Error ? refused : new Error(String(refused)));
      }
    });
  }

  #start() {
    const worker = new Worker(trustedScriptUrl(WORKER), { type: "module" });
    worker.addEventListener("message", ({ data }) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.reading) waiting?.answer(data.reading);
      else waiting?.fail(new Error(data.failure));
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.stop();
    });
    return worker;
  }

  /** @param {Error} failure */
  #failAll(failure) {
    for (const { fail } of this.#waiting.values()) fail(failure);
    this.#waiting.clear();
  }
}

/**
 * A picture ready to be read.
 * @param {ImageBitmapSource} source
 * @returns {Promise<ImageBitmap | null>} null for a file that is no picture
 */
export async function bitmapOf(source) {
  try {
    return await createImageBitmap(source);
  } catch {
    return null;
  }
}

/**
 * What a video shows now, ready to be read. A frame is handed over as it is and turned into pixels by the worker: here
 * that would take a large picture as long as the screen has between two of its own.
 * @param {HTMLVideoElement} video
 * @param {import("./framing.js").Region} region
 * @param {boolean} whole whether the decoder takes whole frames
 * @returns {Promise<Frame | null>} null between two cameras
 */
export async function frameOf(video, region, whole) {
  try {
    return (whole && wholeFrame(video, region)) || (await cutOut(video, region));
  } catch {
    return null;
  }
}

/**
 * @param {HTMLVideoElement} video
 * @param {import("./framing.js").Region} region
 * @returns {Frame | null} null where the browser turns frames otherwise than the video
 */
function wholeFrame(video, region) {
  const picture = new VideoFrame(video);
  if (picture.displayWidth === video.videoWidth && picture.displayHeight === video.videoHeight) return { picture, region };
  picture.close();
  return null;
}

/**
 * @param {HTMLVideoElement} video
 * @param {import("./framing.js").Region} region
 * @returns {Promise<Frame>}
 */
async function cutOut(video, { x, y, width, height }) {
  const picture = await createImageBitmap(video, x, y, width, height);
  return { picture, region: wholeOf(picture) };
}

/**
 * @param {ImageBitmap} bitmap
 * @returns {import("./framing.js").Region}
 */
function wholeOf({ width, height }) {
  return { x: 0, y: 0, width, height };
}
