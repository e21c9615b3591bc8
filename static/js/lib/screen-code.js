/**
 * The live code of this phone, made here: a handle and eight bytes of an HMAC over the half minute, as on the server
 * (`webapp/core/tokens.py`). Without a network it also says how its owner is called, for another phone to show.
 * @module
 */

/**
 * @typedef {object} CodeMaker what the server gave this phone, good for its own session alone
 * @property {string} handle 32 hex digits
 * @property {string} key 64 hex digits
 */

const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_SIGNS = 39;
const TAG_BYTES = 8;
const NAME_BYTES = 24;

/** Milliseconds after which a code changes. */
export const STEP_MS = 30_000;

/**
 * @param {CodeMaker} maker
 * @param {Date} at by the server's clock
 * @returns {Promise<string>} 39 Crockford letters
 */
export async function screenCode({ handle, key }, at) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const secret = await crypto.subtle.importKey("raw", bytesOf(key), algorithm, false, ["sign"]);
  const step = new TextEncoder().encode(String(Math.floor(at.getTime() / STEP_MS)));
  const tag = new Uint8Array(await crypto.subtle.sign("HMAC", secret, step)).subarray(0, TAG_BYTES);
  return signsOf([...bytesOf(handle), ...tag]).slice(0, CODE_SIGNS);
}

/**
 * What a phone shows: the address a camera reads, and the name behind it if one is given.
 * @param {string} base of the server, such as `https://mixwell.example.org`
 * @param {string} code
 * @param {string} [name]
 */
export function screenText(base, code, name = "") {
  const signs = signsOf([...shortened(name)]);
  return `${base}/S/${code}${signs && `-${signs}`}`.toUpperCase();
}

/**
 * The name in the signs behind a live code; "" if there is none to be read.
 * @param {string} signs Crockford base32 of UTF-8
 */
export function nameFrom(signs) {
  const bits = [...signs].map((sign) => SIGNS.indexOf(sign).toString(2).padStart(5, "0")).join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return "";
  }
}

/**
 * At most 24 bytes of UTF-8: as many whole characters as fit, and never half a letter with its accent.
 * @param {string} name
 */
function shortened(name) {
  const characters = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name)].map(({ segment }) => segment);
  const encoder = new TextEncoder();
  let bytes = new Uint8Array();
  for (let end = 1; end <= characters.length; end++) {
    const longer = encoder.encode(characters.slice(0, end).join("").trimEnd());
    if (longer.length > NAME_BYTES) break;
    bytes = longer;
  }
  return bytes;
}

/** @param {number[]} bytes */
function signsOf(bytes) {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => SIGNS[parseInt(five.padEnd(5, "0"), 2)]).join("");
}

/** @param {string} hex */
function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
