// What the service worker does with a line that was pushed, without a browser: its script in a room of its own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const SCRIPT = readFileSync(new URL("../../static/js/workers/notifications.js", import.meta.url), "utf8");
const ORIGIN = "https://mix.example.org";

/** A worker with these pages open; what it showed, focused and opened. */
function worker(...pages) {
  const did = { shown: [], focused: [], opened: [] };
  const heard = {};
  const clients = {
    matchAll: async () => pages.map((url) => ({ url, focus: async () => did.focused.push(url) })),
    openWindow: async (url) => did.opened.push(url),
  };
  const registration = { showNotification: async (title, options) => did.shown.push([title, { ...options }]) };
  const addEventListener = (name, hear) => (heard[name] = hear);
  vm.runInNewContext(SCRIPT, { self: { registration, clients }, addEventListener, location: { origin: ORIGIN }, URL });
  const send = async (name, event) => {
    const works = [];
    heard[name]({ ...event, waitUntil: (work) => works.push(work) });
    assert.equal(works.length, 1, "the browser is told to wait");
    await works[0];
    return did;
  };
  return {
    push: (data) => send("push", { data }),
    tap: async (data) => {
      let closed = false;
      const did = await send("notificationclick", { notification: { data, close: () => (closed = true) } });
      assert.ok(closed);
      return did;
    },
  };
}

const LINE = { title: "Mixwell", body: "Your morning list is ready.", navigate: `${ORIGIN}/next`, tag: "morning" };

test("it shows the words that came and remembers the page", async () => {
  const { shown } = await worker().push({ json: () => ({ web_push: 8030, notification: LINE }) });
  assert.deepEqual(shown, [
    ["Mixwell", { body: LINE.body, icon: undefined, tag: "morning", data: `${ORIGIN}/next` }],
  ]);
});

test("what cannot be read shows our name and nothing else", async () => {
  const unreadable = { json: () => JSON.parse("not JSON") };
  for (const data of [unreadable, { json: () => ({}) }, null]) {
    const { shown } = await worker().push(data);
    assert.deepEqual([shown.length, shown[0][0], shown[0][1].body], [1, "Mixwell", undefined]);
  }
});

test("a tap opens the page, or looks at it where it is open", async () => {
  assert.deepEqual((await worker(`${ORIGIN}/me`).tap(`${ORIGIN}/next`)).opened, [`${ORIGIN}/next`]);
  const there = await worker(`${ORIGIN}/me`, `${ORIGIN}/next`).tap(`${ORIGIN}/next`);
  assert.deepEqual([there.focused, there.opened], [[`${ORIGIN}/next`], []]);
});

test("a page that somebody may be writing on is not taken away", async () => {
  const { focused } = await worker(`${ORIGIN}/people/1`).tap(`${ORIGIN}/next`);
  assert.deepEqual(focused, []);
});

test("no page but ours opens", async () => {
  const elsewhere = ["https://evil.example.com/", "//evil.example.com/", "javascript:alert(1)", "data:text/html,x", "http://mix.example.org/next", `${ORIGIN}.evil.example.com/`, `https://mix.example.org@evil.example.com/`, "", undefined, 7];
  for (const named of elsewhere) {
    assert.deepEqual((await worker().tap(named)).opened, [`${ORIGIN}/`], String(named));
  }
});
