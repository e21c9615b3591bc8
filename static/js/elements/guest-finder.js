// <guest-finder>: the search by name at the door. Ready for the next guest as soon as a verdict is closed: names go, and
// whoever was typing may type on.

class GuestFinder extends HTMLElement {
  #listening = new AbortController();

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("verdict-closed", (event) => this.#next(event), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /** @param {Event} event */
  #next(event) {
    const words = this.querySelector("input[type=search]");
    if (!(words instanceof HTMLInputElement)) return;
    const wasTyping = words.value !== "";
    words.value = "";
    this.querySelector("#guests")?.replaceChildren();
    if (wasTyping || (event instanceof CustomEvent && event.detail === "find")) words.focus();
  }
}

customElements.define("guest-finder", GuestFinder);
