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
 * The door that lies folded in the page for times without a network, as this phone's.
 * @param {HTMLTemplateElement} template
 * @param {KeptDoor} door
 */
function doorOf(template, { event, title }) {
  const content = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const form = content.querySelector("badge-scanner form");
  for (const name of ["action", "hx-post"]) form?.setAttribute(name, `/events/${event}/check-ins`);
  content.querySelector("[data-part=title]")?.replaceChildren(title);
  return content;
}

/**
 * Make the page for times without a network this phone's door.
 * @param {HTMLElement} root
 * @param {KeptDoor} door
 */
export function buildDoor(root, door) {
  const template = root.querySelector("template[data-door]");
  if (template instanceof HTMLTemplateElement) template.replaceWith(doorOf(template, door));
  takeTheDoorsTheme();
  root.hidden = false;
  window.htmx.process(root);
  import("../elements/badge-scanner.js");
}

/**
 * Under which count of this phone a form asks, so that the server misses none.
 * @param {HTMLFormElement} form
 * @param {number} seq 0: nothing was kept
 */
export function writeCount(form, seq) {
  const known = form.querySelector("input[name=sequence]");
  const field = known instanceof HTMLInputElement ? known : Object.assign(document.createElement("input"), { type: "hidden", name: "sequence" });
  field.value = seq ? String(seq) : "";
  form.append(field);
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

/**
 * This phone is no longer a door: forget its list and what it knew, before anything of them is drawn again. What waits to be
 * sent stays until the server has heard it; the page at `/door` sees to that.
 * @param {PhoneStore} store
 * @returns {Promise<string | null>} under which label what waits is to be handed over
 */
export async function forgetDoor(store) {
  const owner = (await store.fact("door").catch(() => null))?.owner ?? (await store.fact("leaving").catch(() => null));
  if (owner) await store.setFact("leaving", owner).catch(() => {});
  await store.wipe("door").catch(() => {});
  return owner ?? null;
}

/** Whether our server says that this phone was a door and is none any more. */
export async function isTakenBack() {
  const answer = await fetch("/door", { redirect: "manual", cache: "no-store" }).catch(() => null);
  return answer?.status === 410;
}

/**
 * Hand records over to whoever holds the phone.
 * @param {unknown[]} records
 * @param {string} name of the file
 */
export function saveAsFile(records, name) {
  const file = new Blob([JSON.stringify(records, null, 1)], { type: "application/json" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The page for times without a network is everybody's; a door has a light of its own. */
function takeTheDoorsTheme() {
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
  document.querySelector("main")?.classList.remove("column");
}
