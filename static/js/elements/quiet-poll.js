// <quiet-poll>: a region that asks again and again by its hx- attributes. It rests while the page is hidden, and a dropped
// network is not its business to announce: the page's own notice would come every three seconds.

class QuietPoll extends HTMLElement {
  #listening = new AbortController();

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("htmx:before:request", (event) => this.#restWhileHidden(event), { signal });
    for (const name of ["htmx:error", "htmx:response:error"]) {
      this.addEventListener(name, (event) => event.target === this && event.stopPropagation(), { signal });
    }
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /** @param {Event} event */
  #restWhileHidden(event) {
    if (event.target === this && document.hidden) event.preventDefault();
  }
}

customElements.define("quiet-poll", QuietPoll);
