import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MeasuredClock } from "../../static/js/lib/measured-clock.js";
import { OpQueue } from "../../static/js/lib/op-queue.js";

const ME = "device:0197a3c1-5d2e-7b11-8c44-2f0e6a9b1d33";
const SOMEBODY_ELSE = "person:0197a3c1-5d2e-7b11-8c44-2f0e6a9b1d44";

/** The store's part that a queue uses, without a disk: the real one is proven in a browser. */
class Memory {
  kept = new Map();
  async keep(draft) {
    const operation = { ...draft, seq: [...this.kept.values()].filter(({ owner }) => owner === draft.owner).length + 1 };
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
  async setFact() {}
}

beforeEach(() => {
  globalThis.document = new EventTarget();
});

/** A queue, what it sent, and the answers it gets, one after the other. */
function queueWith(...answers) {
  const store = new Memory();
  const steady = { at: 0 };
  const sent = [];
  const send = async (url, { body, redirect }) => {
    sent.push({ url, redirect, ...JSON.parse(body) });
    const answer = answers.shift();
    if (!answer) throw new TypeError("no network");
    return answer(JSON.parse(body));
  };
  const queue = new OpQueue(store, new MeasuredClock(Date.now, () => steady.at), { owners: [ME], send });
  const scan = (owner = ME) => queue.keep({ kind: "check_in", owner, body: { event: "e", lookup: "ab" } });
  return { queue, store, sent, steady, scan };
}

const json = (value, status = 200) => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });
const all = (change = {}) => ({ operations }) =>
  json({ schema: 1, time: "2026-11-30T12:00:00.000Z", results: operations.map(({ id }) => ({ id, result: "applied" })), ...change });

test("what our server names leaves the phone, in one request, with its number", async () => {
  const { queue, store, sent, scan } = queueWith(all());
  await scan();
  await scan();
  const round = await queue.sync();
  assert.equal(round.end, "done");
  assert.deepEqual(round.results.map(({ operation }) => operation.seq), [1, 2]);
  assert.equal(store.kept.size, 0);
  assert.deepEqual(sent.map(({ url, redirect, operations }) => [url, redirect, operations.length]), [["/sync", "error", 2]]);
});

test("no foreign answer deletes anything", async () => {
  const good = { schema: 1, time: "2026-11-30T12:00:00.000Z" };
  const foreign = [
    () => new Response("<h1>Hotel network</h1>", { headers: { "Content-Type": "text/html" } }),
    ({ operations }) => json({ ...good, schema: 2, results: operations.map(({ id }) => ({ id, result: "applied" })) }),
    () => json({ ...good, results: "all" }),
    ({ operations }) => json({ schema: 1, results: operations.map(({ id }) => ({ id, result: "applied" })) }),
    ({ operations }) => json({ ...good, results: operations.map(({ id }) => ({ id, result: "fine" })) }),
    () => json({ ...good, results: [{ id: "another", result: "applied" }, null] }),
    ({ operations }) => json({ ...good, results: operations.map(({ id }) => ({ id, result: "applied" })) }, 500),
    () => new Response('{"schema":1,"time":"20', { headers: { "Content-Type": "application/json" } }),
    () => Promise.reject(new TypeError("redirected")),
  ];
  for (const answer of foreign) {
    const { queue, store, scan } = queueWith(answer);
    await scan();
    assert.equal((await queue.sync()).end, "failed", String(answer));
    assert.equal(store.kept.size, 1, String(answer));
  }
});

test("only what the answer names goes; the rest is sent again", async () => {
  const half = ({ operations }) =>
    json({ schema: 1, time: "2026-11-30T12:00:00.000Z", results: [{ id: operations[0].id, result: "duplicate" }] });
  const { queue, store, sent, scan } = queueWith(half, all());
  await scan();
  await scan();
  assert.equal((await queue.sync()).results.length, 2);
  assert.deepEqual(sent.map(({ operations }) => operations.length), [2, 1]);
  assert.equal(store.kept.size, 0);
});

test("after a failure it waits, longer each time, at least five seconds", async () => {
  const { queue, sent, steady, scan } = queueWith();
  await scan();
  assert.equal((await queue.sync()).end, "failed");
  steady.at += 4_999;
  assert.equal((await queue.sync()).end, "busy");
  steady.at += 2_502;
  assert.equal((await queue.sync()).end, "failed");
  steady.at += 9_999;
  assert.equal((await queue.sync()).end, "busy");
  assert.equal(sent.length, 2);
});

test("a thousand operations go fifty at a time, in their order", async () => {
  const { queue, sent, scan } = queueWith(...Array.from({ length: 20 }, () => all()));
  for (let each = 0; each < 1000; each++) await scan();
  assert.equal((await queue.sync()).results.length, 1000);
  assert.deepEqual(new Set(sent.map(({ operations }) => operations.length)), new Set([50]));
  assert.deepEqual(sent.flatMap(({ operations }) => operations.map(({ seq }) => seq)), Array.from({ length: 1000 }, (_, at) => at + 1));
});

test("long notes make a batch shorter: no request grows past what the server reads", async () => {
  const { queue, sent } = queueWith(...Array.from({ length: 20 }, () => all()));
  for (let each = 0; each < 20; each++) await queue.keep({ kind: "remember", owner: ME, body: { note: "山".repeat(3000) } });
  assert.equal((await queue.sync()).results.length, 20);
  for (const request of sent) assert.ok(new TextEncoder().encode(JSON.stringify(request)).length < 64_000);
});

test("what somebody else did on this phone waits for them", async () => {
  const { queue, store, sent, scan } = queueWith(all());
  await scan(SOMEBODY_ELSE);
  await scan();
  await queue.sync();
  assert.deepEqual(sent[0].operations.map(({ owner }) => owner), [ME]);
  assert.deepEqual([...store.kept.values()].map(({ owner }) => owner), [SOMEBODY_ELSE]);
});

test("signed out, everything stays and nobody is pestered", async () => {
  const { queue, store, scan } = queueWith(() => json({ schema: 1, error: "sign in" }, 401));
  await scan();
  assert.equal((await queue.sync()).end, "signed-out");
  assert.equal(store.kept.size, 1);
});

test("a revoked phone is heard first, and told then", async () => {
  const { queue, store, scan } = queueWith(all({ revoked: true }));
  let told = 0;
  document.addEventListener("mixwell:revoked", () => told++);
  await scan();
  assert.equal((await queue.sync()).end, "revoked");
  assert.deepEqual([told, store.kept.size], [1, 0]);
});

test("a revoked phone hands over all it kept, however many answers that takes", async () => {
  const { queue, store, sent, scan } = queueWith(all({ revoked: true }), all({ revoked: true }));
  let told = 0;
  document.addEventListener("mixwell:revoked", () => told++);
  for (let count = 0; count < 60; count++) await scan();
  assert.equal((await queue.sync()).end, "revoked");
  assert.deepEqual([told, store.kept.size, sent.length], [1, 0, 2]);
});

test("what the server has no room for stays on the phone, and holds up nothing behind it", async () => {
  const none = ({ operations }) => all()({ operations }).json().then((answer) =>
    json({ ...answer, revoked: true, results: answer.results.map((each) => ({ ...each, result: "unkept" })) }));
  const { queue, store, scan } = queueWith(none, all({ revoked: true }), all());
  let told = 0;
  document.addEventListener("mixwell:revoked", () => told++);
  for (let count = 0; count < 60; count++) await scan();
  assert.equal((await queue.sync()).end, "full");
  assert.deepEqual([told, store.kept.size], [1, 50]);
  assert.equal((await queue.sync()).end, "busy", "and it does not ask again at once");
});

test("the count of what waits is told whenever it changes", async () => {
  const { queue, scan } = queueWith(all());
  const counts = [];
  document.addEventListener("mixwell:unsent", ({ detail }) => counts.push(detail.count));
  await scan();
  await scan();
  await queue.sync();
  assert.deepEqual(counts, [1, 2, 0]);
});

test("the phone's clock learns from each answer", async () => {
  const { queue, sent, scan } = queueWith(all({ time: new Date(Date.now() - 600_000).toISOString() }), all());
  await scan();
  await queue.sync();
  const operation = await scan();
  assert.ok(Math.abs(operation.offset - 600_000) < 60_000);
  assert.equal(sent[0].operations[0].offset, null);
});
