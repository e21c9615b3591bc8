import assert from "node:assert/strict";
import { test } from "node:test";
import { harmless, parseBadgeText } from "../../static/js/lib/badge-code.js";

const ORIGIN = "https://mixwell.example.org";
const TOKEN = "7K3M9QXT2A0B1C4D5E6F8GHJ";
const HANDLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ0123456";
const BADGE = `HTTPS://MIXWELL.EXAMPLE.ORG/B/${TOKEN}`;

/** Numbers from 0 to below `limit`, the same on every run (mulberry32). */
function dice(seed) {
  return (limit) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit);
  };
}

test("a printed badge is read in any letter case and sent as printed", () => {
  for (const text of [BADGE, BADGE.toLowerCase(), `Https://Mixwell.Example.ORG/b/${TOKEN.toLowerCase()}`, ` ${BADGE}\n`]) {
    assert.deepEqual(parseBadgeText(text, ORIGIN), { kind: "badge", code: TOKEN, text: BADGE });
  }
});

test("a screen code is told apart from a badge", () => {
  const text = `HTTPS://MIXWELL.EXAMPLE.ORG/S/${HANDLE}`;
  assert.deepEqual(parseBadgeText(text, ORIGIN), { kind: "screen", code: HANDLE, text });
});

test("a typed code forgives case, spaces, hyphens and look-alike letters", () => {
  for (const text of ["7K3M9QX0", "7k3m-9qxo", " 7K3M 9QXO "]) {
    assert.deepEqual(parseBadgeText(text, ORIGIN), { kind: "typed", code: "7K3M9QX0", text: "7K3M9QX0" });
  }
  assert.equal(parseBadgeText("iIlL-oO00", ORIGIN).code, "11110000");
});

test("a port is part of our origin", () => {
  const local = "http://127.0.0.1:5000";
  assert.equal(parseBadgeText(`HTTP://127.0.0.1:5000/B/${TOKEN}`, local).kind, "badge");
  assert.equal(parseBadgeText(`HTTPS://127.0.0.1:5000/B/${TOKEN}`, local).kind, "badge");
  assert.equal(parseBadgeText(`HTTP://127.0.0.1/B/${TOKEN}`, local).kind, "foreign");
  assert.equal(parseBadgeText(`HTTP://127.0.0.1:50001/B/${TOKEN}`, local).kind, "foreign");
});

const FOREIGN = [
  `HTTP://MIXWELL.EXAMPLE.ORG/B/${TOKEN}`,
  `HTTPS://MIXWELL.EXAMPLE.ORG.EVIL.EXAMPLE/B/${TOKEN}`,
  `HTTPS://EVIL-MIXWELL.EXAMPLE.ORG/B/${TOKEN}`,
  `HTTPS://MIXWE11.EXAMPLE.ORG/B/${TOKEN}`,
  `https://m\u0456xwell.example.org/B/${TOKEN}`,
  `https://m\u0131xwell.example.org/B/${TOKEN}`,
  `https://mixwell.example.org\u2024evil.example/B/${TOKEN}`,
  `http\u017f://mixwell.example.org/B/${TOKEN}`,
  `HTTPS://MIXWELL.EXAMPLE.ORG@EVIL.EXAMPLE/B/${TOKEN}`,
  `HTTPS://USER@MIXWELL.EXAMPLE.ORG/B/${TOKEN}`,
  `HTTPS://USER:PASSWORD@MIXWELL.EXAMPLE.ORG/B/${TOKEN}`,
  `HTTPS://EVIL.EXAMPLE\\@MIXWELL.EXAMPLE.ORG/B/${TOKEN}`,
  `HTTPS://MIXWELL.EXAMPLE.ORG:8443/B/${TOKEN}`,
  `HTTPS://MIXWELL.EXAMPLE.ORG./B/${TOKEN}`,
  `HTTPS:MIXWELL.EXAMPLE.ORG/B/${TOKEN}`,
  `HTTPS:///MIXWELL.EXAMPLE.ORG/B/${TOKEN}`,
  `//MIXWELL.EXAMPLE.ORG/B/${TOKEN}`,
  `${BADGE}?next=HTTPS://EVIL.EXAMPLE`,
  `${BADGE}#X`,
  `${BADGE}/`,
  `${BADGE}A`,
  BADGE.slice(0, -1),
  `HTTPS://MIXWELL.EXAMPLE.ORG//B/${TOKEN}`,
  `HTTPS://MIXWELL.EXAMPLE.ORG/B/../B/${TOKEN}`,
  `HTTPS://MIXWELL.EXAMPLE.ORG/%42/${TOKEN}`,
  `HTTPS://MIXWELL.EXAMPLE.ORG/B/${TOKEN.replace("7", "U")}`,
  `HTTPS://MIXWELL.EXAMPLE.ORG/B/${TOKEN.replace("0", "O")}`,
  `HTTPS://MIXWELL.EXAMPLE.ORG/S/${TOKEN}`,
  `HTTPS://MIXWELL.EXAMPLE.ORG/B/${HANDLE}`,
  `${BADGE}\n${BADGE}`,
  `${BADGE}\u0000`,
  `\u202e${BADGE}`,
  `javascript:alert(1)//${BADGE}`,
  "javascript:alert(document.cookie)",
  "data:text/html,<script>alert(1)</script>",
  "WIFI:T:WPA;S:Guests;P:secret;;",
  "tel:+4915112345678",
  "mailto:someone@example.org",
  "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Example\nEND:VCARD",
  "",
  " ",
  "ABC",
  "ABCDEFGHJ",
  "ÄBCDEFGH",
  "<img src=x onerror=alert(1)>",
  "😀".repeat(8),
  "\ud800".repeat(8),
  "A".repeat(4096),
];

for (const text of FOREIGN) {
  test(`${JSON.stringify(text.slice(0, 60))} is foreign`, () => {
    const { kind, text: sent } = parseBadgeText(text, ORIGIN);
    assert.deepEqual({ kind, sent }, { kind: "foreign", sent: "" });
  });
}

test("foreign text loses controls and direction tricks and is cut at 512 characters", () => {
  assert.equal(harmless("a\u0000b\u001b[31mc\u202egpj.exe\u2066d\u200be\ufeff\u0085"), "ab[31mcgpj.exede");
  assert.equal(parseBadgeText("x".repeat(4096), ORIGIN).code.length, 512);
});

// S-03: a sticker over a poster leads nowhere.
test("of 10,000 mutations only those that still are a badge of ours are taken", () => {
  const roll = dice(20261121);
  const signs = ["\u0000", "\u202e", "\u0131", "\u017f", "@", "\\", "/", "?", "#", ".", ":", "%", " ", "\n", "😀", "\ud800", "U", "O", "Z", "0", "é"];
  const mutations = [
    (text, at) => text.slice(0, at) + signs[roll(signs.length)] + text.slice(at + 1),
    (text, at) => text.slice(0, at) + signs[roll(signs.length)] + text.slice(at),
    (text, at) => text.slice(0, at) + text.slice(at + 1 + roll(3)),
    (text, at) => text.slice(0, at) + text.slice(at).toLowerCase(),
    (text, at) => text.slice(at) + text.slice(0, at),
    (text, at) => text.slice(0, at) + text.slice(at, at + 4).repeat(roll(300)) + text.slice(at),
    (text, at) => text.slice(0, at) + String.fromCharCode(roll(65536)) + text.slice(at + 1),
  ];
  let taken = 0;
  for (let round = 0; round < 10_000; round++) {
    let text = BADGE;
    for (let steps = 1 + roll(3); steps; steps--) text = mutations[roll(mutations.length)](text, roll(text.length + 1));
    const found = parseBadgeText(text, ORIGIN);
    if (found.kind === "foreign") {
      assert.equal(found.text, "");
      continue;
    }
    taken++;
    // The platform's own parser is the judge: same origin, same path, nothing beside.
    const address = new URL(text);
    assert.equal(address.origin, ORIGIN, JSON.stringify(text));
    assert.equal(address.username + address.password + address.search + address.hash, "");
    assert.equal(address.pathname.toUpperCase(), `/B/${found.code}`);
    assert.match(found.code, /^[0-9A-HJKMNP-TV-Z]{24}$/);
  }
  assert.ok(taken > 100 && taken < 5_000, `${taken} taken`);
});
