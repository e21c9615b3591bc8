// iOS home-screen apps come back from the background with a live track and a still picture.
const STALLED_MS = 1500;
const LOOK_EVERY_MS = 500;
const FRAME_MS = 40;

/** Hands over video frames, one at a time: the next only when the last has been dealt with. Says when none come. */
export class FrameLoop {
  #video;
  #onFrame;
  #onStall;
  /** @type {number | undefined} */
  #watch;
  #run = 0;
  #lastTime = -1;
  #lastMoved = 0;

  /**
   * @param {HTMLVideoElement} video
   * @param {() => Promise<void>} onFrame must not reject
   * @param {() => void} onStall no new frame for 1.5 s while the page is visible
   */
  constructor(video, onFrame, onStall) {
    this.#video = video;
    this.#onFrame = onFrame;
    this.#onStall = onStall;
  }

  start() {
    this.stop();
    this.#lastMoved = performance.now();
    this.#watch = window.setInterval(() => this.#look(), LOOK_EVERY_MS);
    // The first frame stands there already: the callback would wait for another.
    this.#step(this.#run);
  }

  stop() {
    this.#run++;
    clearInterval(this.#watch);
  }

  /** @param {number} run */
  async #step(run) {
    if (run !== this.#run) return;
    await this.#onFrame();
    if (run === this.#run) this.#next(() => this.#step(run));
  }

  /** @param {() => void} step */
  #next(step) {
    if ("requestVideoFrameCallback" in this.#video) this.#video.requestVideoFrameCallback(step);
    else setTimeout(step, FRAME_MS);
  }

  #look() {
    const now = performance.now();
    const moved = this.#video.currentTime !== this.#lastTime;
    if (moved || document.visibilityState !== "visible") this.#lastMoved = now;
    this.#lastTime = this.#video.currentTime;
    if (now - this.#lastMoved > STALLED_MS) {
      this.stop();
      this.#onStall();
    }
  }
}
