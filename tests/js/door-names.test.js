import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DoorNames } from "../../static/js/lib/door-names.js";
import { isEnough, searchKey } from "../../static/js/lib/search-key.js";

const EVENT = "0197a3c1-5d2e-7b11-8c44-2f0e6a9b1d33";
const KEYS = JSON.parse(readFileSync(new URL("search-keys.json", import.meta.url), "utf-8"));
const PEOPLE = ["Zoë Quillfeather", "Søren O’Neil-Šmíd", "山田 太郎", "Bo Li", "Bob Ray", "Marzoe Rey"];

const line = (name, at) => [`id ${at}`, name, "Quay & Sons", name[0], null, null, searchKey(name)];
const json = (value, status = 200) => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });
const names = (people = PEOPLE) => json({ schema: 1, event: EVENT, made_at: "2026-11-30T19:00:00Z", guests: people.map(line) });

/** Names, what was asked for them, and the answers they get, one after the other. */
function namesWith(...answers) {
  const asked = [];
  const steady = { at: 0 };
  const send = async (url, how) => {
    asked.push({ url, how });
    const answer = answers.shift();
    if (!answer) throw new TypeError("no network");
    return answer;
  };
  return { held: new DoorNames(EVENT, { send, steady: () => steady.at }), asked, steady };
}

test("a phone makes the same key of a name as the server", () => {
  for (const { text, key } of KEYS) assert.equal(searchKey(text), key, text);
});

test("a name is found by its letters without case, accents and order, and by one sign where a word is a sign", async () => {
  const { held } = namesWith(names());
  assert.equal(await held.take(), "held");
  const found = (words) => held.find(words).guests.map(({ name }) => name);
  assert.deepEqual(found("山"), ["山田 太郎"]);
  assert.deepEqual(found("SMID soren"), ["Søren O’Neil-Šmíd"]);
  assert.deepEqual(found("zoé"), ["Zoë Quillfeather", "Marzoe Rey"], "who begins so comes first");
  assert.deepEqual(found("bo "), ["Bo Li"]);
  assert.deepEqual(found("xyz"), []);
});

test("two letters find nobody, and nothing is said of nobody", async () => {
  const { held } = namesWith(names());
  await held.take();
  assert.equal(isEnough("bo"), false);
  for (const words of ["bo", "", " ", "..."]) assert.deepEqual(held.find(words), { searched: false, guests: [], more: false });
});

test("six rows at once, and that there are more", async () => {
  const { held } = namesWith(names(Array.from({ length: 9 }, (_, at) => `Guest Number${at}`)));
  await held.take();
  const { guests, more } = held.find("guest");
  assert.deepEqual([guests.length, more], [6, true]);
});

test("names are asked for past every cache, and a foreign answer is none", async () => {
  const hotel = new Response("<h1>Welcome to our hotel</h1>", { headers: { "Content-Type": "text/html" } });
  const { held, asked } = namesWith(hotel, json({ schema: 1, event: "another", guests: [] }), json({ schema: 1, error: "too many" }, 413));
  assert.deepEqual([await held.take(), await held.take(), await held.take(), await held.take()], ["unreachable", "unreachable", "long", "unreachable"]);
  assert.deepEqual([asked[0].how.method, asked[0].how.cache, asked[0].how.redirect], ["POST", "no-store", "manual"]);
  assert.equal(held.madeAt, null);
});

test("they are renewed only where they are held, and not often; let go, they are gone", async () => {
  const { held, asked, steady } = namesWith(names(), names(["Ann Achebe"]));
  await held.renew();
  assert.equal(asked.length, 0, "nobody chose them");
  await held.take();
  await held.renew();
  assert.equal(asked.length, 1);
  steady.at = 6 * 60_000;
  await held.renew();
  assert.equal(held.count, 1);
  held.forget();
  assert.deepEqual([held.count, held.madeAt, held.find("ann").guests], [0, null, []]);
  steady.at = 60 * 60_000;
  await held.renew();
  assert.equal(asked.length, 2);
});

test("where no newer names come, those that are held stay", async () => {
  const { held, steady } = namesWith(names());
  await held.take();
  steady.at = 6 * 60_000;
  await held.renew();
  assert.equal(held.count, PEOPLE.length);
});
