/**
 * A door that works on without a network: keeps each operation first, decides by its list, and settles with the server
 * later. Knows no page; what is shown is the element's business.
 * @module
 */
import { DoorList } from "./door-list.js";
import { DoorMemory, keyOf } from "./door-memory.js";
import { DoorNames } from "./door-names.js";
import { decide, mustUndo } from "./door-verdicts.js";
import { MeasuredClock } from "./measured-clock.js";
import { OpQueue } from "./op-queue.js";
import { newOperationId } from "./operation-id.js";
import { PhoneStore } from "./phone-store.js";

/** @typedef {import("./op-queue.js").Result} Result */
/** @typedef {import("./door-list.js").Guest} Guest */
/**
 * @typedef {object} Shown what the door says by itself
 * @property {import("./door-verdicts.js").Verdict["word"] | "let_in" | "code_kept" | "unkept" | "undone" | "walked_in"} word
 * @property {string | null} at ISO
 * @property {string | null} door
 */
/**
 * @typedef {object} Taken one act at this door
 * @property {string} id of its operation
 * @property {Record<string, string>} body
 * @property {{n?: string, x?: string, a?: string} | null} guest whom to show; never kept
 * @property {Shown & {decided: string | null}} verdict what this door says if nobody answers
 * @property {boolean} kept whether the disk has it
 * @property {number} seq under which count of this phone, 0 where it was not kept
 */
/** @typedef {{at: string, door: string | null} | null} Admitted */

/** A door that has no answer after this long decides by its list. */
export const PATIENCE_MS = 1500;
const LONGEST_HOLD_MS = 8000;

export class DoorDesk {
  /** @type {() => void} */
  #release = () => {};
  /** Whether the last question was answered in time. */
  online = true;

  /**
   * @param {PhoneStore} store
   * @param {MeasuredClock} clock
   * @param {{event: string, owner: string}} of
   */
  constructor(store, clock, { event, owner }) {
    this.store = store;
    this.clock = clock;
    this.event = event;
    this.owner = owner;
    this.list = new DoorList(store, clock, event);
    this.names = new DoorNames(event);
    this.memory = new DoorMemory(store, event);
    this.queue = new OpQueue(store, clock, { owners: [owner] });
  }

  /**
   * The door of this event on this phone, with what it has kept.
   * @param {{event: string, owner: string}} of
   */
  static async open(of) {
    const store = await PhoneStore.open();
    const clock = new MeasuredClock();
    clock.recall(await store.fact("clock"));
    const desk = new DoorDesk(store, clock, of);
    await desk.list.recall();
    await desk.memory.recall(await store.operations(of.owner));
    return desk;
  }

  // Acts

  /**
   * A badge, typed code or found guest: decide by the list, and keep it. Never rejects.
   * @param {string} id
   * @param {{token: string} | {typed: string} | {attendee: string, guest: Guest, admitted: Admitted}} means
   * @returns {Promise<Taken>}
   */
  async take(id, means) {
    if ("typed" in means) return this.#keepCheckIn(id, { typed: means.typed }, null, plain("code_kept", "kept"));
    if ("attendee" in means) return this.#decide(id, { attendee: means.attendee }, means.guest, means.admitted);
    const { lookup, guest, admitted } = await this.list.find(means.token);
    return this.#decide(id, { lookup }, guest, admitted);
  }

  /**
   * @param {string} id
   * @param {Record<string, string>} means
   * @param {Guest | null} guest
   * @param {Admitted} admitted
   */
  async #decide(id, means, guest, admitted) {
    const done = this.memory.find(keyOf(id, means), guest?.a ?? null);
    const verdict = decide({
      opened: guest,
      listed: done?.out ? null : admitted,
      here: done && !done.out ? done : null,
      room: { places: this.list.head?.lease?.places ?? null, used: this.memory.count },
      now: this.clock.now().toISOString(),
      endsAt: this.list.head?.event.ends_at ?? "",
    });
    return this.#keepCheckIn(id, means, guest, verdict);
  }

  /**
   * @param {string} id
   * @param {Record<string, string>} means
   * @param {Guest | null} guest
   * @param {Taken["verdict"]} verdict
   */
  async #keepCheckIn(id, means, guest, verdict) {
    const body = { event: this.event, ...means, anyway: "" };
    const seq = await this.#keep({ id, kind: "check_in", body, decided: verdict.decided });
    return { id, body, guest, kept: seq > 0, seq, verdict };
  }

  /**
   * Somebody who is on no list, or a guest's companion.
   * @param {{name: string, company: string, host?: string}} who
   * @returns {Promise<Taken>}
   */
  async walkIn({ name, company, host }) {
    const id = newOperationId();
    const kind = host ? "plus_one" : "walk_in";
    /** @type {Record<string, string>} */
    const body = { event: this.event, name, company, ...(host ? { host } : {}) };
    const seq = await this.#keep({ id, kind, body, decided: "admitted" });
    return this.settle({ id, body, guest: { n: name }, kept: seq > 0, seq, verdict: plain("walked_in", "admitted") });
  }

  /**
   * The room is full, or the badge on no list, and the crew lets them in all the same.
   * @param {Taken} taken
   * @returns {Promise<Taken>}
   */
  async letInAnyway(taken) {
    const verdict = { ...plain("let_in", "admitted"), at: this.clock.now().toISOString() };
    if (!(await this.#waits(taken))) return this.settle(await this.#anew(taken, verdict));
    const kept = await this.queue.decide(taken.id, "admitted", this.madeAt).then(() => true, () => false);
    return this.settle({ ...taken, kept, verdict });
  }

  /**
   * Letters were typed that this phone cannot read, and the crew did not let them in.
   * @param {Taken} taken
   */
  async sendAway(taken) {
    if (await this.#waits(taken)) await this.queue.decide(taken.id, "refused", this.madeAt).catch(() => {});
    else await this.undo(taken.id, "refused_at_door");
  }

  /** @param {Taken} taken */
  async #waits({ id }) {
    return (await this.store.operations(this.owner)).some((each) => each.id === id);
  }

  /**
   * @param {Taken} taken
   * @param {Taken["verdict"]} verdict
   */
  async #anew(taken, verdict) {
    const [id, body] = [newOperationId(), { ...taken.body, anyway: "yes" }];
    const seq = await this.#keep({ id, kind: "check_in", body, decided: "admitted" });
    return { ...taken, id, body, kept: seq > 0, seq, verdict };
  }

  /**
   * Take back what an operation of this door did.
   * @param {string} operation
   * @param {string} reason
   * @returns {Promise<Shown>}
   */
  async undo(operation, reason) {
    const body = { event: this.event, operation, reason };
    const kept = (await this.#keep({ id: newOperationId(), kind: "undo_check_in", body, decided: null })) > 0;
    if (kept) await this.memory.undone(operation);
    return plain(kept ? "undone" : "unkept", null);
  }

  /**
   * What this door says of it by itself. A green is impossible without a kept operation.
   * @param {Taken} taken
   * @returns {Promise<Taken>}
   */
  async settle(taken) {
    if (!taken.kept) return { ...taken, verdict: plain("unkept", null) };
    const at = taken.verdict.at ?? this.clock.now().toISOString();
    const attendee = taken.guest?.a ?? null;
    const key = keyOf(taken.id, taken.body);
    const before = this.memory.find(key, attendee);
    if (taken.verdict.decided === "admitted" && (!before || before.out)) {
      // What waits in the queue says the same again when this door opens next: a failure here loses nothing.
      await this.memory.admitted(key, { at, operation: taken.id, attendee }).catch(() => {});
    }
    return taken;
  }

  /**
   * @param {{id: string, kind: string, body: Record<string, string>, decided: string | null}} what
   * @returns {Promise<number>} its count, 0 where nothing was kept
   */
  async #keep(what) {
    const kept = this.queue.keep({ ...what, owner: this.owner, list: this.madeAt });
    return kept.then(({ seq }) => seq, () => 0);
  }

  // Asking the server

  /**
   * Nothing else may send this phone's operations while one of them is asked about, or its answer would come twice.
   * @returns {Promise<boolean>} false: the queue is busy, and this door has waited long enough
   */
  async holdQueue() {
    if (!navigator.locks) return true;
    return new Promise((resolve) => {
      const held = navigator.locks.request("mixwell sync", { signal: AbortSignal.timeout(PATIENCE_MS) }, () => {
        resolve(true);
        return new Promise((release) => {
          this.#release = () => release(undefined);
          // Should the answer never be heard of, the queue goes on by itself.
          setTimeout(release, LONGEST_HOLD_MS);
        });
      });
      held.catch(() => resolve(false));
    });
  }

  letQueueGo() {
    this.#release();
    this.#release = () => {};
  }

  /**
   * The server has answered by its own page.
   * @param {Taken} taken
   * @param {string} word of its verdict
   */
  async answered(taken, word) {
    this.online = true;
    const at = this.clock.now().toISOString();
    const attendee = taken.guest?.a ?? null;
    // What cannot be noted is on the next list anyway.
    const noted = word === "checked_in" && this.memory.admitted(keyOf(taken.id, taken.body), { at, operation: taken.id, attendee, heard: at });
    await Promise.allSettled([noted, taken.kept && this.queue.drop(taken.id)]);
    this.letQueueGo();
  }

  /** Send what waits, then ask for what is new on the list. Never rejects. */
  async refresh() {
    const round = await this.queue.sync();
    const asked = this.clock.steady();
    const got = await this.list.refresh().catch(() => "unkept");
    if (got === "new" || got === "same") {
      this.online ||= this.clock.steady() - asked < PATIENCE_MS;
      await this.memory.covered(this.list.head?.made_at ?? "").catch(() => {});
      if (got === "new") await this.names.renew();
    }
    return { round, got };
  }

  /**
   * What became of operations that were sent later: whom this door sent away though the server let them in is taken back.
   * @param {Result[]} results
   */
  async settled(results) {
    const mine = results.filter(({ operation }) => operation.owner === this.owner);
    const about = mine.map(({ id, operation: { kind, body } }) => (kind === "undo_check_in" ? body.operation : id));
    await this.memory.heard(about, this.clock.now().toISOString());
    for (const { id, operation, verdict } of mine) {
      const { kind, body, decided } = operation;
      if (kind !== "check_in" || !mustUndo(decided, verdict.word) || this.memory.find(keyOf(id, body), null)) continue;
      await this.undo(id, "refused_at_door");
    }
  }

  // What there is to say

  /**
   * The admission this door made of the same guest, if it stands.
   * @param {Taken} taken
   */
  ownAdmission({ id, body, guest }) {
    const done = this.memory.find(keyOf(id, body), guest?.a ?? null);
    return done && !done.out ? done : null;
  }

  /** When the list was made, ISO; null without one. */
  get madeAt() {
    return this.list.head?.made_at ?? null;
  }

  /** How many operations of this door wait. */
  async unsent() {
    return this.queue.count(this.owner).catch(() => 0);
  }
}

/**
 * @template {Shown["word"]} Word
 * @param {Word} word
 * @param {string | null} decided
 */
function plain(word, decided) {
  return { word, decided, at: null, door: null };
}
