import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bucketOf, lookupId, openRecord } from "../../static/js/lib/sealing.js";

const VECTORS = JSON.parse(readFileSync(new URL("sealing-vectors.json", import.meta.url), "utf8"));
const FIRST = VECTORS[0];

const asked = ({ token, event, lookup, sealed, label }) => ({ token, eventId: event, lookup, sealed, label });

test("a badge finds and opens its own record, to the server's bytes", async () => {
  for (const vector of VECTORS) {
    assert.equal(await lookupId(vector.token), vector.lookup);
    assert.deepEqual(await openRecord(asked(vector)), vector.record);
  }
});

test("nothing else opens it: another badge, event, list, place in the list, or a changed byte", async () => {
  const others = [
    { token: "7ZK4M9QWXC3T0VBN8RH2D5JG" },
    { event: "0197a3c1-5d2e-7b11-8c44-2f0e6a9b1d34" },
    { label: "face" },
    { lookup: VECTORS[1].lookup },
    { sealed: FIRST.sealed.replace(/^./, (letter) => (letter === "A" ? "B" : "A")) },
  ];
  for (const other of others) assert.equal(await openRecord(asked({ ...FIRST, ...other })), null, JSON.stringify(other));
});

test("a badge stands in the part of the list that its look-up id names", () => {
  assert.equal(bucketOf(FIRST.lookup), FIRST.lookup.slice(0, 2));
});
