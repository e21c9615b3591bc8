import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseBadgeText } from "../../static/js/lib/badge-code.js";
import { nameFrom, screenCode, screenText, STEP_MS } from "../../static/js/lib/screen-code.js";

// The same file holds the server to the same answers (tests/swaps/test_codes.py).
const { origin, codes, names, texts } = JSON.parse(readFileSync(new URL("screen-code-vectors.json", import.meta.url), "utf8"));

for (const { handle, key, step, code } of codes) {
  test(`a phone makes the server's code in step ${step}`, async () => {
    assert.equal(await screenCode({ handle, key }, new Date(step * STEP_MS)), code);
    assert.equal(await screenCode({ handle, key }, new Date((step + 1) * STEP_MS - 1)), code);
    assert.notEqual(await screenCode({ handle, key }, new Date((step + 1) * STEP_MS)), code);
  });
}

for (const { name, kept, signs } of names) {
  test(`the name ${name} goes into 24 bytes and comes out whole`, () => {
    assert.equal(screenText(origin, codes[0].code, name), `${origin}/S/${codes[0].code}-${signs}`.toUpperCase());
    assert.equal(nameFrom(signs), kept);
  });
}

test("without a name there is none in the code", () => {
  assert.equal(screenText(origin, codes[0].code), `${origin}/S/${codes[0].code}`.toUpperCase());
});

test("a code is of the letters that a compact QR code holds", () => {
  for (const { name } of names) assert.match(screenText(origin, codes[0].code, name), /^[0-9A-Z $%*+\-./:]+$/);
});

for (const { text, kind } of texts) {
  test(`${text} is ${kind}`, () => {
    const found = parseBadgeText(text, origin);
    assert.equal(found.kind, kind);
    if (kind === "screen") assert.equal(found.code, codes[1].code);
  });
}

test("a name that cannot be read is none, and disguises are taken off", () => {
  const of = (signs) => parseBadgeText(`${origin}/S/${codes[1].code}-${signs}`, origin).name;
  assert.equal(of("ZZZZZZZZ"), "");
  assert.equal(of(screenText(origin, codes[1].code, "\u202eevil\u0000").split("-")[1]), "evil");
});
