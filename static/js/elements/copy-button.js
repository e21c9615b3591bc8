// <copy-button data-text="…" data-done="Copied">: its button copies the text. Without script the text itself stands beside it.

const DONE_MS = 2000;

class CopyButton extends HTMLElement {
  connectedCallback() {
    this.hidden = !navigator.clipboard;
    this.addEventListener("click", this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
  }

  async handleEvent() {
    const button = this.querySelector("button");
    if (!button) return;
    await navigator.clipboard.writeText(this.dataset.text ?? "");
    const before = button.textContent;
    button.textContent = this.dataset.done ?? before;
    setTimeout(() => {
      button.textContent = before;
    }, DONE_MS);
  }
}

customElements.define("copy-button", CopyButton);
