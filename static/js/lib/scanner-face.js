/**
 * What a <badge-scanner> shows of itself: its words, buttons, found quad and foreign text.
 * @module
 */

/** @typedef {import("./choose-code.js").Point} Point */

/** The parts of one scanner, found by data-part, and its words, found by data-word in a template the server rendered. */
export class ScannerFace {
  #root;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  /** @param {string} word key of the words template; "" says nothing */
  say(word) {
    const words = this.#root.querySelector("template[data-words]");
    const found = words instanceof HTMLTemplateElement && word ? words.content.querySelector(`[data-word="${word}"]`) : null;
    const text = found?.textContent ?? "";
    const status = this.#part("status");
    // Screen readers repeat a live region that is written again, even with the same words.
    if (status.textContent !== text) status.textContent = text;
  }

  /**
   * @param {string} name
   * @param {boolean} visible
   */
  show(name, visible) {
    this.#part(name).hidden = !visible;
  }

  /** @param {import("./camera.js").Camera} camera that is open */
  async showTools(camera) {
    this.#showTool("torch", camera.hasTorch, camera.torchOn);
    this.#showTool("zoom", camera.hasZoom, camera.zoomedIn);
    this.#showTool("lens", (await camera.lensCount()) > 1);
    this.show("tools", camera.isOpen);
  }

  /** @param {string} text shown as text and nothing else; "" takes it away */
  showForeign(text) {
    this.show("foreign", text !== "");
    this.#part("foreign-text").textContent = text;
  }

  /**
   * @param {Point[] | null} corners of the code that was found, in pixels of the video frame
   * @param {{videoWidth: number, videoHeight: number}} frame
   */
  drawFound(corners, { videoWidth, videoHeight }) {
    const points = corners?.map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`).join(" ") ?? "";
    const sight = this.#root.querySelector("svg[data-part=sight]");
    sight?.setAttribute("viewBox", `0 0 ${videoWidth || 1} ${videoHeight || 1}`);
    sight?.querySelector("polygon")?.setAttribute("points", points);
  }

  /**
   * @param {string} name
   * @param {boolean} usable
   * @param {boolean} [pressed] of a button that stays pressed
   */
  #showTool(name, usable, pressed) {
    const button = this.#part(name);
    button.hidden = !usable;
    if (pressed !== undefined) button.setAttribute("aria-pressed", String(pressed));
  }

  /** @param {string} name */
  #part(name) {
    const part = this.#root.querySelector(`[data-part="${name}"]`);
    if (!(part instanceof HTMLElement)) throw new TypeError(`<badge-scanner> has no part ${name}`);
    return part;
  }
}
