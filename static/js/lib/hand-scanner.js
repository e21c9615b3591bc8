/**
 * A hardware scanner beside the page: heard on the whole page, in every field, and missed when another window is in front.
 *
 * No hidden field holds the focus for it: a phone would open its keyboard over the camera, and would name no keys.
 * @module
 */
import { WedgeReader, takeBack } from "./wedge.js";

/**
 * @typedef {object} Listeners
 * @property {(text: string) => boolean} isBadge whether a text that was typed into somebody's field is to be taken from it
 * @property {(text: string) => void} onText the scanner has read something
 * @property {(heard: boolean) => void} onHeard whether the next thing it reads arrives here; told once it is in use
 */

const FIELDS = "input, textarea";

/** Listens until its signal ends. */
export class HandScanner {
  #reader = new WedgeReader();
  #form;
  #listeners;
  #inUse = false;

  /**
   * @param {HTMLFormElement} form whose own field takes a typed code as it comes
   * @param {Listeners} listeners
   * @param {AbortSignal} signal
   */
  constructor(form, listeners, signal) {
    this.#form = form;
    this.#listeners = listeners;
    // Capturing runs before a field's own form could act on the scanner's Enter.
    document.addEventListener("keydown", (event) => this.#pressed(event), { capture: true, signal });
    window.addEventListener("blur", () => this.#hearing(false), { signal });
    window.addEventListener("focus", () => this.#hearing(true), { signal });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const field = fieldOf(event);
    if (field && field.form === this.#form) return;
    const text = this.#reader.press(event.key, event.timeStamp);
    if (text === null || (field && !this.#listeners.isBadge(text))) return;
    // Its Enter would press whatever button has the focus, or send the form of the field.
    event.preventDefault();
    event.stopPropagation();
    if (field) takeBack(field, text);
    this.#inUse = true;
    this.#listeners.onText(text);
  }

  /** @param {boolean} heard */
  #hearing(heard) {
    if (this.#inUse) this.#listeners.onHeard(heard);
  }
}

/**
 * @param {KeyboardEvent} event
 * @returns {HTMLInputElement | HTMLTextAreaElement | null} the field that gets the key
 */
function fieldOf({ target }) {
  return target instanceof Element ? target.closest(FIELDS) : null;
}
