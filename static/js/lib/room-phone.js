/**
 * What the phone of somebody signed in keeps for times without a network: who they are, their code, whom they met, the sealed
 * faces of the room; and what they do meanwhile, until it is sent. One a page.
 * @module
 */
import { MeasuredClock } from "./measured-clock.js";
import { OpQueue } from "./op-queue.js";
import { PhoneStore } from "./phone-store.js";
import { bucketOf, lookupId, openRecord } from "./sealing.js";

/**
 * @typedef {object} Me as the server says it (`webapp/people/pocket.py`), and when that was
 * @property {string} owner label under which everything done here is kept
 * @property {string} name
 * @property {string} base
 * @property {import("./screen-code.js").CodeMaker} code
 * @property {boolean} asksFirst the first scan ever still has to ask
 * @property {string} fields of the card, in words
 * @property {string} zone
 * @property {string} title of the event now, "" without one
 * @property {{name: string, at: string, event: string}[]} people
 * @property {number} kept milliseconds since 1970
 */
/** @typedef {{id: string, name: string, at: string}} Waiting somebody met without a network, not yet sent */
/** @typedef {{name: string, ask: string}} Face */

const ME = "room:me";
const WAITING = "room:waiting";
const FACES = "faces:";
const TAG = "room:faces-tag";

/** @type {Promise<RoomPhone> | undefined} */
let opened;

export class RoomPhone {
  clock = new MeasuredClock();
  /** @type {Me | null} */
  me = null;
  /** @type {OpQueue | null} */
  queue = null;

  /** @param {PhoneStore} store */
  constructor(store) {
    this.store = store;
  }

  /** The phone that this page is on. Never rejects; nobody's phone has no `me`. */
  static open() {
    opened ??= begin();
    return opened;
  }

  /** Whether something can be kept here and for whom. */
  get keeps() {
    return this.me !== null && !this.store.trouble;
  }

  /**
   * Take over what is known about whose phone this is.
   * @param {Me | null} me
   */
  is(me) {
    const same = me?.owner === this.me?.owner;
    this.me = me;
    if (same) return;
    this.queue?.stop();
    this.queue = me && new OpQueue(this.store, this.clock, { owners: [me.owner] });
  }

  /**
   * Ask the server who is signed in and keep what it says; what was kept for anybody else is wiped first.
   * @returns {Promise<"known" | "nobody" | "no answer">}
   */
  async refresh() {
    const sent = this.clock.steady();
    const said = await ask("/me/pocket");
    if (!said) return "no answer";
    if (said.error) {
      await this.forget();
      return "nobody";
    }
    this.clock.learn(said.time, sent, this.clock.steady());
    if (this.me && this.me.owner !== said.owner) await this.forget();
    const { schema, time, ...mine } = said;
    const me = { ...mine, kept: Date.now() };
    await this.store.setFact(ME, me);
    await this.store.setFact("clock", this.clock.measured);
    this.is(me);
    await this.#keepFaces();
    return "known";
  }

  /** Forget whose phone this was. What waits to be sent waits for its owner to sign in again; nobody sees it. */
  async forget() {
    this.is(null);
    await this.store.wipe("room:");
    await this.store.wipe(FACES);
  }

  /** Forget all, also what was never sent: a person said so. */
  async forgetAll() {
    const owner = this.me?.owner;
    await this.forget();
    if (owner) await this.store.forgetOwner(owner);
  }

  /**
   * The face of a badge, if it is one of this room's.
   * @param {string} token
   * @returns {Promise<Face | null>}
   */
  async faceOf(token) {
    const lookup = await lookupId(token);
    for (const event of (await this.store.fact("room:events")) ?? []) {
      const rows = await this.store.bucket(FACES + event, bucketOf(lookup));
      const row = rows.find(([listed]) => listed === lookup);
      const face = row && (await openRecord({ token, eventId: event, lookup, sealed: row[1], label: "face" }));
      if (face) return { name: face.n, ask: face.k ?? "" };
    }
    return null;
  }

  /**
   * Keep something done on this phone. Rejects when nothing was kept.
   * @param {"scan" | "remember" | "undo_scan"} kind
   * @param {Record<string, string>} body
   * @param {string} [id]
   */
  async keep(kind, body, id) {
    if (!this.queue || !this.me) throw new TypeError("nobody's phone");
    return this.queue.keep({ kind, owner: this.me.owner, body, id });
  }

  /** @returns {Promise<Waiting[]>} whom I met and told nobody yet */
  async waiting() {
    return (await this.store.fact(WAITING)) ?? [];
  }

  /**
   * @param {Waiting} met
   */
  async note(met) {
    await this.store.setFact(WAITING, [...(await this.waiting()).filter(({ id }) => id !== met.id), met]);
  }

  /** @param {string[]} ids of scans that were answered, or taken back */
  async settle(ids) {
    const left = (await this.waiting()).filter(({ id }) => !ids.includes(id));
    if (this.me) await this.store.setFact(WAITING, left);
  }

  /** From now on no scan on this phone asks first. */
  async asked() {
    if (!this.me) return;
    this.me = { ...this.me, asksFirst: false };
    await this.store.setFact(ME, this.me);
  }

  async #keepFaces() {
    const kept = (await this.store.fact(TAG)) ?? "";
    const said = await ask(`/faces?have=${kept}`);
    if (!said?.events) return;
    await this.store.wipe(FACES);
    for (const { event, buckets } of said.events) await this.store.setList(FACES + event.id, event, buckets);
    await this.store.setFact(TAG, said.tag);
    await this.store.setFact("room:events", said.events.map((/** @type {any} */ { event }) => event.id));
  }
}

async function begin() {
  const phone = new RoomPhone(await PhoneStore.open());
  phone.clock.recall(await phone.store.fact("clock").catch(() => undefined));
  phone.is((await phone.store.fact(ME).catch(() => null)) ?? null);
  return phone;
}

/**
 * @param {string} path
 * @returns {Promise<any>} the JSON of our own server, null for anything else in the world
 */
async function ask(path) {
  try {
    const response = await fetch(path, { redirect: "error", signal: AbortSignal.timeout(15_000) });
    const answer = await response.json();
    return answer?.schema === 1 ? answer : null;
  } catch {
    return null;
  }
}
