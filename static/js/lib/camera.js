import { isSpecial, lensesOf, nextLens } from "./lens.js";

/** @typedef {"refused" | "missing" | "busy" | "insecure" | "broken"} CameraTrouble */

/** @type {Record<string, CameraTrouble>} DOMException names of getUserMedia, W3C Media Capture and Streams, 10.2 */
const TROUBLES = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

const LENS_KEY = "mixwell-lens";
const ZOOMED_IN = 2;

/**
 * What kept the camera from opening.
 * @param {unknown} error
 * @returns {CameraTrouble}
 */
export function troubleOf(error) {
  if (!navigator.mediaDevices) return "insecure";
  return (error instanceof Error && TROUBLES[error.name]) || "broken";
}

/** One camera feeding one <video>, with its torch, zoom and lens, and the screen kept awake while it is open. */
export class Camera {
  #video;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  /** @type {WakeLockSentinel | null} */
  #wakeLock = null;
  #opening = 0;
  torchOn = false;
  zoomedIn = false;

  /** @param {HTMLVideoElement} video outside every swap region */
  constructor(video) {
    this.#video = video;
    video.muted = true;
    video.playsInline = true;
  }

  get isOpen() {
    return this.#track?.readyState === "live";
  }

  get hasTorch() {
    return Boolean(this.#capabilities.torch);
  }

  get hasZoom() {
    return (this.#capabilities.zoom?.max ?? 1) >= ZOOMED_IN;
  }

  /**
   * Open the remembered lens, or the back camera. Rejects with what getUserMedia says; see `troubleOf`.
   * @returns {Promise<boolean>} false when it was closed again meanwhile
   */
  async open() {
    const remembered = readLens();
    const opened = await this.#use(remembered);
    if (!opened || remembered || !this.#track || !isSpecial(this.#track)) return opened;
    const [ordinary] = await lenses();
    return ordinary && !isSpecial(ordinary) ? this.#use(ordinary.deviceId) : opened;
  }

  /** Let the camera go. */
  close() {
    this.#opening++;
    this.#track?.stop();
    this.#track = null;
    this.#video.srcObject = null;
    this.torchOn = this.zoomedIn = false;
    this.#wakeLock?.release().catch(() => {});
    this.#wakeLock = null;
  }

  /** How many lenses could be used; known once the camera is open. */
  async lensCount() {
    return (await lenses()).length;
  }

  /** Go to the next lens and remember it. */
  async switchLens() {
    const next = nextLens(await lenses(), this.#track?.getSettings().deviceId ?? "");
    if (!next) return;
    writeLens(next.deviceId);
    this.close();
    await this.#use(next.deviceId);
  }

  async toggleTorch() {
    await this.#set("torch", !this.torchOn);
    this.torchOn = !this.torchOn;
  }

  async toggleZoom() {
    const { min } = this.#capabilities.zoom ?? { min: 1 };
    await this.#set("zoom", this.zoomedIn ? Math.max(1, min) : ZOOMED_IN);
    this.zoomedIn = !this.zoomedIn;
  }

  /**
   * @param {string} deviceId "" for whichever looks away from the person
   */
  async #use(deviceId) {
    const turn = ++this.#opening;
    const lens = deviceId ? { deviceId: { ideal: deviceId } } : {};
    const facingMode = { ideal: "environment" };
    const video = { ...lens, facingMode, width: { ideal: 1920 }, height: { ideal: 1080 } };
    // Phones refuse to open one camera while another is held.
    this.#track?.stop();
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    const [track] = stream.getVideoTracks();
    if (turn !== this.#opening) {
      track.stop();
      return false;
    }
    this.#track = track;
    this.#video.srcObject = stream;
    // Refused while hidden or in battery saving; the video then starts with the page's next tap.
    await this.#video.play().catch(() => {});
    // Not waited for: the first frame matters more, and some phones refuse.
    this.#stayAwake(turn);
    return turn === this.#opening;
  }

  /** @param {number} turn */
  async #stayAwake(turn) {
    if (this.#wakeLock && !this.#wakeLock.released) return;
    const lock = await navigator.wakeLock?.request("screen").catch(() => null);
    if (turn === this.#opening) this.#wakeLock = lock ?? null;
    else await lock?.release().catch(() => {});
  }

  get #capabilities() {
    const known = this.#track?.getCapabilities?.() ?? {};
    return /** @type {{torch?: boolean, zoom?: {min: number, max: number}}} */ (known);
  }

  /**
   * @param {"torch" | "zoom"} name
   * @param {boolean | number} value
   */
  async #set(name, value) {
    const wish = /** @type {MediaTrackConstraintSet} */ ({ [name]: value });
    await this.#track?.applyConstraints({ advanced: [wish] });
  }
}

async function lenses() {
  return lensesOf(await navigator.mediaDevices.enumerateDevices());
}

function readLens() {
  try {
    return localStorage.getItem(LENS_KEY) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} deviceId */
function writeLens(deviceId) {
  try {
    localStorage.setItem(LENS_KEY, deviceId);
  } catch {
    // Storage can be refused; the choice then lasts until the page is left.
  }
}
