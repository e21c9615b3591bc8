import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { DoorDesk } from "../../static/js/lib/door-desk.js";
import { DoorList } from "../../static/js/lib/door-list.js";
import { put } from "../../static/js/lib/door-face.js";
import { MeasuredClock } from "../../static/js/lib/measured-clock.js";
import { StoreFull } from "../../static/js/lib/phone-store.js";
import { bucketOf, lookupId } from "../../static/js/lib/sealing.js";

const EVENT = "0197a3c1-5d2e-7b11-8c44-2f0e6a9b1d00";
const OWNER = "device:0197a3c1-5d2e-7b11-8c44-2f0e6a9b1d33";
const ANN = "ANN00000000000000000000A";
const BEN = "BEN00000000000000000000B";
const text = new TextEncoder();

/** The store's part that a door uses, without a disk: the real one is proven in a browser. */
class Memory {
  kept = new Map();
  facts = new Map();
  lists = new Map();
  rows = new Map();
  full = false;
  trouble = null;
  async keep(draft) {
    if (this.full) throw new StoreFull();
    const operation = { ...draft, seq: this.kept.size + 1 };
    this.kept.set(draft.id, operation);
    return operation;
  }
  async amend(id, changes) {
    Object.assign(this.kept.get(id) ?? {}, changes);
  }
  async operations(owner) {
    return [...this.kept.values()].filter((each) => !owner || each.owner === owner);
  }
  async remove(ids) {
    for (const id of ids) this.kept.delete(id);
  }
  async fact(key) {
    return structuredClone(this.facts.get(key));
  }
  async setFact(key, value) {
    this.facts.set(key, structuredClone(value));
  }
  async list(key) {
    return this.lists.get(key);
  }
  async bucket(key, bucket) {
    return this.rows.get(`${key}:${bucket}`) ?? [];
  }
  async setList(key, head, buckets) {
    this.lists.set(key, head);
    for (const [bucket, rows] of Object.entries(buckets)) this.rows.set(`${key}:${bucket}`, rows);
  }
}

beforeEach(() => {
  globalThis.document = new EventTarget();
});

/** What only this badge opens, as the server seals it. */
async function rowOf(token, record, admitted = null) {
  const lookup = await lookupId(token);
  const ikm = await crypto.subtle.importKey("raw", text.encode(token), "HKDF", false, ["deriveBits"]);
  const salt = Uint8Array.from(EVENT.replaceAll("-", "").match(/../g).map((pair) => parseInt(pair, 16)));
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: text.encode("seal") }, ikm, 256);
  const key = await crypto.subtle.importKey("raw", bits, "AES-GCM", false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const cipher = { name: "AES-GCM", iv, additionalData: text.encode(`${EVENT}:${lookup}`) };
  const sealed = await crypto.subtle.encrypt(cipher, key, text.encode(JSON.stringify(record)));
  const bytes = new Uint8Array([...iv, ...new Uint8Array(sealed)]);
  return [lookup, btoa(String.fromCharCode(...bytes)), admitted, admitted && "South door"];
}

const guest = (name, more = {}) => ({ a: { Ann: "1", Ben: "2" }[name], n: name, x: name[0], s: "ok", t: null, p: true, ...more });

/** A list as the server gives it. */
async function listOf(rows, { lease = null, made = "2026-11-30T19:41:00.000Z" } = {}) {
  const buckets = {};
  for (const row of rows) (buckets[bucketOf(row[0])] ??= []).push(row);
  const event = { id: EVENT, title: "Mixer", ends_at: made, timezone: "UTC", capacity: null };
  const counts = { guests: rows.length, inside: 0 };
  return { schema: 1, event, device: OWNER, door: "North door", made_at: made, counts, lease, digests: "AAAA", buckets };
}

/** A door that has fetched this list and then lost its network. */
async function doorWith(rows, more = {}) {
  const store = new Memory();
  const wall = { at: Date.parse("2026-11-30T19:45:00.000Z") };
  const clock = new MeasuredClock(() => wall.at, () => wall.at);
  const list = new DoorList(store, clock, EVENT, async () => jsonOf(await listOf(rows, more)));
  assert.equal(await list.refresh(), "new");
  const desk = new DoorDesk(store, clock, { event: EVENT, owner: OWNER });
  await desk.list.recall();
  return { desk, store, wall };
}

const jsonOf = (value) => new Response(JSON.stringify(value), { headers: { "Content-Type": "application/json", ETag: '"1"' } });
const ids = () => crypto.randomUUID();

/** One scan by the list, from the badge to what is shown. */
async function scan(desk, token) {
  return desk.settle(await desk.take(ids(), { token }));
}

test("a known badge is welcomed by name, kept first, and told with the list it was decided by", async () => {
  const { desk, store } = await doorWith([await rowOf(ANN, guest("Ann"))]);
  const { guest: shown, verdict, kept } = await scan(desk, ANN);
  assert.deepEqual([shown.n, verdict.word, kept], ["Ann", "checked_in", true]);
  const [operation] = await store.operations();
  assert.deepEqual(operation.body, { event: EVENT, lookup: await lookupId(ANN), anyway: "" });
  assert.deepEqual([operation.decided, operation.list], ["admitted", "2026-11-30T19:41:00.000Z"]);
  assert.equal(JSON.stringify([...store.kept.values(), ...store.facts.values()]).includes("Ann"), false);
});

test("nothing is green when nothing could be kept", async () => {
  const { desk, store } = await doorWith([await rowOf(ANN, guest("Ann"))]);
  store.full = true;
  assert.equal((await scan(desk, ANN)).verdict.word, "unkept");
  store.full = false;
  assert.equal((await scan(desk, ANN)).verdict.word, "checked_in");
});

test("who came by this door is in, also after the page was opened again, and after three seconds only", async () => {
  const { desk, store, wall } = await doorWith([await rowOf(ANN, guest("Ann"))]);
  await scan(desk, ANN);
  assert.equal((await scan(desk, ANN)).verdict.word, "checked_in");
  wall.at += 3_001;
  assert.equal((await scan(desk, ANN)).verdict.word, "already_in");
  const reopened = new DoorDesk(store, desk.clock, { event: EVENT, owner: OWNER });
  await reopened.list.recall();
  await reopened.memory.recall(await store.operations(OWNER));
  assert.equal((await scan(reopened, ANN)).verdict.word, "already_in");
});

test("the queue alone remembers who is in, should the rest be lost", async () => {
  const { desk, store, wall } = await doorWith([await rowOf(ANN, guest("Ann"))]);
  await scan(desk, ANN);
  store.facts.clear();
  wall.at += 5_000;
  const reopened = new DoorDesk(store, desk.clock, { event: EVENT, owner: OWNER });
  await reopened.list.recall();
  await reopened.memory.recall(await store.operations(OWNER));
  assert.equal((await scan(reopened, ANN)).verdict.word, "already_in");
});

test("who was taken back here is welcome again, whatever an older list says", async () => {
  const { desk, wall } = await doorWith([await rowOf(ANN, guest("Ann"))]);
  const { id } = await scan(desk, ANN);
  assert.equal((await desk.undo(id, "by_mistake")).word, "undone");
  wall.at += 5_000;
  assert.equal((await scan(desk, ANN)).verdict.word, "checked_in");
});

test("a guest whom the server let in and this door sent away is taken back under the name of that operation", async () => {
  const { desk, store } = await doorWith([await rowOf(BEN, guest("Ben", { s: "cancelled", t: "2026-11-29T10:00:00.000Z" }))]);
  const { id } = await scan(desk, BEN);
  const operation = store.kept.get(id);
  await store.remove([id]);
  await desk.settled([{ id, result: "duplicate", verdict: { word: "checked_in" }, operation }]);
  const [undo] = await store.operations();
  assert.deepEqual([undo.kind, undo.body.operation, undo.body.reason], ["undo_check_in", id, "refused_at_door"]);
});

test("the same answer late changes nothing", async () => {
  const { desk, store } = await doorWith([await rowOf(ANN, guest("Ann"))]);
  const { id } = await scan(desk, ANN);
  const operation = store.kept.get(id);
  await store.remove([id]);
  await desk.settled([{ id, result: "duplicate", verdict: { word: "checked_in" }, operation }]);
  assert.equal(store.kept.size, 0);
});

test("beyond what was lent the door asks, and whom the crew lets in is told as let in", async () => {
  const { desk, store } = await doorWith([await rowOf(ANN, guest("Ann")), await rowOf(BEN, guest("Ben"))], { lease: { places: 1 } });
  await scan(desk, ANN);
  const asked = await scan(desk, BEN);
  assert.equal(asked.verdict.word, "room_full");
  assert.equal(store.kept.get(asked.id).decided, "refused");
  assert.equal((await desk.letInAnyway(asked)).verdict.word, "let_in");
  assert.equal(store.kept.get(asked.id).decided, "admitted");
});

test("whom the crew lets in after the question was sent gets an operation of their own", async () => {
  const { desk, store } = await doorWith([await rowOf(BEN, guest("Ben"))], { lease: { places: 0 } });
  const asked = await scan(desk, BEN);
  await store.remove([asked.id]);
  const later = await desk.letInAnyway(asked);
  assert.notEqual(later.id, asked.id);
  const [operation] = await store.operations();
  assert.deepEqual([operation.body.anyway, operation.decided], ["yes", "admitted"]);
});

test("typed letters are kept for the server, and the crew’s no is told", async () => {
  const { desk, store } = await doorWith([]);
  const taken = await desk.settle(await desk.take(ids(), { typed: "ABCD2345" }));
  assert.equal(taken.verdict.word, "code_kept");
  assert.deepEqual(store.kept.get(taken.id).body, { event: EVENT, typed: "ABCD2345", anyway: "" });
  await desk.sendAway(taken);
  assert.equal(store.kept.get(taken.id).decided, "refused");
});

test("a newer list takes over what the server had heard, and nothing else", async () => {
  const { desk, store, wall } = await doorWith([await rowOf(ANN, guest("Ann")), await rowOf(BEN, guest("Ben"))]);
  const { id } = await scan(desk, ANN);
  await scan(desk, BEN);
  await store.remove([id]);
  await desk.settled([{ id, result: "applied", verdict: { word: "checked_in" }, operation: { ...store.kept.get(id), id, owner: OWNER, kind: "check_in", body: {}, decided: "admitted" } }]);
  wall.at += 60_000;
  await desk.memory.covered(new Date(wall.at).toISOString());
  assert.equal((await scan(desk, ANN)).verdict.word, "checked_in");
  assert.equal((await scan(desk, BEN)).verdict.word, "already_in");
});

test("what a hotel answers is no list", async () => {
  const { desk, store } = await doorWith([await rowOf(ANN, guest("Ann"))]);
  const before = store.lists.get(`door:${EVENT}`);
  const strangers = [
    new Response("<h1>Welcome to the hotel</h1>", { headers: { "Content-Type": "text/html" } }),
    new Response('{"schema": 1, "event": {"id": "', { headers: { "Content-Type": "application/json" } }),
    jsonOf({ ...(await listOf([])), schema: 2 }),
    jsonOf({ ...(await listOf([])), event: { id: "another" } }),
    new Response("", { status: 502 }),
  ];
  for (const answer of strangers) {
    const list = new DoorList(store, desk.clock, EVENT, async () => answer);
    await list.recall();
    assert.equal(await list.refresh(), "unreachable");
  }
  assert.deepEqual(store.lists.get(`door:${EVENT}`), before);
});

test("a list that did not change is of now", async () => {
  const { desk, store } = await doorWith([]);
  const asked = [];
  const list = new DoorList(store, desk.clock, EVENT, async (url, { headers }) => {
    asked.push([url, headers["If-None-Match"]]);
    return new Response(null, { status: 304, headers: { Date: "Mon, 30 Nov 2026 19:55:00 GMT" } });
  });
  await list.recall();
  assert.equal(await list.refresh(), "same");
  assert.equal(list.head.made_at, "2026-11-30T19:55:00.000Z");
  assert.deepEqual(asked, [[`/events/${EVENT}/door/list?have=AAAA`, '"1"']]);
});

test("a name that looks like a place stays a name", () => {
  assert.equal(put("{name}, {door}", { name: "{door}", door: "North" }), "{door}, North");
  assert.equal(put("{unknown}", {}), "{unknown}");
});
