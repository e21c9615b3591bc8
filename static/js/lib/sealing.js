/**
 * Records that only a scanned badge opens. The same derivations as on the server; `tests/js/sealing-vectors.json` holds
 * both to the same bytes.
 * @module
 */

const text = new TextEncoder();

/**
 * The one-way id under which a badge is listed.
 * @param {string} token 24 Crockford letters in upper case
 * @returns {Promise<string>} 32 hex digits
 */
export async function lookupId(token) {
  const bits = await derive(token, new Uint8Array(), "lookup", 128);
  return Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The part of a list in which a badge stands.
 * @param {string} lookup
 */
export function bucketOf(lookup) {
  return lookup.slice(0, 2);
}

/**
 * Open the record of a badge with the badge itself.
 * @param {object} of
 * @param {string} of.token as scanned
 * @param {string} of.eventId UUID of the event whose list it is
 * @param {string} of.lookup the token's own
 * @param {string} of.sealed base64 of a 12-byte nonce and the ciphertext
 * @param {"seal" | "face"} of.label the door's list, or the attendees'
 * @returns {Promise<any>} the record, or null if this badge does not open it
 */
export async function openRecord({ token, eventId, lookup, sealed, label }) {
  const salt = bytesOf(eventId.replaceAll("-", "").match(/../g) ?? [], 16);
  const key = await crypto.subtle.importKey("raw", await derive(token, salt, label, 256), "AES-GCM", false, ["decrypt"]);
  const bytes = Uint8Array.from(atob(sealed), (letter) => letter.charCodeAt(0));
  const additionalData = text.encode(`${eventId}:${lookup}`);
  try {
    const cipher = { name: "AES-GCM", iv: bytes.subarray(0, 12), additionalData };
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(cipher, key, bytes.subarray(12))));
  } catch {
    return null;
  }
}

/**
 * @param {string} token
 * @param {Uint8Array<ArrayBuffer>} salt
 * @param {string} label
 * @param {number} bits
 */
async function derive(token, salt, label, bits) {
  const key = await crypto.subtle.importKey("raw", text.encode(token), "HKDF", false, ["deriveBits"]);
  return crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: text.encode(label) }, key, bits);
}

/**
 * @param {string[]} pairs of hex digits
 * @param {number} length
 */
function bytesOf(pairs, length) {
  return Uint8Array.from({ length }, (_, at) => parseInt(pairs[at], 16));
}
