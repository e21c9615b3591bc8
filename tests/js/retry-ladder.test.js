import assert from "node:assert/strict";
import { test } from "node:test";
import { LADDER, boxBlur, lumaOf, meanLuma, rgbaOf, unsharp } from "../../static/js/lib/retry-ladder.js";

/** The blur said slowly: every pixel the rounded mean of its square, edges repeated. */
function slowBlur({ width, height, data }, radius) {
  const at = (x, y) => data[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))];
  const blurred = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let dy = -radius; dy <= radius; dy++) for (let dx = -radius; dx <= radius; dx++) sum += at(x + dx, y + dy);
      blurred[y * width + x] = Math.floor(sum / (2 * radius + 1) ** 2 + 0.5);
    }
  }
  return { width, height, data: blurred };
}

function noise(width, height) {
  const data = Uint8Array.from({ length: width * height }, (_, at) => (at * at * 31 + at * 17) % 256);
  return { width, height, data };
}

test("the running sums give the mean of every square, also when it is wider than the picture", () => {
  for (const [width, height] of [[17, 11], [1, 9], [9, 1], [3, 3]]) {
    for (const radius of [1, 3, 4]) {
      const picture = noise(width, height);
      assert.deepEqual(boxBlur(picture, radius), slowBlur(picture, radius), `${width}×${height}, radius ${radius}`);
    }
  }
});

test("unsharp adds the gain times what the blur took away and stays within a byte", () => {
  const picture = noise(13, 7);
  const blurred = slowBlur(picture, 3).data;
  const expected = picture.data.map((value, at) => Math.max(0, Math.min(255, value + 2 * (value - blurred[at]))));
  assert.deepEqual(unsharp(picture, 3, 2).data, expected);
});

test("the rungs are those measured on the badge set, in their order", () => {
  const picture = noise(40, 30);
  const soft = slowBlur(picture, 1);
  const expected = [unsharp(soft, 3, 2), soft, unsharp(soft, 4, 3)];
  assert.deepEqual(LADDER.map((rung) => rung(picture)), expected);
});

test("no rung changes the picture it was given", () => {
  const picture = noise(20, 20);
  for (const rung of LADDER) rung(picture);
  assert.deepEqual(picture, noise(20, 20));
});

test("grey goes through RGBA and back unchanged, and flat grey through every rung", () => {
  const grey = noise(16, 16);
  assert.deepEqual(lumaOf(rgbaOf(grey), 16, 16), grey);
  const flat = { width: 9, height: 9, data: new Uint8Array(81).fill(200) };
  for (const rung of LADDER) assert.deepEqual(rung(flat), flat);
  assert.equal(meanLuma(flat), 200);
});
