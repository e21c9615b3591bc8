import assert from "node:assert/strict";
import { test } from "node:test";
import { MeasuredClock } from "../../static/js/lib/measured-clock.js";

const NOON = Date.parse("2026-11-30T12:00:00Z");

/** A phone whose clocks the test moves. */
function phone({ ahead = 0 } = {}) {
  const at = { wall: NOON + ahead, steady: 1000 };
  const clock = new MeasuredClock(() => at.wall, () => at.steady);
  const pass = (milliseconds) => {
    at.wall += milliseconds;
    at.steady += milliseconds;
  };
  return { at, clock, pass };
}

test("before any answer the offset is unknown, and the phone's own time is all there is", () => {
  const { clock } = phone({ ahead: 600_000 });
  assert.deepEqual({ offset: clock.stamp().offset, rtt: clock.stamp().rtt }, { offset: null, rtt: null });
  assert.equal(clock.now().getTime(), NOON + 600_000);
});

test("a phone ten minutes fast knows so to half the round trip", () => {
  const { clock, pass } = phone({ ahead: 600_000 });
  const sent = clock.steady();
  pass(400);
  clock.learn(new Date(NOON + 200).toISOString(), sent, clock.steady());
  assert.deepEqual({ offset: clock.stamp().offset, rtt: clock.stamp().rtt }, { offset: 600_000, rtt: 400 });
  assert.equal(clock.now().getTime(), NOON + 400);
});

test("a vague answer does not replace an exact one, until that has grown old", () => {
  const { clock, pass } = phone();
  clock.learn(new Date(NOON).toISOString(), 1000, 1000);
  const vague = (seconds) => {
    const sent = clock.steady();
    pass(1000);
    clock.learn(new Date(NOON + seconds * 1000 + 1000).toISOString(), sent, clock.steady());
    return clock.stamp().rtt;
  };
  assert.equal(vague(0), 0);
  pass(4 * 3600_000);
  assert.equal(vague(4 * 3600), 1000);
});

test("a clock set by hand is noticed, and its offset counts as unknown until the next answer", () => {
  const { at, clock } = phone();
  clock.learn(new Date(NOON).toISOString(), 1000, 1000);
  at.wall -= 3600_000;
  assert.equal(clock.stamp().offset, null);
  clock.learn(new Date(NOON).toISOString(), 1000, 1000);
  assert.equal(clock.stamp().offset, -3600_000);
});

test("what an earlier page measured is taken over, but never against what this one knows", () => {
  const { clock } = phone();
  clock.recall({ offset: 5000, rtt: 80, lead: 0, boot: "another page" });
  assert.equal(clock.stamp().offset, 5000);
  clock.learn(new Date(NOON).toISOString(), 1000, 1000);
  clock.recall({ offset: 5000, rtt: 80, lead: 0, boot: "another page" });
  assert.equal(clock.stamp().offset, 0);
});

test("an answer without a time teaches nothing", () => {
  const { clock } = phone();
  clock.learn("tomorrow", 0, 1);
  assert.equal(clock.stamp().offset, null);
});
