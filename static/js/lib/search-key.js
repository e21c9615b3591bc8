/**
 * The key by which a name is found: as `search_key` in `webapp/core/text.py` makes it, so that what is typed here meets the
 * keys that were made there. `tests/js/search-keys.json` holds both to the same answers.
 * @module
 */

/** @type {Record<string, string>} letters that Unicode does not take apart, as people without that key type them */
const PLAIN = { ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i", ħ: "h", ŧ: "t", ĸ: "k" };
const APOSTROPHES = /['’‘‛`´ʼʻʽʾʿ′＇]/gu;
const ENOUGH_LETTERS = 3;

/**
 * No case, no accents, no punctuation, single spaces.
 * @param {string} text
 */
export function searchKey(text) {
  const decomposed = folded(text.replace(APOSTROPHES, "").normalize("NFKD")).normalize("NFKD");
  const plain = decomposed.replace(/[øłđðþæœıħŧĸ]/gu, (letter) => PLAIN[letter]);
  const parted = plain.replace(/[\p{M}\uFEFF]/gu, "").replace(/[\p{P}\p{Z}\s]/gu, " ").replace(/\p{C}/gu, "");
  return parted.replace(APOSTROPHES, "").split(/\s+/u).filter(Boolean).join(" ");
}

/** @param {string} text */
function folded(text) {
  return text.toUpperCase().toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ");
}

/**
 * Three letters to look anybody up; one sign of a script in which a word is a sign; a short name typed whole ("Bo ").
 * @param {string} words
 */
export function isEnough(words) {
  const key = searchKey(words);
  const letters = [...key].length;
  return letters >= ENOUGH_LETTERS || /[^\x00-\x7f]/.test(key) || (letters === ENOUGH_LETTERS - 1 && words.endsWith(" "));
}

/**
 * What a padded key must hold, and how it begins where the name begins so.
 * @param {string} words
 */
export function partsOf(words) {
  const key = searchKey(words);
  return isShort(key) ? [` ${key} `] : key.split(" ");
}

/** @param {string} key */
function isShort(key) {
  return [...key].length < ENOUGH_LETTERS && !/[^\x00-\x7f]/.test(key);
}
