// <door-names>: inside a <door-phone>, before the doors open: whether this page holds the names of tonight's guests, so that one can
// be searched without a network. Nobody's choice but the crew's; [data-when] says how it stands.

import { put } from "../lib/door-face.js";
import { DoorPhone } from "./door-phone.js";

class DoorNamesChoice extends HTMLElement {
  #listening = new AbortController();
  /** @type {import("../lib/door-desk.js").DoorDesk | null} */
  #desk = null;

  async connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const phone = this.closest("door-phone");
    if (!(phone instanceof DoorPhone)) return;
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    phone.addEventListener("door:refreshed", () => this.#desk?.names.madeAt && this.#say("held"), { signal });
    this.#desk = await phone.desk;
    this.#say("none");
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#desk?.names.forget();
  }

  /** @param {Event} event */
  async #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button[data-names]") : null;
    if (!(button instanceof HTMLButtonElement) || !this.#desk) return;
    if (button.dataset.names === "forget") {
      this.#desk.names.forget();
      return this.#say("none");
    }
    button.disabled = true;
    this.#say(await this.#desk.names.take());
    button.disabled = false;
  }

  /** @param {string} word */
  #say(word) {
    const names = this.#desk?.names;
    const phone = this.closest("door-phone");
    const time = phone instanceof DoorPhone ? phone.clock(names?.madeAt ?? null) : "";
    for (const part of this.querySelectorAll("[data-when]")) part.toggleAttribute("hidden", !part.getAttribute("data-when")?.split(" ").includes(word));
    for (const words of this.querySelectorAll("[data-text]")) {
      if (words instanceof HTMLElement) words.textContent = put(words.dataset.text ?? "", { time, count: names?.count ?? 0 });
    }
  }
}

customElements.define("door-names", DoorNamesChoice);
