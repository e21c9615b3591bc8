/**
 * The names of tonight's guests, for a door that chose to search them without a network. They are in the memory of this
 * page and nowhere else: no database, no cache, no storage of this phone ever holds one. With the page they are gone.
 * @module
 */
import { isEnough, partsOf, searchKey } from "./search-key.js";

/**
 * @typedef {object} Named one guest
 * @property {string} id
 * @property {string} name
 * @property {string} company
 * @property {string} box
 * @property {string | null} cancelled since when, ISO
 * @property {string | null} since when they are in, ISO
 * @property {string} key by which they are found, with a space on each side
 */
/** @typedef {{searched: boolean, guests: Named[], more: boolean}} Found */
/** @typedef {"held" | "long" | "unreachable"} Taken */

const SCHEMA = 1;
const PATIENCE_MS = 15_000;
const RENEWED_AFTER_MS = 5 * 60_000;
const FOUND_AT_ONCE = 6;

export class DoorNames {
  #event;
  #send;
  #steady;
  #takenAt = -Infinity;
  /** @type {Named[]} */
  #guests = [];
  /** @type {string | null} when they were taken, ISO; null: none are held */
  madeAt = null;

  /**
   * @param {string} event UUID
   * @param {object} [ways]
   * @param {typeof fetch} [ways.send]
   * @param {() => number} [ways.steady]
   */
  constructor(event, { send = (...asked) => fetch(...asked), steady = () => performance.now() } = {}) {
    this.#event = event;
    this.#send = send;
    this.#steady = steady;
  }

  /** How many names are held. */
  get count() {
    return this.#guests.length;
  }

  /**
   * Fetch the names, and hold them. What was held stays where none come.
   * @returns {Promise<Taken>}
   */
  async take() {
    this.#takenAt = this.#steady();
    const answer = await this.#ask().catch(() => null);
    if (answer?.error === "too many") return "long";
    if (answer?.event !== this.#event || !Array.isArray(answer.guests)) return "unreachable";
    this.#guests = answer.guests.map(named);
    this.madeAt = answer.made_at;
    return "held";
  }

  /** The list has changed: fetch what is held anew, now and then. */
  async renew() {
    if (this.madeAt && this.#steady() - this.#takenAt >= RENEWED_AFTER_MS) await this.take();
  }

  /** Let go of every name. */
  forget() {
    this.#guests = [];
    this.madeAt = null;
  }

  async #ask() {
    const response = await this.#send(`/events/${this.#event}/door/names`, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(),
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) return null;
    const answer = await response.json();
    return answer?.schema === SCHEMA ? answer : null;
  }

  /**
   * Guests with all these words in their name in any order, accent or case; names that begin so come first.
   * @param {string} words
   * @returns {Found}
   */
  find(words) {
    if (!searchKey(words) || !isEnough(words)) return { searched: false, guests: [], more: false };
    const parts = partsOf(words);
    const found = this.#guests.filter(({ key }) => parts.every((part) => key.includes(part)));
    const begins = (/** @type {Named} */ { key }) => parts.every((part) => key.includes(` ${part.trim()}`));
    const ranked = [...found.filter(begins), ...found.filter((guest) => !begins(guest))];
    return { searched: true, guests: ranked.slice(0, FOUND_AT_ONCE), more: ranked.length > FOUND_AT_ONCE };
  }
}

/** @param {any[]} line @returns {Named} */
function named([id, name, company, box, cancelled, since, key]) {
  return { id, name, company, box, cancelled, since, key: ` ${key} ` };
}
