// <toast-region>: says what failed when a request got no answer or a broken one; anyone may dispatch "toast" on document.

const LASTING_MS = 6000;

class ToastRegion extends HTMLElement {
  #listening = new AbortController();

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("htmx:error", (event) => this.#failed(event), { signal });
    document.addEventListener("htmx:response:error", (event) => this.#answered(event), { signal });
    document.addEventListener("toast", (event) => this.#asked(event), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /** @param {Event} event */
  #failed(event) {
    // What asks by the clock asks again; nobody did anything that could be lost.
    if (event.target instanceof Element && event.target.matches("[hx-ptag]")) return;
    this.#say(this.dataset.unsent, "no");
  }

  /** @param {Event} event */
  #answered(event) {
    if (event.target instanceof Element && event.target.matches("[hx-ptag]")) return;
    const status = event instanceof CustomEvent ? event.detail?.ctx?.response?.status : 0;
    if (status >= 500) this.#say(this.dataset.refused, "no");
  }

  /** @param {Event} event */
  #asked(event) {
    if (event instanceof CustomEvent) this.#say(event.detail.words, event.detail.kind ?? "");
  }

  /**
   * @param {string | undefined} words
   * @param {string} kind
   */
  #say(words, kind) {
    if (!words) return;
    const toast = document.createElement("p");
    toast.className = `toast ${kind}`;
    toast.textContent = words;
    this.replaceChildren(toast);
    setTimeout(() => toast.remove(), LASTING_MS);
  }
}

customElements.define("toast-region", ToastRegion);
