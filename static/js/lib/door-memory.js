/**
 * What this door did itself and its list does not show yet: whom it let in, and whom it took back. Look-up ids and times,
 * never a name.
 * @module
 */

/** @typedef {import("./phone-store.js").PhoneStore} PhoneStore */
/** @typedef {import("./phone-store.js").Operation} Operation */
/**
 * @typedef {object} Done
 * @property {string} at ISO, by the server's clock as well as the phone knows it
 * @property {string} operation that let them in
 * @property {string | null} attendee
 * @property {boolean} out taken back by this phone
 * @property {string | null} heard when the server had it, ISO; null: it waits
 */

export class DoorMemory {
  #store;
  #key;
  /** @type {Map<string, Done>} by look-up id, `attendee:<id>` or `operation:<id>` */
  #done = new Map();

  /**
   * @param {PhoneStore} store
   * @param {string} event
   */
  constructor(store, event) {
    this.#store = store;
    this.#key = `door:${event}:done`;
  }

  /**
   * Take up what was kept, and what waits to be sent: that is the surer of the two.
   * @param {Operation[]} waiting of this door, in their order
   */
  async recall(waiting) {
    this.#done = new Map((await this.#store.fact(this.#key)) ?? []);
    for (const operation of waiting) this.#replay(operation);
  }

  /** @param {Operation} operation */
  #replay({ id, kind, body, decided, at, offset }) {
    if (kind === "undo_check_in") this.#setOut(body.operation);
    if (kind === "undo_check_in" || decided !== "admitted" || this.#of(id)) return;
    const corrected = new Date(Date.parse(at) - (offset ?? 0)).toISOString();
    this.#done.set(keyOf(id, body), { at: corrected, operation: id, attendee: body.attendee ?? null, out: false, heard: null });
  }

  /**
   * The admission this phone made, if it stands.
   * @param {string} key
   * @param {string | null} attendee the same guest may have come on another badge
   */
  find(key, attendee) {
    const done = this.#done.get(key) ?? (attendee && [...this.#done.values()].find((each) => each.attendee === attendee));
    return done || null;
  }

  /** How many this door let in beyond what its list knows. */
  get count() {
    return [...this.#done.values()].filter(({ out }) => !out).length;
  }

  /**
   * @param {string} key
   * @param {{at: string, operation: string, attendee: string | null, heard?: string | null}} admission
   */
  async admitted(key, { at, operation, attendee, heard = null }) {
    this.#done.set(key, { at, operation, attendee, out: false, heard });
    await this.#keep();
  }

  /** @param {string} operation that let somebody in, and was taken back here */
  async undone(operation) {
    this.#setOut(operation);
    await this.#keep();
  }

  /**
   * The server has these operations: the next list will say what became of them.
   * @param {string[]} operations
   * @param {string} at ISO
   */
  async heard(operations, at) {
    for (const done of this.#done.values()) if (operations.includes(done.operation)) done.heard = at;
    await this.#keep();
  }

  /**
   * A list came that was made then: what the server had before is in it.
   * @param {string} madeAt ISO
   */
  async covered(madeAt) {
    const before = this.#done.size;
    for (const [key, { heard }] of this.#done) if (heard && heard < madeAt) this.#done.delete(key);
    if (this.#done.size !== before) await this.#keep();
  }

  /** @param {string} operation */
  #of(operation) {
    return [...this.#done.values()].find((done) => done.operation === operation);
  }

  /** @param {string} operation */
  #setOut(operation) {
    const done = this.#of(operation);
    if (done) Object.assign(done, { out: true, heard: null });
  }

  async #keep() {
    await this.#store.setFact(this.#key, [...this.#done]);
  }
}

/**
 * Under what an admission is remembered.
 * @param {string} id of its operation
 * @param {Record<string, string>} body
 */
export function keyOf(id, body) {
  if (body.lookup) return body.lookup;
  return body.attendee ? `attendee:${body.attendee}` : `operation:${id}`;
}
