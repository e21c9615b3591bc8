import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ageOf, decide, mustUndo } from "../../static/js/lib/door-verdicts.js";

/** What a door says with a network and without: `tests/checkin` holds the server to the same table. */
const cases = JSON.parse(readFileSync(new URL("door-cases.json", import.meta.url), "utf8"));
const NOW = cases[0].now;

/** @param {any} given one row of the table */
function verdictOf({ record, admitted, mine, lease, now, ends_at: endsAt, anyway = false }) {
  const seen = admitted && { at: admitted, door: "South door" };
  const room = { places: lease, used: 0 };
  return decide({ opened: record, listed: mine ? null : seen, here: mine ? seen : null, room, now, endsAt, anyway });
}

for (const given of cases) {
  test(`a door without a network says ${given.verdict}: ${given.about}`, () => {
    assert.equal(verdictOf(given).word, given.verdict);
  });
}

test("the table asks for every word a door has", () => {
  const words = new Set(cases.map(({ verdict }) => verdict));
  assert.deepEqual([...words].sort(), ["already_in", "cancelled", "checked_in", "replaced_badge", "room_full", "unknown_badge"]);
});

test("nobody is told as let in who was not welcomed", () => {
  for (const given of cases) assert.equal(verdictOf(given).decided, given.verdict === "checked_in" ? "admitted" : "refused");
});

test("a full room lets in whom the crew lets in, and nobody whose badge is not good", () => {
  const words = cases.filter(({ lease }) => lease === 0).map((given) => verdictOf({ ...given, anyway: true }).word);
  assert.deepEqual(new Set(words), new Set(["unknown_badge", "cancelled", "already_in", "checked_in"]));
});

test("a place lent and used is no place left", () => {
  const { record, now, ends_at: endsAt } = cases[0];
  const ask = (used) => decide({ opened: record, listed: null, here: null, room: { places: 5, used }, now, endsAt }).word;
  assert.deepEqual([ask(4), ask(5)], ["checked_in", "room_full"]);
});

test("who is in already was let in then, by that door", () => {
  const { at, door } = verdictOf(cases.find(({ verdict, mine }) => verdict === "already_in" && !mine));
  assert.deepEqual([typeof at, door], ["string", "South door"]);
});

test("a list is amber from ten minutes and old from thirty, and a door without one says so", () => {
  const at = Date.parse(NOW);
  const ages = [0, 599_999, 600_000, 1_799_999, 1_800_000].map((ms) => ageOf(new Date(at - ms).toISOString(), at));
  assert.deepEqual(ages, ["fresh", "fresh", "ageing", "ageing", "old"]);
  assert.equal(ageOf(null, at), "none");
});

test("only a guest who was sent away and let in by the server is taken back", () => {
  assert.equal(mustUndo("refused", "checked_in"), true);
  for (const [decided, word] of [["admitted", "checked_in"], ["kept", "checked_in"], ["refused", "already_in"], [null, "checked_in"]]) {
    assert.equal(mustUndo(decided, word), false);
  }
});
