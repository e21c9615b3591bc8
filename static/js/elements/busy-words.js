// <busy-words>: around a submit button; once its form is sent it says so ([data-busy]) and takes no second press.

class BusyWords extends HTMLElement {
  #listening = new AbortController();

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.closest("form")?.addEventListener("submit", (event) => this.#say(event), { signal });
    // Coming back to the page by the back button finds it as it was.
    window.addEventListener("pageshow", () => this.#show(false), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /** @param {Event} event */
  #say(event) {
    if (this.contains(/** @type {SubmitEvent} */ (event).submitter)) this.#show(true);
  }

  /** @param {boolean} busy */
  #show(busy) {
    for (const words of this.querySelectorAll("[data-busy]")) words.toggleAttribute("hidden", !busy);
    for (const button of this.querySelectorAll("button")) button.toggleAttribute("disabled", busy);
  }
}

customElements.define("busy-words", BusyWords);
