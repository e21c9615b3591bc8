import assert from "node:assert/strict";
import { test } from "node:test";
import { byNearness, chooseCode } from "../../static/js/lib/choose-code.js";
import { Darkness } from "../../static/js/lib/darkness.js";
import { PATTERNS, isMoment } from "../../static/js/lib/feedback.js";
import { decodeSize, regionFor, visibleRegion } from "../../static/js/lib/framing.js";
import { lensesOf, nextLens } from "../../static/js/lib/lens.js";
import { newOperationId } from "../../static/js/lib/operation-id.js";
import { SeenCodes } from "../../static/js/lib/seen-codes.js";
import { WedgeReader, takeBack } from "../../static/js/lib/wedge.js";

const PICTURE = { width: 1280, height: 720 };

function codeAt(text, x, y, half = 60) {
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([dx, dy]) => ({ x: x + dx * half, y: y + dy * half }));
  return { text, corners };
}

test("the same badge counts once until it was away for three seconds", () => {
  const seen = new SeenCodes();
  assert.equal(seen.admit("A", 0), true);
  for (let now = 40; now <= 10_000; now += 40) assert.equal(seen.admit("A", now), false);
  assert.equal(seen.admit("A", 12_900), false);
  assert.equal(seen.admit("A", 15_899), false);
  assert.equal(seen.admit("A", 18_899), true);
});

test("another badge counts 0.3 seconds after the first, and is not lost by coming early", () => {
  const seen = new SeenCodes();
  seen.admit("A", 0);
  assert.equal(seen.admit("B", 299), false);
  assert.equal(seen.admit("B", 300), true);
  assert.equal(seen.admit("A", 700), false);
});

test("a badge held through a pause is not new when looking starts again", () => {
  const seen = new SeenCodes();
  seen.admit("A", 0);
  seen.resume(60_000);
  assert.equal(seen.admit("A", 60_040), false);
  seen.clear();
  assert.equal(seen.admit("A", 60_400), true);
});

test("of two badges the one clearly nearer the middle is chosen", () => {
  const near = codeAt("near", 620, 380);
  assert.equal(chooseCode([codeAt("far", 1100, 400), near], PICTURE), near);
});

test("two badges comparably near make the scanner wait", () => {
  assert.equal(chooseCode([codeAt("left", 440, 360), codeAt("right", 820, 360)], PICTURE), null);
});

test("one badge printed on both sides of a mirror is one badge", () => {
  assert.equal(chooseCode([codeAt("same", 440, 360), codeAt("same", 820, 360)], PICTURE)?.text, "same");
});

test("no badge gives no choice, and nearness is in parts of the shorter side", () => {
  assert.equal(chooseCode([], PICTURE), null);
  assert.equal(byNearness([codeAt("A", 640, 0)], PICTURE)[0].distance, 0.5);
});

test("the visible part of a wide frame in an upright box is its middle", () => {
  assert.deepEqual(visibleRegion({ width: 1920, height: 1080 }, { width: 300, height: 300 }), { x: 420, y: 0, width: 1080, height: 1080 });
  assert.deepEqual(visibleRegion({ width: 1080, height: 1920 }, { width: 400, height: 200 }), { x: 0, y: 690, width: 1080, height: 540 });
  assert.deepEqual(visibleRegion(PICTURE, { width: 0, height: 0 }), { x: 0, y: 0, ...PICTURE });
});

test("every other frame is read whole", () => {
  const box = { width: 300, height: 300 };
  assert.equal(regionFor(0, PICTURE, box).width, 720);
  assert.equal(regionFor(1, PICTURE, box).width, 1280);
});

test("a large picture is made smaller, a small one is left alone", () => {
  assert.deepEqual(decodeSize({ width: 4000, height: 3000 }), { width: 1280, height: 960 });
  assert.deepEqual(decodeSize({ width: 640, height: 480 }), { width: 640, height: 480 });
});

test("a hardware scanner is heard, a person at the keyboard is not", () => {
  const type = (reader, text, gap, from = 0) => [...text, "Enter"].map((key, at) => reader.press(key, from + at * gap)).at(-1);
  const reader = new WedgeReader();
  assert.equal(type(reader, "HTTPS://MIXWELL.EXAMPLE.ORG/B/X", 12), "HTTPS://MIXWELL.EXAMPLE.ORG/B/X");
  assert.equal(type(reader, "HTTPS://MIXWELL.EXAMPLE.ORG/B/X", 120, 10_000), null);
  assert.equal(type(reader, "ABC", 5, 20_000), null);
  assert.equal(reader.press("Enter", 30_000), null);
});

test("shift keys do not break a scanner's text, other named keys do", () => {
  const reader = new WedgeReader();
  const keys = ["Shift", "A", "b", "c", "d", "Shift", "E", "f", "g", "h", "Enter"];
  assert.equal(keys.map((key, at) => reader.press(key, at * 5)).at(-1), "AbcdEfgh");
  const broken = ["a", "b", "Tab", "c", "d", "e", "f", "g", "h", "i", "Enter"];
  assert.equal(broken.map((key, at) => reader.press(key, 1000 + at * 5)).at(-1), null);
});

/** As much of a text field as taking back needs. */
class Field extends EventTarget {
  constructor(value, at) {
    super();
    Object.assign(this, { value, selectionStart: at, inputs: 0 });
    this.addEventListener("input", () => this.inputs++);
  }

  setSelectionRange(start) {
    this.selectionStart = start;
  }
}

test("what a scanner typed into a field is taken out of it, and the words around it stay", () => {
  const field = new Field("met atABCDEFGH the bar", 14);
  takeBack(field, "ABCDEFGH");
  assert.deepEqual([field.value, field.selectionStart, field.inputs], ["met at the bar", 6, 1]);
  const cut = new Field("ABCDE", 5);
  takeBack(cut, "ABCDEFGH");
  assert.deepEqual([cut.value, cut.inputs], ["ABCDE", 0]);
  const other = new Field("something else", 14);
  takeBack(other, "ABCDEFGH");
  assert.equal(other.value, "something else");
});

test("a room is dark when several frames agree, and one bright frame does not lighten it", () => {
  const room = new Darkness();
  const see = (brightness, times) => Array.from({ length: times }, () => room.see(brightness)).at(-1);
  assert.equal(see(49, 7), false);
  assert.equal(see(60, 1), false);
  assert.equal(see(49, 8), true);
  assert.equal(see(120, 7), true);
  assert.equal(see(50, 1), false);
});

test("the ordinary back camera comes before special ones and the front camera is left out", () => {
  const camera = (deviceId, label) => ({ deviceId, kind: "videoinput", label });
  const devices = [
    camera("front", "camera2 1, facing front"),
    camera("wide", "Back Ultra Wide Camera"),
    camera("main", "camera2 0, facing back"),
    { deviceId: "mic", kind: "audioinput", label: "Microphone" },
  ];
  const lenses = lensesOf(devices);
  assert.deepEqual(lenses.map(({ deviceId }) => deviceId), ["main", "wide"]);
  assert.equal(nextLens(lenses, "main")?.deviceId, "wide");
  assert.equal(nextLens(lenses, "wide")?.deviceId, "main");
  assert.equal(nextLens(lenses.slice(0, 1), "main"), null);
  assert.deepEqual(lensesOf([camera("only", "FaceTime Camera")]).map(({ deviceId }) => deviceId), ["only"]);
});

test("operation ids are random UUIDs, with and without the platform's own", (context) => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(newOperationId(), form);
  context.mock.method(crypto, "randomUUID").mock.restore();
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  const ids = new Set(Array.from({ length: 1000 }, newOperationId));
  delete crypto.randomUUID;
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, form);
});

test("no two moments sound or feel the same", () => {
  const patterns = Object.values(PATTERNS);
  for (const part of ["notes", "vibration"]) {
    assert.equal(new Set(patterns.map((pattern) => JSON.stringify(pattern[part]))).size, patterns.length, part);
  }
  assert.ok(isMoment("agreed") && !isMoment("toString") && !isMoment(undefined));
});
