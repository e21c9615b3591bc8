// <install-hint>: offers to put Mixwell on this phone where that can be done, and never again once it was answered. The
// part [data-by="button"] is for browsers that ask, [data-by="hand"] for Safari, where people do it themselves.
import { askToKeepStorage, install, isAnswered, isApp, isByHand, rememberAnswer, whenOffered } from "../lib/install-offer.js";

class InstallHint extends HTMLElement {
  #stopWaiting = () => {};

  connectedCallback() {
    if (isApp() || isAnswered()) return;
    this.addEventListener("click", this);
    if (isByHand()) this.#show("hand");
    else this.#stopWaiting = whenOffered(() => this.#show("button"));
  }

  disconnectedCallback() {
    this.#stopWaiting();
    this.removeEventListener("click", this);
  }

  /** @param {Event} event */
  async handleEvent(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    this.#close();
    if (button.name === "install") {
      askToKeepStorage();
      await install();
    }
    rememberAnswer();
  }

  /** @param {string} by */
  #show(by) {
    for (const part of this.querySelectorAll("[data-by]")) {
      if (part instanceof HTMLElement) part.hidden = part.dataset.by !== by;
    }
    this.hidden = false;
  }

  #close() {
    this.hidden = true;
    document.getElementById("main")?.focus({ preventScroll: true });
  }
}

customElements.define("install-hint", InstallHint);
