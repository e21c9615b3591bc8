import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ageOf, decide, mustUndo } from "../../static/js/lib/door-verdicts.js";

const { now, cases } = JSON.parse(readFileSync(new URL("door-cases.json", import.meta.url), "utf8"));

/** @param {any} given one row of the table */
function verdictOf({ opened, listed, here, places = null, used = 0, anyway = false }) {
  return decide({
    opened: opened && { s: opened, t: opened === "ok" ? null : "2026-11-29T10:00:00.000Z" },
    listed: listed && { at: listed, door: "South door" },
    here: here && { at: here },
    room: { places, used },
    now,
    anyway,
  });
}

for (const given of cases) {
  test(`a door without a network says of ${given.name}: ${given.word}`, () => {
    const { word, decided } = verdictOf(given);
    assert.deepEqual({ word, decided }, { word: given.word, decided: given.decided });
  });
}

test("the table asks for every word a door has", () => {
  const words = new Set(cases.map(({ word }) => word));
  assert.deepEqual([...words].sort(), ["already_in", "cancelled", "checked_in", "replaced_badge", "room_full", "unknown_badge"]);
});

test("who is in already was let in then, by that door", () => {
  const { at, door } = verdictOf({ opened: "ok", listed: "2026-11-30T18:40:00.000Z", here: null });
  assert.deepEqual({ at, door }, { at: "2026-11-30T18:40:00.000Z", door: "South door" });
});

test("a list is amber from ten minutes and old from thirty, and a door without one says so", () => {
  const at = Date.parse(now);
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
