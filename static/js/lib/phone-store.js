/**
 * What this phone keeps for times without a network: operations that wait, sealed lists, small facts.
 *
 * A write is kept once its promise resolves: transactions ask for strict durability, so the disk has it. Nothing is ever
 * deleted to get out of trouble: a store that cannot be used says why in `trouble`, and what is readable in it stays readable.
 * @module
 */
import { deleteDB, openDB } from "../../vendor/idb.js";

/**
 * @typedef {object} Operation one thing done on this phone, as kept and as sent
 * @property {string} id
 * @property {string} kind
 * @property {string} owner label of who did it: `person:<id>` or `device:<id>`
 * @property {number} seq 1, 2, 3 … without a gap for each owner
 * @property {Record<string, string>} body
 * @property {string | null} decided what the phone said before it was answered
 * @property {string | null} list of which age it decided by
 * @property {string} at wall clock of this phone, ISO
 * @property {number | null} offset milliseconds this phone is ahead of the server
 * @property {number | null} rtt milliseconds, how exactly that is known
 * @property {number} mono
 * @property {string} boot
 */
/** @typedef {"missing" | "blocked" | "newer" | "damaged" | null} Trouble */
/** @typedef {import("../../vendor/idb.js").IDBPDatabase} Database */

const NAME = "mixwell";
const VERSION = 1;
const STORES = ["operations", "sequences", "lists", "sealed", "facts"];
const PATIENCE_MS = 3000;
const STRICT = /** @type {const} */ ({ durability: "strict" });

/** There is no room on this phone: nothing was kept. */
export class StoreFull extends Error {}

/** This phone cannot keep anything just now: nothing was kept. */
export class StoreBroken extends Error {}

export class PhoneStore {
  /**
   * @param {Database | null} db
   * @param {Trouble} trouble why nothing can be kept, null when all is well
   */
  constructor(db, trouble) {
    this.db = db;
    this.trouble = trouble;
  }

  /** Open the store. Never rejects and never waits longer than three seconds: what is wrong is in `trouble`. */
  static async open() {
    const store = new PhoneStore(null, "blocked");
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    // When another page lets go later, the same store begins to work.
    await Promise.race([store.#open(), patience]);
    return store;
  }

  // Operations

  /**
   * Keep an operation under the next number of its owner. Resolves when the disk has it.
   * @param {Omit<Operation, "seq">} draft
   * @returns {Promise<Operation>} the operation as kept, also when its id was kept before
   */
  async keep(draft) {
    return this.#write(["operations", "sequences"], async (transaction) => {
      const operations = transaction.objectStore("operations");
      const known = await operations.get(draft.id);
      if (known) return known;
      const sequences = transaction.objectStore("sequences");
      const seq = ((await sequences.get(draft.owner)) ?? 0) + 1;
      const operation = { ...draft, seq };
      await Promise.all([sequences.put(seq, draft.owner), operations.add(operation)]);
      return operation;
    });
  }

  /**
   * Change what is known of a kept operation; nothing if it has gone.
   * @param {string} id
   * @param {Partial<Operation>} changes
   */
  async amend(id, changes) {
    await this.#write(["operations"], async (transaction) => {
      const operations = transaction.objectStore("operations");
      const known = await operations.get(id);
      if (known) await operations.put({ ...known, ...changes });
    });
  }

  /**
   * The operations that wait, in their order; only this owner's if one is named. Unreadable ones are left out.
   * @param {string} [owner]
   * @returns {Promise<Operation[]>}
   */
  async operations(owner) {
    const readable = /** @type {Operation[]} */ ((await this.#raw()).filter(isOperation));
    return readable.filter((each) => !owner || each.owner === owner).sort(byOwnerAndNumber);
  }

  /** What lies among the operations and is none: never sent, never deleted by itself, for a person to save as a file. */
  async unreadable() {
    return (await this.#raw()).filter((each) => !isOperation(each));
  }

  /**
   * Let operations go that the server has.
   * @param {string[]} ids
   */
  async remove(ids) {
    if (!ids.length) return;
    await this.#write(["operations"], (transaction) => {
      const operations = transaction.objectStore("operations");
      return Promise.all(ids.map((id) => operations.delete(id)));
    });
  }

  // Facts

  /**
   * @param {string} key
   * @returns {Promise<any>} undefined when there is none or the store cannot be read
   */
  async fact(key) {
    return this.#read("facts", (facts) => facts.get(key), undefined);
  }

  /**
   * @param {string} key
   * @param {unknown} value anything that can be cloned
   */
  async setFact(key, value) {
    await this.#write(["facts"], (transaction) => transaction.objectStore("facts").put(value, key));
  }

  // Sealed lists

  /**
   * @param {string} key such as `door:<event>`
   * @returns {Promise<any>} what is known about the list, undefined when it is not kept
   */
  async list(key) {
    return this.#read("lists", (lists) => lists.get(key), undefined);
  }

  /**
   * @param {string} key of a list
   * @param {string} bucket
   * @returns {Promise<any[]>} its rows
   */
  async bucket(key, bucket) {
    return this.#read("sealed", (sealed) => sealed.get(`${key}:${bucket}`), []).then((rows) => rows ?? []);
  }

  /**
   * Keep a newer state of a list: its head, and the buckets that changed. All or nothing.
   * @param {string} key
   * @param {unknown} head
   * @param {Record<string, any[]>} buckets
   */
  async setList(key, head, buckets) {
    await this.#write(["lists", "sealed"], (transaction) => {
      const sealed = transaction.objectStore("sealed");
      const rows = Object.entries(buckets).map(([bucket, entries]) => sealed.put(entries, `${key}:${bucket}`));
      return Promise.all([transaction.objectStore("lists").put(head, key), ...rows]);
    });
  }

  // Going away

  /**
   * Forget every list and fact whose key begins so, as at a sign-out. Operations stay: they were promised.
   * @param {string} prefix
   */
  async wipe(prefix) {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    await this.#write(["lists", "sealed", "facts"], (transaction) =>
      Promise.all(["lists", "sealed", "facts"].map((name) => transaction.objectStore(name).delete(range))));
  }

  /**
   * Forget what this owner did here, after the server has been told or will never listen.
   * @param {string} owner
   */
  async forgetOwner(owner) {
    await this.remove((await this.operations(owner)).map(({ id }) => id));
    await this.#write(["sequences"], (transaction) => transaction.objectStore("sequences").delete(owner));
  }

  /** Throw the whole store away and begin a new one: only after a person has saved what could not be read. */
  async beginAfresh() {
    this.db?.close();
    await deleteDB(NAME);
    await this.#open();
  }

  // The database

  async #open() {
    if (typeof indexedDB === "undefined") return this.#is(null, "missing");
    const ways = { upgrade: build, blocking: () => this.#giveWay(), terminated: () => this.#is(null, "damaged") };
    try {
      const db = await openDB(NAME, VERSION, ways);
      this.#is(db, STORES.every((name) => db.objectStoreNames.contains(name)) ? null : "damaged");
    } catch (error) {
      if (error instanceof DOMException && error.name === "VersionError") await this.#openNewer();
      else this.#is(null, "damaged");
    }
  }

  /** A later build was here: what waits can be read and sent, but nothing new is kept in a shape we only guess. */
  async #openNewer() {
    const db = await openDB(NAME, undefined, { blocking: () => this.#giveWay() }).catch(() => null);
    this.#is(db, "newer");
  }

  /** Another tab brings a newer schema: rather than hold it up, this one keeps nothing any more and says so. */
  #giveWay() {
    this.db?.close();
    this.#is(null, "newer");
  }

  /**
   * @param {Database | null} db
   * @param {Trouble} trouble
   */
  #is(db, trouble) {
    this.db = db;
    this.trouble = trouble;
  }

  async #raw() {
    return this.#read("operations", (operations) => operations.getAll(), []);
  }

  /**
   * @template T
   * @param {string} name
   * @param {(store: any) => Promise<T>} ask
   * @param {T} instead of an answer, where the store is not there
   */
  async #read(name, ask, instead) {
    if (!this.db?.objectStoreNames.contains(name)) return instead;
    return ask(this.db.transaction(name).objectStore(name));
  }

  /**
   * @template T
   * @param {string[]} names
   * @param {(transaction: any) => Promise<T> | T} act
   * @returns {Promise<T>}
   */
  async #write(names, act) {
    if (!this.db || this.trouble) throw new StoreBroken(this.trouble ?? "closed");
    try {
      const transaction = this.db.transaction(names, "readwrite", STRICT);
      // Waited for together: a transaction that fails rejects both, and neither may go unheard.
      const [answer] = await Promise.all([act(transaction), transaction.done]);
      return answer;
    } catch (error) {
      throw isFull(error) ? new StoreFull() : new StoreBroken(String(error));
    }
  }
}

/** @param {Database} db */
function build(db) {
  for (const name of STORES) {
    if (name === "operations") db.createObjectStore(name, { keyPath: "id" });
    else db.createObjectStore(name);
  }
}

/**
 * @param {Operation} one
 * @param {Operation} other
 */
function byOwnerAndNumber(one, other) {
  return one.owner.localeCompare(other.owner) || one.seq - other.seq;
}

/** @param {unknown} error */
function isFull(error) {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

/**
 * @param {any} record
 * @returns {record is Operation}
 */
export function isOperation(record) {
  const texts = ["id", "kind", "owner", "at", "boot"];
  return (
    typeof record === "object" && record !== null && texts.every((name) => typeof record[name] === "string") &&
    Number.isSafeInteger(record.seq) && typeof record.mono === "number" &&
    typeof record.body === "object" && record.body !== null
  );
}
