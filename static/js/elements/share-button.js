// <share-button data-text="…">: its button hands the text to the phone's own share sheet, to be sent from there.

class ShareButton extends HTMLElement {
  connectedCallback() {
    this.hidden = !navigator.share;
    this.addEventListener("click", this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
  }

  async handleEvent() {
    try {
      await navigator.share({ text: this.dataset.text ?? "" });
    } catch {
      // Closed without choosing an app: the draft still waits.
    }
  }
}

customElements.define("share-button", ShareButton);
