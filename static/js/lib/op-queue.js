/**
 * The way of what was done on this phone to the server: kept first, then sent until it is answered by name.
 *
 * An operation leaves the phone only when an answer of our server names its id. A hotel's sign-in page, a half answer or
 * a redirect deletes nothing.
 * @module
 */
import { newOperationId } from "./operation-id.js";

/** @typedef {import("./phone-store.js").Operation} Operation */
/** @typedef {import("./phone-store.js").PhoneStore} PhoneStore */
/** @typedef {import("./measured-clock.js").MeasuredClock} MeasuredClock */
/**
 * @typedef {object} Result what the server made of one operation
 * @property {string} id
 * @property {"applied" | "duplicate" | "conflict" | "quarantined"} result
 * @property {{word?: string} & Record<string, any>} verdict
 * @property {Operation} operation as it was kept here
 */
/**
 * @typedef {object} Round
 * @property {"done" | "busy" | "failed" | "signed-out" | "revoked" | "full"} end `full`: the server has no room for what is left
 * @property {Result[]} results
 */

const SCHEMA = 1;
const KNOWN = ["applied", "duplicate", "conflict", "quarantined"];
const AT_ONCE = 50;
// Below the server's 64 KB, with room for what stands around the operations.
const BYTES_AT_ONCE = 56_000;
const AGAIN_MS = 20_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
const PATIENCE_MS = 15_000;

export class OpQueue {
  #store;
  #clock;
  #owners;
  #send;
  #failures = 0;
  #notBefore = -Infinity;
  #listening = new AbortController();
  #timer = 0;

  /**
   * @param {PhoneStore} store
   * @param {MeasuredClock} clock
   * @param {object} options
   * @param {string[]} options.owners as whom this phone may speak: only their operations are sent
   * @param {typeof fetch} [options.send]
   */
  constructor(store, clock, { owners, send = (...asked) => fetch(...asked) }) {
    this.#store = store;
    this.#clock = clock;
    this.#owners = owners;
    this.#send = send;
  }

  /**
   * Keep an operation. Only when this has resolved may anything look kept.
   * @param {object} what
   * @param {string} what.kind
   * @param {string} what.owner
   * @param {Record<string, string>} what.body
   * @param {string | null} [what.decided]
   * @param {string | null} [what.list]
   * @param {string} [what.id]
   * @returns {Promise<Operation>} rejects with StoreFull or StoreBroken when nothing was kept
   */
  async keep({ kind, owner, body, decided = null, list = null, id = newOperationId() }) {
    const operation = await this.#store.keep({ id, kind, owner, body, decided, list, ...this.#clock.stamp() });
    await this.#tell();
    return operation;
  }

  /**
   * Note what the phone said about an operation that is kept.
   * @param {string} id
   * @param {string} decided
   * @param {string | null} [list]
   */
  async decide(id, decided, list = null) {
    await this.#store.amend(id, { decided, list });
  }

  /**
   * The server has answered this operation on another way.
   * @param {string} id
   */
  async drop(id) {
    await this.#store.remove([id]);
    await this.#tell();
  }

  /**
   * How many operations wait.
   * @param {string} [owner]
   */
  async count(owner) {
    return (await this.#store.operations(owner)).length;
  }

  /** Send now and again: when the network comes back, when the page is looked at, and every 20 s while something waits. */
  start() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const now = () => {
      this.#notBefore = -Infinity;
      this.#soon(0);
    };
    addEventListener("online", now, { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#soon(0), { signal });
    this.#tell();
    this.#soon(0);
  }

  stop() {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  /** @param {number} milliseconds */
  #soon(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      await this.sync();
      if (!this.#listening.signal.aborted) this.#soon(AGAIN_MS);
    }, milliseconds);
  }

  /**
   * Send everything that waits, batch after batch. Never rejects. One page of this phone at a time.
   * @returns {Promise<Round>}
   */
  async sync() {
    if (this.#clock.steady() < this.#notBefore) return { end: "busy", results: [] };
    const locked = await oneAtATime(() => this.#rounds().catch(() => this.#failed([])));
    return locked ?? { end: "busy", results: [] };
  }

  /** @returns {Promise<Round>} */
  async #rounds() {
    /** @type {Result[]} */
    const results = [];
    /** @type {Set<string>} what stays here, and holds up nothing behind it */
    const staying = new Set();
    let revoked = false;
    for (;;) {
      const batch = fitting((await this.#waiting()).filter(({ id }) => !staying.has(id)));
      if (!batch.length && staying.size) return { ...this.#failed(results), end: "full" };
      if (!batch.length) return { end: revoked ? "revoked" : "done", results };
      const answer = await this.#ask(batch);
      if (answer === "signed-out") return { end: "signed-out", results };
      const named = answer ? resultsFor(batch, answer, KNOWN) : [];
      const unkept = answer ? resultsFor(batch, answer, ["unkept"]) : [];
      if (!named.length && !unkept.length) return this.#failed(results);
      for (const { id } of unkept) staying.add(id);
      if (named.length) this.#failures = 0;
      results.push(...named);
      await this.#store.remove(named.map(({ id }) => id));
      await this.#tell();
      announce("mixwell:synced", { results: named });
      if (answer.revoked && !revoked) this.#revoked();
      revoked ||= answer.revoked;
    }
  }

  async #waiting() {
    return (await this.#store.operations()).filter(({ owner }) => this.#owners.includes(owner));
  }

  /**
   * @param {Operation[]} operations
   * @returns {Promise<any>} our server's answer, "signed-out", or null for anything else in the world
   */
  async #ask(operations) {
    const sent = this.#clock.steady();
    const { at: now, mono, boot } = this.#clock.stamp();
    const response = await this.#send("/sync", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ schema: SCHEMA, now, mono, boot, operations }),
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = await ourAnswer(response);
    if (!answer) return null;
    if (response.status === 401) return "signed-out";
    if (!response.ok || !Array.isArray(answer.results) || typeof answer.time !== "string") return null;
    this.#clock.learn(answer.time, sent, this.#clock.steady());
    await this.#store.setFact("clock", this.#clock.measured);
    return answer;
  }

  /**
   * @param {Result[]} results
   * @returns {Round}
   */
  #failed(results) {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    // Jitter, or a whole hall would come back at the same moment.
    this.#notBefore = this.#clock.steady() + pause * (1 + Math.random() / 2);
    return { end: "failed", results };
  }

  /** Its page forgets the list at once; what waits is handed over all the same. */
  #revoked() {
    this.stop();
    announce("mixwell:revoked", {});
  }

  async #tell() {
    announce("mixwell:unsent", { count: await this.count() });
  }
}

/**
 * @param {Response} response
 * @returns {Promise<any>} the JSON of our own server, else null
 */
async function ourAnswer(response) {
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) return null;
  try {
    const answer = await response.json();
    return answer?.schema === SCHEMA ? answer : null;
  } catch {
    return null;
  }
}

/**
 * @param {Operation[]} batch
 * @param {{results: any[]}} answer
 * @param {string[]} words
 * @returns {Result[]} those that name an operation we sent, with one of these words
 */
function resultsFor(batch, answer, words) {
  const sent = new Map(batch.map((operation) => [operation.id, operation]));
  return answer.results
    .filter((result) => sent.has(result?.id) && words.includes(result.result))
    .map((result) => ({ ...result, verdict: result.verdict ?? {}, operation: sent.get(result.id) }));
}

/**
 * As many from the front as go into one request; the first always.
 * @param {Operation[]} operations
 */
function fitting(operations) {
  let bytes = 0;
  const batch = operations.slice(0, AT_ONCE);
  const end = batch.findIndex((operation, at) => (bytes += bytesOf(operation)) > BYTES_AT_ONCE && at > 0);
  return end < 0 ? batch : batch.slice(0, end);
}

/** @param {Operation} operation */
function bytesOf(operation) {
  return new TextEncoder().encode(JSON.stringify(operation)).length;
}

/**
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T | null>} null while another page of this phone does it
 */
async function oneAtATime(act) {
  const locks = globalThis.navigator?.locks;
  if (!locks) return act();
  return locks.request("mixwell sync", { ifAvailable: true }, (lock) => (lock ? act() : null));
}

/**
 * @param {string} name
 * @param {object} detail
 */
function announce(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}
