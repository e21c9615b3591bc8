// <lasting-storage>: when its form is sent, asks the browser to keep what this phone is going to hold.
import { askToKeepStorage } from "../lib/install-offer.js";

class LastingStorage extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", askToKeepStorage);
  }

  disconnectedCallback() {
    this.removeEventListener("submit", askToKeepStorage);
  }
}

customElements.define("lasting-storage", LastingStorage);
