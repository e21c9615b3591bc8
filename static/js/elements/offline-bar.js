// <offline-bar>: shows itself while the browser says there is no network.

class OfflineBar extends HTMLElement {
  #listening = new AbortController();

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const show = () => {
      this.hidden = navigator.onLine;
    };
    addEventListener("online", show, { signal });
    addEventListener("offline", show, { signal });
    show();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }
}

customElements.define("offline-bar", OfflineBar);
