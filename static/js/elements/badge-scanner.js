// <badge-scanner mode sounds paused>: gives a plain form a camera. Its form works without it, by typed code.
//
// Says its state in data-camera (off, starting, live, refused, lost), data-request (idle, asking, unsent) and data-paused.
// Decoding pauses, with the camera on, while anything on the page has data-pauses-scanner. A read text is compared with
// our own origin and then posted or shown; nothing here ever navigates.

import { parseBadgeText } from "../lib/badge-code.js";
import { cameraPermission, noteCameraStarted, wasCameraStarted } from "../lib/camera-permission.js";
import { Camera, troubleOf } from "../lib/camera.js";
import { byNearness, chooseCode } from "../lib/choose-code.js";
import { Darkness } from "../lib/darkness.js";
import { Decoder, bitmapOf, frameOf } from "../lib/decoder.js";
import { Feedback, isMoment } from "../lib/feedback.js";
import { FrameLoop } from "../lib/frame-loop.js";
import { regionFor } from "../lib/framing.js";
import { HandScanner } from "../lib/hand-scanner.js";
import { ScanForm } from "../lib/scan-form.js";
import { ScannerFace } from "../lib/scanner-face.js";
import { SeenCodes } from "../lib/seen-codes.js";

/** @typedef {import("../lib/badge-code.js").BadgeText} BadgeText */
/** @typedef {import("../lib/choose-code.js").FoundCode & {means: BadgeText}} SortedCode */

const STALLS_ALLOWED = 3;
// Shown for a text of which nothing is left once it is harmless.
const ILLEGIBLE = "…";

export class BadgeScanner extends HTMLElement {
  #listening = new AbortController();
  #decoder = new Decoder();
  #darkness = new Darkness();
  #feedback = new Feedback();
  #seen = new SeenCodes();
  #face = new ScannerFace(this);
  /** @type {Camera | null} */
  #camera = null;
  /** @type {FrameLoop | null} */
  #loop = null;
  /** @type {ScanForm | null} */
  #form = null;
  #turn = 0;
  #stalls = 0;
  #wanted = false;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    if (!this.querySelector("video")) this.#build();
    const form = this.querySelector("form");
    if (!form) throw new TypeError("<badge-scanner> needs a form");
    this.#form = new ScanForm(form, this.#formListeners(), signal);
    new HandScanner(form, this.#handListeners(), signal);
    this.#camera = new Camera(this.#video);
    this.#loop = new FrameLoop(this.#video, () => this.#look(), () => this.#stalled());
    this.#feedback.sounds = this.getAttribute("sounds") === "on";
    this.#setCamera("off", "");
    this.dataset.request = "idle";
    this.#listen(signal);
    this.#startAlone();
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#wanted = false;
    this.#rest();
    this.#decoder.stop();
  }

  /**
   * The text of the code in a picture, the one nearest the middle when there are several: the code path of camera and
   * photo, without what follows from a scan.
   * @param {ImageBitmap} bitmap
   * @returns {Promise<string | null>}
   */
  async scanImage(bitmap) {
    const reading = await this.#decoder.readPicture(bitmap);
    return byNearness(reading.codes, reading)[0]?.code.text ?? null;
  }

  get #video() {
    return /** @type {HTMLVideoElement} */ (this.querySelector("video"));
  }

  #build() {
    const stage = this.querySelector("template[data-stage]");
    if (stage instanceof HTMLTemplateElement) stage.before(stage.content.cloneNode(true));
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("change", (event) => this.#photoChosen(event), { signal });
    // A finger is down for a tenth of a second: the decoder uses it.
    this.addEventListener("pointerdown", (event) => buttonOf(event)?.dataset.do === "start" && this.#decoder.warm(), { signal });
    document.addEventListener("pointerdown", () => this.#feedback.unlock(), { signal, once: true });
    document.addEventListener("visibilitychange", () => this.#comeOrGo(), { signal });
    window.addEventListener("pagehide", () => this.#rest(), { signal });
    window.addEventListener("pageshow", () => this.#comeOrGo(), { signal });
  }

  #formListeners() {
    return {
      onTyped: (/** @type {string} */ text) => this.#understood(text),
      onAsking: () => {
        this.#setRequest("asking");
        this.#showForeign("");
        this.#feedback.play("asking");
      },
      onAnswer: (/** @type {string | undefined} */ outcome) => {
        this.#setRequest("idle");
        if (isMoment(outcome)) this.#feedback.play(outcome);
      },
      onUnsent: () => {
        this.#setRequest("unsent");
        this.#feedback.play("unsent");
      },
    };
  }

  #handListeners() {
    return {
      isBadge: (/** @type {string} */ text) => meaningOf(text).kind !== "foreign",
      onText: (/** @type {string} */ text) => {
        const code = this.#form?.isHolding ? "" : this.#understood(text);
        if (code) this.#form?.send(code);
      },
      onHeard: (/** @type {boolean} */ heard) => this.#face.show("unheard", !heard),
    };
  }

  // The camera

  async #start() {
    if (!this.#camera || !this.#loop || this.dataset.camera === "starting") return;
    this.#wanted = true;
    this.#setCamera("starting", "starting");
    this.#decoder.warm();
    try {
      if (!(await this.#camera.open())) return;
    } catch (error) {
      this.#inTrouble(error);
      return;
    }
    noteCameraStarted();
    this.#setCamera("live", "live");
    this.#loop.start();
    await this.#showTools();
  }

  /** Open the camera without a tap when someone has started it in this tab before and the browser will not ask. */
  async #startAlone() {
    if (!wasCameraStarted()) return;
    const permission = await cameraPermission();
    if (permission?.state === "granted" && this.isConnected) await this.#start();
  }

  /** @param {unknown} error */
  #inTrouble(error) {
    const trouble = troubleOf(error);
    const hopeless = trouble === "refused" || trouble === "missing" || trouble === "insecure";
    this.#wanted = false;
    this.#setCamera(hopeless ? "refused" : "lost", trouble);
    if (trouble === "refused") this.#awaitPermission();
  }

  /** Never ask again after a refusal; offer the button again when the setting has been changed. */
  async #awaitPermission() {
    const permission = await cameraPermission();
    const changed = () => permission?.state !== "denied" && this.#setCamera("off", "");
    permission?.addEventListener("change", changed, { signal: this.#listening.signal });
  }

  #rest() {
    this.#loop?.stop();
    this.#camera?.close();
    this.#drawFound(null);
    if (this.dataset.camera === "live" || this.dataset.camera === "starting") this.#setCamera("off", "");
  }

  #comeOrGo() {
    if (document.visibilityState === "hidden") this.#rest();
    else if (this.#wanted && !this.#camera?.isOpen) this.#start();
  }

  #stalled() {
    this.#camera?.close();
    this.#setCamera("lost", "lost");
    if (++this.#stalls <= STALLS_ALLOWED) this.#start();
    else this.#wanted = false;
  }

  // Looking

  /** One video frame. Never rejects. */
  async #look() {
    if (this.#pausedNow()) return;
    const { videoWidth: width, videoHeight: height, clientWidth, clientHeight } = this.#video;
    if (!width || !height) return;
    const region = regionFor(this.#turn++, { width, height }, { width: clientWidth, height: clientHeight });
    const frame = await frameOf(this.#video, region, this.#decoder.takesWholeFrames);
    if (!frame) return;
    try {
      const reading = await this.#decoder.readFrame(frame);
      this.#stalls = 0;
      if (this.dataset.camera === "live" && !this.#pausedNow()) this.#consider(reading, region);
    } catch {
      // Perhaps only whole frames fail here: the next picture is cut out, and decides.
      if (this.#decoder.takesWholeFrames) this.#decoder.takesWholeFrames = false;
      else if (this.dataset.camera === "live") this.#readerBroke();
    }
  }

  #readerBroke() {
    this.#wanted = false;
    this.#rest();
    // A fresh worker may have more luck with the library than the one that failed.
    this.#decoder.stop();
    this.#setCamera("lost", "reader");
  }

  #resultWaits() {
    return this.hasAttribute("paused") || document.querySelector("[data-pauses-scanner]") !== null;
  }

  #pausedNow() {
    const paused = this.#resultWaits() || !!this.#form?.isHolding;
    if (paused === "paused" in this.dataset) return paused;
    this.toggleAttribute("data-paused", paused);
    this.#drawFound(null);
    if (!paused) this.#seen.resume(performance.now());
    else if (!this.#form?.isHolding) this.#face.say("");
    return paused;
  }

  /**
   * @param {import("../lib/decoder.js").Reading} reading
   * @param {import("../lib/framing.js").Region} region of the frame that was read
   */
  #consider(reading, region) {
    const codes = sorted(reading.codes);
    const chosen = chooseCode(codes, reading);
    this.#drawFound(chosen && chosen.corners.map(({ x, y }) => ({
      x: region.x + (x * region.width) / reading.width,
      y: region.y + (y * region.height) / reading.height,
    })));
    const lightHelps = this.#darkness.see(reading.brightness) && this.#camera?.hasTorch && !this.#camera.torchOn;
    this.toggleAttribute("data-light-helps", !!lightHelps);
    if (chosen) this.#found(chosen.means);
    else if (codes.length) this.#face.say("two");
    else this.#face.say(lightHelps ? "dark" : "live");
  }

  /** @param {BadgeText} means */
  #found(means) {
    if (!this.#seen.admit(means.text || means.code, performance.now())) return;
    if (means.kind === "foreign") this.#showForeign(means.code || ILLEGIBLE);
    else this.#send(means);
  }

  /** @param {BadgeText} means */
  #send(means) {
    if (!this.#form?.isHolding) this.#form?.send(means.text);
  }

  /**
   * What to send for a text that was typed by hand or by a hardware scanner; "" and a word of help when it is no code.
   * @param {string} text
   */
  #understood(text) {
    const means = parseBadgeText(text, location.origin);
    if (means.kind === "foreign") {
      this.#face.say("typed-wrong");
      this.#feedback.play("foreign");
    }
    return means.text;
  }

  /** @param {Event} event */
  async #photoChosen(event) {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file" || !input.files?.length) return;
    this.#face.say("reading");
    const bitmap = await bitmapOf(input.files[0]);
    input.value = "";
    if (!bitmap) return this.#face.say("nothing");
    try {
      this.#consideredPhoto(await this.#decoder.readPicture(bitmap));
    } catch {
      this.#readerBroke();
    }
  }

  /** @param {import("../lib/decoder.js").Reading} reading */
  #consideredPhoto(reading) {
    const codes = sorted(reading.codes);
    const chosen = chooseCode(codes, reading);
    this.#face.say(chosen ? this.#idleWord() : codes.length ? "two" : "nothing");
    if (!chosen) return;
    if (chosen.means.kind === "foreign") this.#showForeign(chosen.means.code || ILLEGIBLE);
    else this.#send(chosen.means);
  }

  // Hands

  /** @param {Event} event */
  #clicked(event) {
    const button = buttonOf(event);
    if (!button) return;
    this.#feedback.unlock();
    this.#do(button.dataset.do ?? "").catch((error) => this.#inTrouble(error));
  }

  /** @param {string} what */
  async #do(what) {
    if (what === "start") await this.#start();
    if (what === "again") this.#form?.sendAgain();
    if (what === "leave") this.#leave();
    if (what === "torch") await this.#camera?.toggleTorch();
    if (what === "zoom") await this.#camera?.toggleZoom();
    if (what === "lens") await this.#camera?.switchLens();
    if (what === "torch" || what === "zoom" || what === "lens") await this.#showTools();
  }

  #leave() {
    this.#form?.leave();
    // The same badge may be held up again at once: this time it is meant.
    this.#seen.clear();
    this.#setRequest("idle");
  }

  // Showing

  /**
   * @param {"off" | "starting" | "live" | "refused" | "lost"} state
   * @param {string} word
   */
  #setCamera(state, word) {
    this.dataset.camera = state;
    this.#face.show("start", state === "off" || state === "lost");
    if (state !== "live") this.#face.show("tools", false);
    this.#face.say(word);
  }

  /** @param {"idle" | "asking" | "unsent"} state */
  #setRequest(state) {
    this.dataset.request = state;
    this.#face.show("unsent", state === "unsent");
    this.#face.say({ asking: "asking", unsent: "", idle: this.#idleWord() }[state]);
  }

  #idleWord() {
    return this.dataset.camera === "live" && !this.#resultWaits() ? "live" : "";
  }

  async #showTools() {
    if (this.#camera?.isOpen) await this.#face.showTools(this.#camera);
  }

  /** @param {string} text */
  #showForeign(text) {
    this.#face.showForeign(text);
    if (text) this.#feedback.play("foreign");
  }

  /** @param {import("../lib/choose-code.js").Point[] | null} corners */
  #drawFound(corners) {
    this.#face.drawFound(corners, this.#video);
  }
}

/**
 * @param {Event} event
 * @returns {HTMLButtonElement | null} the button of ours that it happened on
 */
function buttonOf({ target }) {
  return target instanceof Element ? target.closest("button[data-do]") : null;
}

/**
 * What each code means. Strangers' codes count only when none of ours is in view.
 * @param {import("../lib/choose-code.js").FoundCode[]} codes
 * @returns {SortedCode[]}
 */
function sorted(codes) {
  const all = codes.map((code) => ({ ...code, means: meaningOf(code.text) }));
  const ours = all.filter(({ means }) => means.kind !== "foreign");
  return ours.length ? ours : all;
}

/**
 * Of a text read from a picture: there a typed code is as foreign as anything, since only badges carry our address.
 * @param {string} text
 * @returns {BadgeText}
 */
function meaningOf(text) {
  const means = parseBadgeText(text, location.origin);
  return means.kind === "typed" ? { kind: "foreign", code: means.code, text: "" } : means;
}

customElements.define("badge-scanner", BadgeScanner);
