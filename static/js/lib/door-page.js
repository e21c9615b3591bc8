/**
 * What a door reads from its page, and from the phone where there is no page.
 * @module
 */
import { PhoneStore } from "./phone-store.js";

/** @typedef {{event: string, owner: string, title: string, zone: string}} KeptDoor */

/**
 * The door that this phone is, if this address is its.
 * @param {string} path
 * @returns {Promise<KeptDoor | null>}
 */
export async function readKeptDoor(path) {
  const [, event] = /^\/events\/([0-9a-f-]{36})\/door\b/.exec(path) ?? [];
  if (!event && path !== "/door") return null;
  const store = await PhoneStore.open();
  const door = await store.fact("door").catch(() => null);
  store.db?.close();
  return door && (!event || door.event === event) ? door : null;
}

/**
 * The guest whose row of a look-up was tapped.
 * @param {HTMLFormElement} form
 */
export function readGuest(form) {
  const said = new FormData(form);
  const text = (/** @type {string} */ part) => form.querySelector(part)?.textContent?.trim() ?? "";
  const attendee = String(said.get("attendee_id"));
  const { cancelled = null, in: since } = form.dataset;
  /** @type {import("./door-list.js").Guest} */
  const guest = { a: attendee, n: text(".find-name"), x: text(".find-box strong"), s: cancelled ? "cancelled" : "ok", t: cancelled };
  return { id: String(said.get("operation_id")), attendee, guest, admitted: since ? { at: since, door: null } : null };
}

/** The page for times without a network is everybody's; a door has a light of its own. */
export function takeTheDoorsTheme() {
  const root = document.documentElement;
  root.dataset.themeScope = "door";
  let choice = null;
  try {
    choice = localStorage.getItem("mixwell-door-theme");
  } catch {
    // Storage can be refused; the door is bright then.
  }
  root.dataset.theme = choice === "dark" ? "dark" : "sun";
  document.body.className = "door";
}
