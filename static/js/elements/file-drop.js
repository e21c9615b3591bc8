// <file-drop>: holds a file field; marks itself while something is dragged over, and names what was chosen.

class FileDrop extends HTMLElement {
  #listening = new AbortController();

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    for (const name of ["dragenter", "dragover"]) this.addEventListener(name, (event) => this.#over(event), { signal });
    this.addEventListener("dragleave", () => this.classList.remove("over"), { signal });
    this.addEventListener("drop", (event) => this.#drop(event), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /** @param {Event} event */
  #over(event) {
    event.preventDefault();
    this.classList.add("over");
  }

  /** @param {DragEvent} event */
  #drop(event) {
    event.preventDefault();
    this.classList.remove("over");
    const field = this.querySelector("input");
    if (!field || !event.dataTransfer?.files.length) return;
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

customElements.define("file-drop", FileDrop);
