/** The same text counts again only when it has been out of sight this long, in milliseconds. */
export const SAME_AGAIN_MS = 3000;
/** Another text counts when the one before was taken this long ago, in milliseconds. */
export const OTHER_AFTER_MS = 300;

/** Decides which sightings of a code are new. Pure but for its memory; the clock comes in as an argument. */
export class SeenCodes {
  /** @type {Map<string, number>} text to when it was last seen */
  #seen = new Map();
  #lastTaken = -Infinity;
  #latest = "";

  /**
   * A code is in view: is this one to act on?
   * @param {string} text
   * @param {number} now in milliseconds of any steady clock
   */
  admit(text, now) {
    this.#forget(now);
    const known = this.#seen.has(text);
    if (known) this.#seen.set(text, now);
    if (known || now - this.#lastTaken < OTHER_AFTER_MS) return false;
    this.#take(text, now);
    return true;
  }

  /**
   * Looking starts again after a pause. What was taken last may have been in view all along, so it counts as seen now.
   * @param {number} now
   */
  resume(now) {
    if (this.#latest) this.#seen.set(this.#latest, now);
  }

  /** Forget everything: the next sighting of any code is new. */
  clear() {
    this.#seen.clear();
    this.#latest = "";
  }

  /**
   * @param {string} text
   * @param {number} now
   */
  #take(text, now) {
    this.#seen.set(text, now);
    this.#lastTaken = now;
    this.#latest = text;
  }

  /** @param {number} now */
  #forget(now) {
    for (const [text, at] of this.#seen) if (now - at >= SAME_AGAIN_MS) this.#seen.delete(text);
  }
}
