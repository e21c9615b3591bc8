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
