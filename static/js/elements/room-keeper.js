// <room-keeper owner now>: keeps on this phone what its owner needs without a network, and sends what they did meanwhile.
// `owner` is who the page was made for; a page of nobody's has none, and only looks whether this phone is still somebody's.
// It says in words how much waits.

import { keepDecoder } from "../lib/door-decoder.js";
import { RoomPhone } from "../lib/room-phone.js";

const FRESH_MS = 60_000;
const BRIEF_MS = 1800;

export class RoomKeeper extends HTMLElement {
  #listening = new AbortController();
  #timer = 0;

  async connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("mixwell:unsent", (event) => this.#sayLater(event), { signal });
    document.addEventListener("submit", (event) => this.#leaving(event), { signal, capture: true });
    const phone = await RoomPhone.open();
    await this.#lookAtUs(phone);
    if (!phone.me || signal.aborted) return;
    document.addEventListener("mixwell:synced", (event) => this.#synced(phone, event), { signal });
    phone.queue?.start();
    await this.#say();
    document.dispatchEvent(new CustomEvent("mixwell:room", { detail: { phone } }));
    if (this.hasAttribute("now")) keepDecoder().catch(() => {});
  }

  async disconnectedCallback() {
    this.#listening.abort();
    clearTimeout(this.#timer);
    (await RoomPhone.open()).queue?.stop();
  }

  /** @param {RoomPhone} phone */
  async #lookAtUs(phone) {
    const owner = this.getAttribute("owner");
    if (!owner && !phone.me) return;
    const same = owner === phone.me?.owner;
    if (phone.me && owner && !same) await phone.forget();
    const fresh = same && Date.now() - (phone.me?.kept ?? 0) < FRESH_MS;
    if (!fresh || this.hasAttribute("now")) await phone.refresh().catch(() => "no answer");
  }

  /**
   * @param {RoomPhone} phone
   * @param {Event} event
   */
  async #synced(phone, event) {
    if (!(event instanceof CustomEvent)) return;
    /** @type {import("../lib/op-queue.js").Result[]} */
    const results = event.detail.results;
    await phone.settle(results.map(({ id }) => id)).catch(() => {});
    if (results.some(cameToNothing)) {
      document.dispatchEvent(new CustomEvent("toast", { detail: { words: this.dataset.nothing, kind: "wait" } }));
    }
    document.dispatchEvent(new CustomEvent("mixwell:room", { detail: { phone } }));
  }

  /**
   * A scan that is answered at once was never waiting, as far as anybody could see.
   * @param {Event} event
   */
  #sayLater(event) {
    clearTimeout(this.#timer);
    const waits = event instanceof CustomEvent && event.detail.count > 0;
    this.#timer = setTimeout(() => this.#say(), waits ? BRIEF_MS : 0);
  }

  /** How much waits, in words. */
  async #say() {
    const phone = await RoomPhone.open();
    const count = (phone.me && (await phone.queue?.count(phone.me.owner).catch(() => 0))) || 0;
    const place = this.querySelector("[data-part=unsent]");
    if (!(place instanceof HTMLElement)) return;
    const word = new Intl.PluralRules(document.documentElement.lang).select(count) === "one" ? "one" : "other";
    const words = this.dataset[word] ?? "";
    place.hidden = count === 0;
    if (count) place.textContent = words.replace("{n}", String(count));
  }

  /**
   * Signing out takes everything off this phone, so what waits is sent first. What cannot be sent is lost only by a second tap.
   * @param {Event} event
   */
  async #leaving(event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-leaves-phone]") || "mayGo" in form.dataset) return;
    event.preventDefault();
    event.stopPropagation();
    const phone = await RoomPhone.open();
    const left = await this.#unsentAfterAll(phone);
    if (left && !("warned" in form.dataset)) {
      form.dataset.warned = "";
      document.dispatchEvent(new CustomEvent("toast", { detail: { words: this.dataset.unsent, kind: "wait" } }));
      return;
    }
    await phone.forgetAll().catch(() => {});
    form.dataset.mayGo = "";
    form.requestSubmit();
  }

  /**
   * @param {RoomPhone} phone
   * @returns {Promise<number>} how much still waits
   */
  async #unsentAfterAll(phone) {
    await phone.queue?.sync();
    return (phone.me && (await phone.queue?.count(phone.me.owner).catch(() => 0))) || 0;
  }
}

/**
 * A scan of which no meeting came, or which the server put aside.
 * @param {import("../lib/op-queue.js").Result} told
 */
function cameToNothing({ operation, result, verdict }) {
  return operation.kind === "scan" && (result === "quarantined" || verdict.word === "NoSwap");
}

customElements.define("room-keeper", RoomKeeper);
