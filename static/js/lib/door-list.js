/**
 * The sealed guest list of one event as this door keeps it: fetched in parts that changed, opened badge by badge.
 * @module
 */
import { bucketOf, lookupId, openRecord } from "./sealing.js";

/** @typedef {import("./phone-store.js").PhoneStore} PhoneStore */
/** @typedef {import("./measured-clock.js").MeasuredClock} MeasuredClock */
/**
 * @typedef {object} Head what is known about the list
 * @property {{id: string, title: string, timezone: string, ends_at: string, capacity: number | null}} event
 * @property {string} device label under which this phone speaks
 * @property {string} door
 * @property {string} made_at when the server last said that this is how it stands, ISO
 * @property {{guests: number, inside: number}} counts
 * @property {{places: number} | null} lease
 * @property {string} digests
 * @property {string} [tag] ETag
 */
/**
 * @typedef {object} Guest what a badge opened
 * @property {string} a attendee id
 * @property {string} n name
 * @property {string} x box of the badge
 * @property {"ok" | "cancelled" | "replaced"} s
 * @property {string | null} t
 */
/**
 * @typedef {object} Entry
 * @property {string} lookup
 * @property {Guest | null} guest null: not on the list
 * @property {{at: string, door: string | null} | null} admitted
 */
/** @typedef {"new" | "same" | "elsewhere" | "unreachable"} Refreshed */

const SCHEMA = 1;
const PATIENCE_MS = 15_000;

export class DoorList {
  #store;
  #clock;
  #event;
  #send;
  /** @type {Head | null} */
  head = null;

  /**
   * @param {PhoneStore} store
   * @param {MeasuredClock} clock
   * @param {string} event UUID
   * @param {typeof fetch} [send]
   */
  constructor(store, clock, event, send = (...asked) => fetch(...asked)) {
    this.#store = store;
    this.#clock = clock;
    this.#event = event;
    this.#send = send;
  }

  get #key() {
    return `door:${this.#event}`;
  }

  /** Take up what this phone has kept. */
  async recall() {
    this.head = (await this.#store.list(this.#key)) ?? null;
  }

  /**
   * Who is behind a badge, by the list alone.
   * @param {string} token
   * @returns {Promise<Entry>}
   */
  async find(token) {
    const lookup = await lookupId(token);
    const rows = await this.#store.bucket(this.#key, bucketOf(lookup));
    const row = rows.find(([listed]) => listed === lookup);
    if (!row) return { lookup, guest: null, admitted: null };
    const [, sealed, at, door] = row;
    const guest = await openRecord({ token, eventId: this.#event, lookup, sealed, label: "seal" });
    return { lookup, guest, admitted: at ? { at, door } : null };
  }

  /**
   * Ask the server what has changed, and keep it. Rejects only where the phone cannot keep it.
   * @returns {Promise<Refreshed>} "elsewhere": sent to another page, perhaps because this phone is no door any more;
   * "unreachable" for every other answer that is not our list. Neither says anything about the list
   */
  async refresh() {
    const sent = this.#clock.steady();
    const response = await this.#ask().catch(() => null);
    if (!response) return "unreachable";
    if (response.type === "opaqueredirect") return "elsewhere";
    if (response.status === 304) return this.#confirmed(response, sent);
    const list = response.ok ? await readList(response, this.#event) : null;
    if (!list) return "unreachable";
    this.#clock.learn(list.made_at, sent, this.#clock.steady());
    const { buckets, schema: _, ...head } = list;
    await this.#keep({ ...head, tag: response.headers.get("ETag") ?? undefined }, buckets);
    return "new";
  }

  #ask() {
    const { digests, tag } = this.head ?? {};
    return this.#send(`/events/${this.#event}/door/list${digests ? `?have=${digests}` : ""}`, {
      headers: { Accept: "application/json", ...(tag ? { "If-None-Match": tag } : {}) },
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  }

  /**
   * The list stands as it is: from now on it is of this moment.
   * @param {Response} response that says it, and when, to the second
   * @param {number} sent
   * @returns {Promise<Refreshed>}
   */
  async #confirmed(response, sent) {
    const said = Date.parse(response.headers.get("Date") ?? "");
    if (!this.head || Number.isNaN(said)) return "unreachable";
    const middle = new Date(said + 500).toISOString();
    if (!this.#clock.measured) this.#clock.learn(middle, sent - 500, this.#clock.steady() + 500);
    await this.#keep({ ...this.head, made_at: new Date(said).toISOString() }, {});
    return "same";
  }

  /**
   * @param {Head} head
   * @param {Record<string, any[]>} buckets
   */
  async #keep(head, buckets) {
    await this.#store.setList(this.#key, head, buckets);
    this.head = head;
  }
}

/**
 * @param {Response} response
 * @param {string} event
 * @returns {Promise<(Head & {schema: number, buckets: Record<string, any[]>}) | null>} null for whatever is not our list
 */
async function readList(response, event) {
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) return null;
  const list = await response.json().catch(() => null);
  const ours = list?.schema === SCHEMA && list.event?.id === event && typeof list.made_at === "string";
  return ours && typeof list.buckets === "object" ? list : null;
}
