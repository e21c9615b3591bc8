// <room-place>: the phone of somebody signed in, on the page for times without a network: scanning, their code, whom they met.
// It takes the place of the page's own words at the addresses of Scan and People; where this phone is nobody's it stays hidden.

import { parseBadgeText } from "../lib/badge-code.js";
import { newOperationId } from "../lib/operation-id.js";
import { isPhoneInUse } from "../lib/phone-in-use.js";
import { RoomPhone } from "../lib/room-phone.js";
import { RoomSheet } from "./room-sheet.js";

const CODES = /^\/[bs]\/[^/]+$/i;
const SCAN = /^\/(scan\b.*)?$/;
const PEOPLE = /^\/people\b/;

export class RoomPlace extends HTMLElement {
  #listening = new AbortController();

  async connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const where = placeAt(location.pathname);
    const phone = where && (await isPhoneInUse()) ? await RoomPhone.open() : null;
    if (!where || !phone?.me || signal.aborted) return;
    this.#build(where);
    document.addEventListener("mixwell:room", () => this.#list(phone), { signal });
    document.addEventListener("mixwell:unsent", () => this.#list(phone), { signal });
    await this.#list(phone);
    await this.#openedByCode();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /** @param {"scan" | "people"} where */
  #build(where) {
    const template = this.querySelector("template[data-room]");
    if (!(template instanceof HTMLTemplateElement)) return;
    const content = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    for (const part of content.querySelectorAll("[data-place]")) {
      if (!part.getAttribute("data-place")?.split(" ").includes(where)) part.remove();
    }
    const title = content.querySelector("[data-part=title]");
    const heading = document.createElement("h1");
    heading.append(...(title?.childNodes ?? []));
    title?.replaceWith(heading);
    template.replaceWith(content);
    document.querySelector(`a.place[href="/${where}"]`)?.setAttribute("aria-current", "page");
    for (const beside of [...(this.parentElement?.children ?? [])]) if (!beside.localName.includes("-")) beside.remove();
    if (where === "scan") this.closest("main")?.classList.add("scan-place");
    this.hidden = false;
    window.htmx.process(this);
    if (where === "scan") import("./badge-scanner.js");
  }

  /** The system camera read a code and opened its address: the scan comes first, with or without a network. */
  async #openedByCode() {
    const { kind, text } = parseBadgeText(location.origin + location.pathname, location.origin);
    if (!CODES.test(location.pathname) || kind === "foreign") return;
    history.replaceState(null, "", "/scan");
    const sheet = this.querySelector("room-sheet");
    if (sheet instanceof RoomSheet) await sheet.read({ id: newOperationId(), text });
  }

  /** @param {RoomPhone} phone */
  async #list(phone) {
    const place = this.querySelector("[data-part=people]");
    const row = this.querySelector("template[data-row]");
    if (!place || !(row instanceof HTMLTemplateElement) || !phone.me) return;
    const { people, zone } = phone.me;
    const waiting = (await phone.waiting().catch(() => [])).map((met) => ({ ...met, event: "", waits: true }));
    const rows = [...waiting.reverse(), ...people].map((met) => filled(row, met, zone));
    place.replaceChildren(...rows);
    this.querySelector("[data-part=no-one]")?.toggleAttribute("hidden", rows.length > 0);
  }
}

/**
 * Which place of the phone an address is of; null for what cannot be had without a network.
 * @param {string} path
 */
function placeAt(path) {
  if (PEOPLE.test(path)) return "people";
  return SCAN.test(path) || CODES.test(path) ? "scan" : null;
}

/**
 * @param {HTMLTemplateElement} template
 * @param {{name: string, at: string, event: string, waits?: boolean}} met
 * @param {string} zone
 */
function filled(template, { name, at, event, waits = false }, zone) {
  const row = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const put = (/** @type {string} */ part, /** @type {string} */ words) => {
    for (const each of row.querySelectorAll(`[data-part=${part}]`)) each.textContent = words;
  };
  if (name) put("name", name);
  put("letter", [...name][0] ?? "·");
  put("event", event);
  put("time", momentWords(new Date(at), zone));
  for (const each of row.querySelectorAll("[data-waits]")) each.toggleAttribute("hidden", !waits);
  return row;
}

/**
 * A clock time for what is at most half a day old, else a date, as everywhere else.
 * @param {Date} at
 * @param {string} timeZone
 */
function momentWords(at, timeZone) {
  const recent = Date.now() - at.getTime() < 12 * 3_600_000;
  const shape = /** @type {Intl.DateTimeFormatOptions} */ (recent ? { timeStyle: "short" } : { dateStyle: "medium" });
  return new Intl.DateTimeFormat(document.documentElement.lang, { ...shape, timeZone }).format(at);
}

customElements.define("room-place", RoomPlace);
