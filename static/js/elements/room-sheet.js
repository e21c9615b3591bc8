// <room-sheet>: the sheet after a scan that nobody could be asked about. Every scan is kept on the phone before it is sent;
// where no answer comes in time the sheet comes up by what the phone knows, and the scan is sent later under the same id.
// With `offline` it stands on the page for times without a network, where nothing is asked at all.
//
// Where the phone cannot keep anything it stays out of the way, and the scanner says "not sent" as ever.

import { parseBadgeText } from "../lib/badge-code.js";
import { RoomPhone } from "../lib/room-phone.js";

/** @typedef {{id: string, text: string}} Read a scan as its form made it */
/** @typedef {{kind: string, name: string, ask: string}} Known what this phone knows of whom it read */

const PATIENCE_MS = 1500;
const FIELDS = ["note", "knew", "promise", "place"];

export class RoomSheet extends HTMLElement {
  #listening = new AbortController();
  /** @type {Read | null} */
  #read = null;

  async connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("scan:made", (event) => this.#made(event), { signal });
    document.addEventListener("scan:unsent", (event) => this.#unsent(event), { signal });
    document.addEventListener("htmx:after:swap", () => this.#answered(), { signal });
    document.addEventListener("mixwell:synced", (event) => this.#synced(event), { signal });
    document.addEventListener("submit", (event) => this.#submitted(event), { signal, capture: true });
    document.addEventListener("click", (event) => this.#clicked(event), { signal });
    document.addEventListener("mixwell:room", () => this.#hurry(), { signal });
    await this.#hurry();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /**
   * A code was read without a scanner: the page itself was opened by one.
   * @param {Read} read
   */
  async read(read) {
    this.#read = read;
    await this.#show(await RoomPhone.open());
  }

  /** Where the phone can keep a scan, nobody waits long for a network that does not answer. */
  async #hurry() {
    if (!(await RoomPhone.open()).keeps) return;
    for (const form of document.querySelectorAll("badge-scanner form")) {
      form.setAttribute("hx-config", `timeout:${PATIENCE_MS}ms`);
      form.setAttribute("data-named-answers", "");
    }
  }

  // A scan

  /** @param {Event} event */
  #made(event) {
    if (event instanceof CustomEvent) event.detail.answer(this.#keepFirst(event.detail));
  }

  /**
   * @param {Read} read
   * @returns {Promise<string | undefined>} undefined: ask the server
   */
  async #keepFirst({ id, text }) {
    const phone = await RoomPhone.open();
    if (!phone.keeps) return undefined;
    this.#read = { id, text };
    if (this.hasAttribute("offline") || !navigator.onLine) return this.#show(phone);
    // The question before the first scan is the server's while it answers; the phone asks where it does not.
    if (!phone.me?.asksFirst) await phone.keep("scan", { code: text }, id).catch(() => null);
    return undefined;
  }

  /** @param {Event} event */
  #unsent(event) {
    if (event instanceof CustomEvent && this.#read?.id === event.detail.id) event.detail.answer(this.#alone());
  }

  async #alone() {
    const phone = await RoomPhone.open();
    if (!phone.keeps) return undefined;
    const outcome = await this.#show(phone);
    phone.queue?.sync();
    return outcome;
  }

  /** The server's own sheet is on the page: it has the scan. */
  async #answered() {
    const read = this.#read;
    if (!read || !document.querySelector(`#sheet[data-answers="${read.id}"]`)) return;
    const phone = await RoomPhone.open();
    await phone.queue?.drop(read.id).catch(() => {});
    await phone.settle([read.id]).catch(() => {});
  }

  /**
   * @param {RoomPhone} phone
   * @returns {Promise<string | undefined>} how it sounds, undefined when nothing was kept
   */
  async #show(phone) {
    const read = /** @type {Read} */ (this.#read);
    const known = await knownOf(phone, read.text);
    if (phone.me?.asksFirst) {
      this.#put("question", known, phone);
      return "wait";
    }
    return this.#keep(phone, known);
  }

  /**
   * @param {RoomPhone} phone
   * @param {Known} known
   * @param {string} [intent]
   */
  async #keep(phone, known, intent) {
    const { id, text } = /** @type {Read} */ (this.#read);
    try {
      await phone.keep("scan", { code: text, ...(intent ? { intent } : {}) }, id);
      await phone.note({ id, name: known.name, at: phone.clock.now().toISOString() });
    } catch {
      return undefined;
    }
    this.#put("kept", known, phone, intent ?? known.kind);
    return "by_list";
  }

  // The sheet

  /**
   * @param {"question" | "kept"} which
   * @param {Known} known
   * @param {RoomPhone} phone
   * @param {string} [said] which sentence stands on it
   */
  #put(which, known, phone, said = "") {
    const template = this.querySelector(`template[data-sheet=${which}]`);
    const place = document.getElementById("sheet");
    if (!(template instanceof HTMLTemplateElement) || !place) return;
    const content = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const name = known.name || (this.dataset.nobody ?? "");
    for (const each of content.querySelectorAll("[data-part=name]")) each.textContent = name;
    for (const each of content.querySelectorAll("[data-part=fields]")) each.textContent = phone.me?.fields ?? "";
    for (const each of content.querySelectorAll("[data-part=topic]")) each.textContent = known.ask;
    for (const each of content.querySelectorAll("[data-if=ask]")) each.toggleAttribute("hidden", !known.ask);
    for (const each of content.querySelectorAll("[data-if=elsewhere]")) each.toggleAttribute("hidden", phone.me?.title !== "");
    for (const each of content.querySelectorAll("[data-said]")) {
      each.toggleAttribute("hidden", each.getAttribute("data-said") !== said);
    }
    if (content.firstElementChild) content.firstElementChild.id = place.id;
    place.replaceWith(content);
  }

  /** @param {Event} event */
  async #submitted(event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("#sheet[data-kept-here] form")) return;
    event.preventDefault();
    event.stopPropagation();
    const phone = await RoomPhone.open();
    const submitter = /** @type {SubmitEvent} */ (event).submitter;
    const intent = submitter instanceof HTMLButtonElement ? submitter.value : "";
    if (form.dataset.room === "question") await this.#answerQuestion(phone, intent);
    else await this.#done(phone, form);
  }

  /**
   * @param {RoomPhone} phone
   * @param {string} intent give or note; "" decides later, when the server asks
   */
  async #answerQuestion(phone, intent) {
    const known = await knownOf(phone, this.#read?.text ?? "");
    if (intent === "give") await phone.asked().catch(() => {});
    if (!(await this.#keep(phone, known, intent || undefined))) this.#cannotKeep();
    else if (!intent) this.#close();
  }

  /**
   * @param {RoomPhone} phone
   * @param {HTMLFormElement} form
   */
  async #done(phone, form) {
    const said = new FormData(form);
    const words = FIELDS.map((name) => [name, String(said.get(name) ?? "").trim()]).filter(([, text]) => text);
    try {
      if (words.length) await phone.keep("remember", { of: this.#read?.id ?? "", ...Object.fromEntries(words) });
    } catch {
      this.#cannotKeep();
      return;
    }
    this.#close();
    phone.queue?.sync();
  }

  /** @param {Event} event */
  async #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("#sheet[data-kept-here] [data-room=undo]") : null;
    if (!button || !this.#read) return;
    const phone = await RoomPhone.open();
    try {
      await phone.keep("undo_scan", { of: this.#read.id });
    } catch {
      this.#cannotKeep();
      return;
    }
    await phone.settle([this.#read.id]).catch(() => {});
    this.#close();
    document.dispatchEvent(new CustomEvent("mixwell:room"));
  }

  #cannotKeep() {
    const form = document.querySelector("#sheet[data-kept-here] form");
    if (!form || form.querySelector("[role=alert]")) return;
    const words = Object.assign(document.createElement("p"), { className: "field-error", textContent: this.dataset.trouble });
    words.setAttribute("role", "alert");
    form.prepend(words);
  }

  #close() {
    const empty = Object.assign(document.createElement("div"), { id: "sheet" });
    document.querySelector("#sheet[data-kept-here]")?.replaceWith(empty);
  }

  // Later

  /**
   * The scan of the sheet was answered after all: the server's own sheet takes its place, unless something was written.
   * @param {Event} event
   */
  #synced(event) {
    if (!(event instanceof CustomEvent) || this.hasAttribute("offline")) return;
    const mine = event.detail.results.find((/** @type {{id: string}} */ { id }) => id === this.#read?.id);
    const form = document.querySelector("#sheet[data-kept-here] form");
    if (!mine?.verdict.page || !(form instanceof HTMLFormElement) || isTouched(form)) return;
    window.htmx.ajax("GET", mine.verdict.page, { target: "#sheet", swap: "outerHTML" }).catch(() => {});
  }
}

/** @param {HTMLFormElement} form */
function isTouched(form) {
  return form.contains(document.activeElement) || [...new FormData(form).values()].some((value) => value !== "");
}

/**
 * @param {RoomPhone} phone
 * @param {string} text
 * @returns {Promise<Known>}
 */
async function knownOf(phone, text) {
  const { kind, code, name = "" } = parseBadgeText(text, location.origin);
  const face = kind === "badge" ? await phone.faceOf(code).catch(() => null) : null;
  return { kind, name: face?.name ?? name, ask: face?.ask ?? "" };
}

customElements.define("room-sheet", RoomSheet);
