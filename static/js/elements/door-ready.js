// <door-ready>: what to look at before the doors open, inside a <door-phone>. Each line says what is well or what to do;
// the summary says how many are left. Asks the browser once to keep what is stored.

import { keepDecoder } from "../lib/door-decoder.js";
import { put } from "../lib/door-face.js";
import { ageOf } from "../lib/door-verdicts.js";
import { DoorPhone } from "./door-phone.js";

/** @typedef {import("../lib/door-desk.js").DoorDesk} DoorDesk */
/** @typedef {{good: boolean, said?: Record<string, string | number>}} Checked */

const ENOUGH_MB = 20;
const CLOCK_MAY_BE_OFF_S = 60;
const MB = 1_000_000;

class DoorReady extends HTMLElement {
  #listening = new AbortController();
  /** @type {DoorDesk | null} */
  #desk = null;
  #badgeOpened = false;

  async connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const phone = this.#phone;
    if (!phone) return;
    phone.addEventListener("door:refreshed", () => this.#look(), { signal });
    phone.addEventListener("door:tried", (event) => this.#tried(event), { signal });
    document.addEventListener("mixwell:unsent", () => this.#look(), { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("toggle", () => this.#look(), { signal, capture: true });
    this.#desk = await phone.desk;
    this.hidden = !this.#desk;
    if (this.#desk) await this.#look();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  get #phone() {
    const phone = this.closest("door-phone");
    return phone instanceof DoorPhone ? phone : null;
  }

  /** @param {Event} event */
  #clicked(event) {
    if (!(event.target instanceof Element) || !event.target.closest("[data-ready=try]") || !this.#phone) return;
    this.#phone.trying = true;
    this.#hint(true);
  }

  /** @param {Event} event */
  #tried(event) {
    this.#badgeOpened = event instanceof CustomEvent && event.detail === true;
    this.#hint(false);
    this.#look();
  }

  /** @param {boolean} visible */
  #hint(visible) {
    this.querySelector("[data-part=trying]")?.toggleAttribute("hidden", !visible);
  }

  async #look() {
    if (!this.#desk) return;
    const found = await this.#checks(this.#desk);
    for (const [name, checked] of Object.entries(found)) this.#show(name, checked);
    const open = Object.values(found).filter(({ good }) => !good).length;
    const sum = this.querySelector("[data-part=sum]");
    if (sum instanceof HTMLElement) sum.textContent = open ? put(sum.dataset.some ?? "", { count: open }) : sum.dataset.all ?? "";
    this.dataset.ready = open ? "no" : "yes";
  }

  /**
   * @param {DoorDesk} desk
   * @returns {Promise<Record<string, Checked>>}
   */
  async #checks(desk) {
    const [persisted, free, page, unsent] = await Promise.all([keptForGood(), freeMegabytes(), keepDecoder().catch(() => false), desk.unsent()]);
    const offset = desk.clock.stamp().offset;
    const seconds = Math.round(Math.abs(offset ?? 0) / 1000);
    const age = ageOf(desk.madeAt, desk.clock.now().getTime());
    const time = this.#phone?.clock(desk.madeAt) ?? "";
    return {
      page: { good: page },
      list: { good: age === "fresh", said: { time, count: desk.list.head?.counts.guests ?? 0 } },
      sent: { good: unsent === 0, said: { count: unsent } },
      clock: { good: offset !== null && seconds < CLOCK_MAY_BE_OFF_S, said: { seconds } },
      storage: { good: persisted && !desk.store.trouble },
      space: { good: free >= ENOUGH_MB, said: { space: free } },
      camera: { good: this.#phone?.querySelector("badge-scanner[data-camera=live]") !== null },
      scan: { good: this.#badgeOpened },
    };
  }

  /**
   * @param {string} name
   * @param {Checked} checked
   */
  #show(name, { good, said = {} }) {
    const line = this.querySelector(`[data-check=${name}]`);
    if (!(line instanceof HTMLElement)) return;
    line.dataset.is = good ? "good" : "bad";
    for (const words of line.querySelectorAll("[data-good], [data-bad]")) {
      if (words instanceof HTMLElement) words.textContent = put(words.dataset.good ?? words.dataset.bad ?? "", said);
    }
  }
}

/** Whether the browser keeps what is stored until somebody deletes it; asks it to, where it did not yet. */
async function keptForGood() {
  if (!navigator.storage?.persisted) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}

async function freeMegabytes() {
  const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return Math.floor(Math.max(0, quota - usage) / MB);
}

customElements.define("door-ready", DoorReady);
