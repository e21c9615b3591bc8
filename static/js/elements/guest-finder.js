// <guest-finder>: the search by name at the door. Ready for the next guest as soon as a verdict is closed: names go, and
// whoever was typing may type on. Inside the <door-phone> of a paired phone it searches the names this page holds when no
// server answers, and says how to choose that where it holds none.

import { put } from "../lib/door-face.js";
import { newOperationId } from "../lib/operation-id.js";

/** @typedef {import("../lib/door-desk.js").DoorDesk} DoorDesk */
/** @typedef {import("../lib/door-names.js").Named} Named */

const IN_TIME = "timeout:1500ms";

class GuestFinder extends HTMLElement {
  #listening = new AbortController();
  /** @type {DoorDesk | null} */
  #desk = null;

  async connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("verdict-closed", (event) => this.#next(event), { signal });
    const phone = this.closest("door-phone[owner]");
    if (!phone) return;
    await customElements.whenDefined("door-phone");
    this.#desk = await /** @type {import("./door-phone.js").DoorPhone} */ (phone).desk;
    if (!this.#desk || signal.aborted) return;
    this.#words?.setAttribute("hx-config", IN_TIME);
    this.addEventListener("input", () => this.#typed(), { signal });
    this.addEventListener("submit", (event) => this.#asked(event), { signal });
    this.addEventListener("htmx:error", (event) => this.#noAnswer(event), { signal });
    this.addEventListener("htmx:response:error", (event) => this.#noAnswer(event), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  get #words() {
    const words = this.querySelector("input[type=search]");
    return words instanceof HTMLInputElement ? words : null;
  }

  /** @param {Event} event */
  #next(event) {
    const words = this.#words;
    if (!words) return;
    const wasTyping = words.value !== "";
    words.value = "";
    this.querySelector("#guests")?.replaceChildren();
    if (wasTyping || (event instanceof CustomEvent && event.detail === "find")) words.focus();
  }

  // Without a network

  #typed() {
    if (this.#desk && !this.#desk.online) this.#find(this.#desk);
  }

  /** The form would open a page, and with this page the names would go. @param {Event} event */
  #asked(event) {
    if (!(event.target instanceof HTMLFormElement) || event.target.getAttribute("role") !== "search") return;
    event.preventDefault();
    this.#words?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {Event} event */
  #noAnswer(event) {
    const status = event instanceof CustomEvent ? event.detail.ctx?.response?.status ?? 0 : 0;
    if (event.target !== this.#words || !this.#desk || (status >= 400 && status < 500)) return;
    event.stopPropagation();
    this.#find(this.#desk);
  }

  /** @param {DoorDesk} desk */
  #find(desk) {
    const words = this.#words?.value ?? "";
    if (!words.trim()) return this.#show([]);
    if (!desk.names.madeAt) return this.#show([this.#say("none")]);
    const { searched, guests, more } = desk.names.find(words);
    if (!searched) return this.#show([this.#say("more-letters")]);
    if (!guests.length) return this.#show([this.#say("nobody")]);
    const list = document.createElement("ul");
    list.className = "people finds";
    list.append(...guests.map((guest) => this.#row(desk, guest)));
    this.#show([this.#say("held"), list, ...(more ? [this.#say("more")] : [])]);
    window.htmx.process(list);
  }

  /** @param {Node[]} parts */
  #show(parts) {
    this.querySelector("#guests")?.replaceChildren(...parts);
  }

  /**
   * A piece of the words template.
   * @param {string} word
   * @returns {HTMLElement}
   */
  #say(word) {
    const template = this.querySelector("template[data-find-words]");
    const found = template instanceof HTMLTemplateElement ? template.content.querySelector(`[data-word="${word}"]`) : null;
    const piece = /** @type {HTMLElement} */ (found?.cloneNode(true) ?? document.createElement("p"));
    for (const text of piece.querySelectorAll("[data-text]")) {
      text.textContent = put(text.textContent ?? "", { time: this.#clock(this.#desk?.names.madeAt ?? null) });
    }
    return piece;
  }

  /** @param {string | null} iso */
  #clock(iso) {
    const phone = this.closest("door-phone");
    return /** @type {import("./door-phone.js").DoorPhone} */ (phone).clock(iso);
  }

  /**
   * @param {DoorDesk} desk
   * @param {Named} guest
   */
  #row(desk, guest) {
    const template = /** @type {HTMLTemplateElement} */ (this.querySelector("template[data-find-row]"));
    const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const here = desk.memory.find(`attendee:${guest.id}`, guest.id);
    const since = here ? (here.out ? null : here.at) : guest.since;
    const form = /** @type {HTMLFormElement} */ (row.querySelector("form"));
    if (guest.cancelled) form.dataset.cancelled = guest.cancelled;
    if (since) form.dataset.in = since;
    for (const [name, value] of [["attendee_id", guest.id], ["operation_id", newOperationId()]]) {
      /** @type {HTMLInputElement} */ (form.querySelector(`[name=${name}]`)).value = value;
    }
    const texts = { name: guest.name, company: guest.company, box: guest.box, time: this.#clock(since) };
    for (const place of row.querySelectorAll("[data-say]")) place.textContent = put(place.textContent || `{${place.getAttribute("data-say")}}`, texts);
    const is = guest.cancelled ? "cancelled" : since ? "in" : "expected";
    for (const part of row.querySelectorAll("[data-is]")) if (part.getAttribute("data-is") !== is) part.remove();
    return row;
  }
}

customElements.define("guest-finder", GuestFinder);
