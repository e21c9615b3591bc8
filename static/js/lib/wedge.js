/**
 * Hardware scanners, which type what they read and press Enter ("keyboard wedge").
 * @module
 */

// A hardware scanner types a character every 5 to 50 milliseconds; nobody types eight in a row that fast.
const FASTEST_TYPIST_MS = 60;
const SHORTEST_TEXT = 8;

/** Tells a hardware scanner, which types its text and presses Enter, from a person at the keyboard. */
export class WedgeReader {
  #text = "";
  #lastAt = -Infinity;

  /**
   * One key was pressed.
   * @param {string} key as in KeyboardEvent.key
   * @param {number} at milliseconds of a steady clock
   * @returns {string | null} the whole text when this key ended it
   */
  press(key, at) {
    if (key === "Shift") return null;
    if (at - this.#lastAt > FASTEST_TYPIST_MS) this.#text = "";
    this.#lastAt = at;
    if (key === "Enter") return this.#finish();
    this.#text = key.length === 1 ? this.#text + key : "";
    return null;
  }

  #finish() {
    const text = this.#text;
    this.#text = "";
    return text.length >= SHORTEST_TEXT ? text : null;
  }
}

/**
 * Take a scanner's text out of the field it was typed into. Whoever was writing there keeps their words and their place.
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {string} text
 */
export function takeBack(field, text) {
  const end = field.selectionStart ?? field.value.length;
  const start = end - text.length;
  if (start < 0 || field.value.slice(start, end) !== text) return;
  field.value = field.value.slice(0, start) + field.value.slice(end);
  if (field.selectionStart !== null) field.setSelectionRange(start, start);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
