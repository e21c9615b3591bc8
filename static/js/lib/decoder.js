import { decodeSize } from "./framing.js";
import { LADDER } from "./retry-ladder.js";
import { trustedScriptUrl } from "./trusted-urls.js";

/** @typedef {import("../workers/decode-worker.js").Reading} Reading */

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
   * @param {ImageBitmap} bitmap given away
   * @returns {Promise<Reading>}
   */
  readFrame(bitmap) {
    return this.#ask(bitmap, decodeSize(bitmap), [this.#turn++ % LADDER.length]);
  }

  /**
   * A still picture: the whole ladder, small first, then larger.
   * @param {ImageBitmap} bitmap stays the caller's
   * @returns {Promise<Reading>}
   */
  async readPicture(bitmap) {
    const sizes = PHOTO_SIDES.map((side) => decodeSize(bitmap, side));
    let reading = await this.#ask(await createImageBitmap(bitmap), sizes[0], EVERY_RUNG);
    if (!reading.codes.length && sizes[1].width > sizes[0].width) {
      reading = await this.#ask(await createImageBitmap(bitmap), sizes[1], EVERY_RUNG);
    }
    return reading;
  }

  /**
   * @param {ImageBitmap} bitmap
   * @param {{width: number, height: number}} size
   * @param {number[]} rungs
   * @returns {Promise<Reading>}
   */
  #ask(bitmap, size, rungs) {
    this.warm();
    const id = this.#questions++;
    return new Promise((answer, fail) => {
      this.#waiting.set(id, { answer, fail });
      this.#worker?.postMessage({ id, bitmap, size, rungs }, [bitmap]);
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
 * @param {import("./framing.js").Region} [region] all of it when left out
 * @returns {Promise<ImageBitmap | null>} null for a file that is no picture and for a video between two cameras
 */
export async function bitmapOf(source, region) {
  try {
    if (!region) return await createImageBitmap(source);
    return await createImageBitmap(source, region.x, region.y, region.width, region.height);
  } catch {
    return null;
  }
}
