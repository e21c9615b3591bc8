// <theme-switch>: buttons with data-choose="light|dark|system"; remembers the choice, the door its own.

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", this);
    this.#show();
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
  }

  /** @param {Event} event */
  handleEvent(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.choose) this.#choose(button.dataset.choose);
  }

  get #isDoor() {
    return document.documentElement.dataset.themeScope === "door";
  }

  get #key() {
    return this.#isDoor ? "mixwell-door-theme" : "mixwell-theme";
  }

  /** @param {string} choice */
  #choose(choice) {
    const root = document.documentElement;
    const light = this.#isDoor ? "sun" : "light";
    const theme = choice === "dark" ? "dark" : choice === "light" || this.#isDoor ? light : "";
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    try {
      if (choice === "system") localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, choice);
    } catch {
      // Storage can be refused; the choice then holds for this page.
    }
    this.#show();
  }

  #show() {
    const theme = document.documentElement.dataset.theme ?? "system";
    const choice = theme === "sun" ? "light" : theme;
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.choose === choice));
    }
  }
}

customElements.define("theme-switch", ThemeSwitch);
