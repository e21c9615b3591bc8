/**
 * How far this phone's clock is from the server's, measured at each answer by the half of its round trip.
 *
 * A clock that somebody set meanwhile is noticed: wall and steady clock then disagree, and the offset counts as unknown.
 * @module
 */
import { newOperationId } from "./operation-id.js";

/**
 * @typedef {object} Measured
 * @property {number} offset milliseconds this phone is ahead of the server
 * @property {number} rtt milliseconds the answer took: the offset is right to half of it
 * @property {number} lead wall clock minus steady clock at the measurement, milliseconds
 * @property {string} boot of the page that measured
 */

const SET_BY_HAND_MS = 2000;
// An old exact measurement is worth more than a fresh vague one, but not for ever: clocks drift.
const AGES_BY_MS_PER_MINUTE = 5;

export class MeasuredClock {
  /** @type {Measured | null} */
  #measured = null;
  #measuredAt = -Infinity;
  #wall;
  #steady;
  #boot = newOperationId();

  /**
   * @param {() => number} [wall] milliseconds since 1970 by this phone
   * @param {() => number} [steady] milliseconds of a clock that nobody sets
   */
  constructor(wall = Date.now, steady = () => performance.now()) {
    this.#wall = wall;
    this.#steady = steady;
  }

  /** What is known, for keeping. */
  get measured() {
    return this.#measured;
  }

  /**
   * Take over what an earlier page of this phone had measured.
   * @param {Measured | undefined} kept
   */
  recall(kept) {
    this.#measured ??= kept ?? null;
  }

  /** The steady clock, for `learn`. */
  steady() {
    return this.#steady();
  }

  /**
   * An answer came that says the server's time.
   * @param {string} serverTime ISO
   * @param {number} sent steady milliseconds when it was asked
   * @param {number} got steady milliseconds when the answer was there
   */
  learn(serverTime, sent, got) {
    const server = Date.parse(serverTime);
    if (!Number.isFinite(server)) return;
    const rtt = Math.max(0, got - sent);
    const age = ((got - this.#measuredAt) / 60_000) * AGES_BY_MS_PER_MINUTE;
    if (this.#isSteady() && this.#measured && this.#measured.rtt + age < rtt) return;
    const lead = this.#wall() - this.#steady();
    this.#measured = { offset: Math.round(lead + (sent + got) / 2 - server), rtt: Math.round(rtt), lead, boot: this.#boot };
    this.#measuredAt = got;
  }

  /** What an operation says about when it was done. */
  stamp() {
    const sure = this.#measured && this.#isSteady() ? this.#measured : null;
    return {
      at: new Date(this.#wall()).toISOString(),
      offset: sure ? sure.offset : null,
      rtt: sure ? sure.rtt : null,
      mono: Math.round(this.#steady()),
      boot: this.#boot,
    };
  }

  /** The time by the server's clock, as well as this phone knows it. */
  now() {
    return new Date(this.#wall() - (this.stamp().offset ?? 0));
  }

  /** Whether the wall clock has run as evenly as the steady one since the measurement; another page's cannot be compared. */
  #isSteady() {
    const { lead, boot } = this.#measured ?? { lead: NaN, boot: "" };
    return boot !== this.#boot || Math.abs(this.#wall() - this.#steady() - lead) <= SET_BY_HAND_MS;
  }
}
