/**
 * What a scanned or typed text means. Pure: it answers, it never acts. Foreign text is for reading, never for opening.
 * @module
 */
import { nameFrom } from "./screen-code.js";

/**
 * @typedef {object} BadgeText
 * @property {"badge" | "screen" | "typed" | "foreign"} kind
 * @property {string} code the token in upper case; for foreign text, that text made harmless to show
 * @property {string} text what a form sends: the whole badge text as printed, or the typed code; "" when foreign
 * @property {string} [name] of a live code shown without a network: how its owner is called. It proves nothing
 */

const LONGEST_TEXT = 512;
const SIGN = "[0-9A-HJKMNP-TV-Z]";
const TYPED_CODE = new RegExp(`^${SIGN}{8}$`);
// 24 signs hold the badge token's 120 bits, 39 the screen code's 16 + 8 bytes, and again 39 a name of 24 bytes.
const ADDRESS = new RegExp(`^(HTTPS?)://([^/?#@\\\\]+)/(?:(B)/(${SIGN}{24})|S/(${SIGN}{39})(-${SIGN}{2,39})?)$`);

// C0 and C1 controls, direction marks and overrides, line separators, zero-width signs: all can disguise what is shown.
const DISGUISES = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Text of unknown origin, safe to put into textContent: no controls, no direction tricks, at most 512 characters.
 * @param {string} text
 */
export function harmless(text) {
  return text.replace(DISGUISES, "").slice(0, LONGEST_TEXT);
}

/**
 * Sort a text into badge, screen code, typed code or foreign.
 *
 * A badge text is our own origin (any letter case; https, or the page's own scheme) followed by /B/ and 24 Crockford
 * base32 signs, or /S/ and 39, and nothing else but a name behind the latter: a hyphen and 2 to 39 more.
 * @param {string} text as decoded or typed
 * @param {string} origin the page's own, such as `https://mixwell.example.org`
 * @returns {BadgeText}
 */
export function parseBadgeText(text, origin) {
  if (text.length <= LONGEST_TEXT) {
    const found = ownAddress(text, origin) ?? typedCode(text);
    if (found) return found;
  }
  return { kind: "foreign", code: harmless(text), text: "" };
}

/**
 * @param {string} text
 * @param {string} origin
 * @returns {BadgeText | null}
 */
function ownAddress(text, origin) {
  const upper = upperAscii(text.trim());
  const match = ADDRESS.exec(upper);
  if (!match) return null;
  const [, scheme, host, badge, token, handle, named] = match;
  const own = new URL(origin);
  if (host !== own.host.toUpperCase()) return null;
  if (scheme !== "HTTPS" && `${scheme.toLowerCase()}:` !== own.protocol) return null;
  if (badge) return { kind: "badge", code: token, text: upper };
  const name = named ? { name: harmless(nameFrom(named.slice(1))).trim() } : {};
  return { kind: "screen", code: handle, text: upper, ...name };
}

/**
 * @param {string} text
 * @returns {BadgeText | null}
 */
function typedCode(text) {
  const code = upperAscii(text).replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  return TYPED_CODE.test(code) ? { kind: "typed", code, text: code } : null;
}

/**
 * Only ASCII changes case: toUpperCase would turn the dotless i or long s of a look-alike host into our letters.
 * @param {string} text
 */
function upperAscii(text) {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
