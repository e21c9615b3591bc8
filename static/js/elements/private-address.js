// <private-address>: takes a badge's code out of the address bar and the history at once; the form on the page keeps it.

class PrivateAddress extends HTMLElement {
  connectedCallback() {
    const form = document.querySelector("main form");
    if (form instanceof HTMLFormElement && location.pathname !== "/b") {
      form.action = location.pathname;
      history.replaceState(null, "", "/b");
    }
  }
}

customElements.define("private-address", PrivateAddress);
