// F15 in the parser: of 10,000 texts that are no badges, none is taken for one. The pictures of such texts are read in
// tests/browser/test_scanner_fuzz.py, the endpoints are tried in tests/faults/test_fuzzed_scans.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBadgeText } from "../../static/js/lib/badge-code.js";

const HOST = "MIXWELL.EXAMPLE.ORG";
const ORIGIN = "https://mixwell.example.org";
const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const NO_SIGNS = [..."UILO!%+é٣０Ａ🎫\u0000\u200d"];
const BIDI = [..."\u061c\u200e\u200f\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069"];
const EMOJI = ["😀", "👩🏽‍🚀", "🇺🇳", "🏳️‍🌈", "1️⃣"];
const FOREIGN = [
  "https://example.com/menu", "http://192.168.0.1/setup", "javascript:alert(1)", "data:text/html,<script>1</script>",
  "WIFI:T:WPA;S:Guests;P:secret;;", "tel:+4915112345678", "sms:+49:hello", "mailto:a@example.org?subject=x", "geo:53,9",
  "BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nEND:VCARD", "otpauth://totp/x?secret=AAAA", "bitcoin:1Boat?amount=1",
  "intent://scan/#Intent;scheme=zxing;end", "file:///etc/passwd", "blob:https://example.com/1", "../../B/",
];

/** Numbers from 0 to below `limit`, the same on every run (mulberry32). */
function dice(seed) {
  return (limit) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit);
  };
}

const roll = dice(20261121);
const any = (list) => list[roll(list.length)];
const token = (length = 24) => Array.from({ length }, () => any(SIGNS)).join("");
const badge = (host = HOST) => `HTTPS://${host}/B/${token()}`;
const put = (text, at, what) => text.slice(0, at) + what + text.slice(at);
// Somewhere inside, where nothing is trimmed.
const inside = (text) => 1 + roll(text.length - 2);

const KINDS = {
  "a token too short, too long or with a sign that tokens have not": () => {
    const start = HOST.length + 11;
    const spoiled = put(`HTTPS://${HOST}/B/${token(23)}`, start + roll(23), any(NO_SIGNS));
    return any([spoiled, badge().slice(0, -1 - roll(24)), badge() + token(1 + roll(30)), badge() + any([..."/?#.%&\\"]) + "X"]);
  },
  "a host that looks like ours": () => badge(any([
    `${HOST}.EVIL.EXAMPLE`, `EVIL-${HOST}`, `${HOST}@EVIL.EXAMPLE`, `USER:PW@${HOST}`, `EVIL.EXAMPLE\\@${HOST}`, `${HOST}.`,
    `EVIL.EXAMPLE/${HOST}`, `EVIL.EXAMPLE#${HOST}`, `${HOST}:${1 + roll(65535)}`, `XN--${HOST}`, ` ${HOST}`, `${HOST}\t`,
    `[${HOST}]`, HOST.replace("E", "\u0395"), HOST.replace("I", "\u0131"), HOST.replace(".", "\u2024"), HOST.replace("M", "\uff2d"),
  ])),
  "another scheme or path": () => any([
    `HTTP://${HOST}/B/${token()}`, `HTTP\u017f://${HOST}/B/${token()}`, `//${HOST}/B/${token()}`, `HTTPS:${HOST}/B/${token()}`,
    `JAVASCRIPT://${HOST}/B/${token()}`, `HTTPS://${HOST}/S/${token()}`, `HTTPS://${HOST}//B/${token()}`,
    `HTTPS://${HOST}/%42/${token()}`, `HTTPS://${HOST}/B/../B/${token()}`, `HTTPS://${HOST}/B/${token(39)}`,
  ]),
  "what other people print": () => any(FOREIGN) + any(["", token(), badge()]),
  controls: () => { const text = badge(); return put(text, inside(text), String.fromCharCode(any([roll(32), 127 + roll(33)]))); },
  "direction marks": () => { const text = badge(); return put(text, inside(text), any(BIDI)); },
  pictures: () => { const text = badge(); return put(text, inside(text), any(EMOJI)); },
  "halves of a sign": () => { const text = badge(); return put(text, inside(text), String.fromCharCode(0xd800 + roll(0x800))); },
  "cut UTF-8": () => new TextDecoder().decode(new TextEncoder().encode(badge() + any(EMOJI)).slice(0, -1 - roll(3))),
  "four kilobytes": () => put(any(["A", "0", badge(), " X"]).repeat(4096).slice(0, 4096), roll(4096), badge()),
  noise: () => String.fromCharCode(...Array.from({ length: 9 + roll(60) }, () => 0x80 + roll(0xff80))),
};
const MAKERS = Object.entries(KINDS);
const TEXTS = Array.from({ length: 10_000 }, (_, at) => MAKERS[at % MAKERS.length][1]());

/** What a phone would be open to whose parser took any address. */
const taken = (parse) => TEXTS.filter((text) => parse(text, ORIGIN).kind !== "foreign");

test("of 10,000 texts that are no badges none is taken, and none is an error", () => {
  assert.deepEqual(taken(parseBadgeText), []);
});

test("what is shown of them holds no control and no direction mark, and is short", () => {
  for (const text of TEXTS) {
    const { code, text: sent } = parseBadgeText(text, ORIGIN);
    assert.equal(sent, "");
    assert.ok(code.length <= 512);
    assert.doesNotMatch(code, /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069]/);
  }
});

test("a parser that takes any address would be caught", () => {
  const careless = (text) => ({ kind: URL.canParse(text) ? "badge" : "foreign" });
  assert.ok(taken(careless).length > 1000);
});
