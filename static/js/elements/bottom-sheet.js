// <bottom-sheet>: a sheet that came up over the camera. Focus goes to its heading, a swipe down or Escape closes it.
// Closing fires "sheet-dismiss" (cancelable); not cancelled, the sheet's [data-sheet-close] link or button is pressed.
// A [data-sheet-gone] link only takes the sheet away: nothing has to be fetched to scan on.

const ENOUGH_PX = 90;

class BottomSheet extends HTMLElement {
  #listening = new AbortController();
  #from = 0;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.dismiss(), { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    const grab = this.querySelector(".sheet-grab");
    if (grab instanceof HTMLElement) this.#followFinger(grab, signal);
    // A frame later, because htmx gives the focus back to where it was before the swap.
    requestAnimationFrame(() => this.#takeFocus());
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /** To what has to be mended, else to the heading: the keyboard comes only on a tap. */
  #takeFocus() {
    const wrong = this.querySelector("[aria-invalid=true]");
    const place = wrong ?? this.querySelector("h1, h2");
    if (!(place instanceof HTMLElement)) return;
    if (!wrong) place.tabIndex = -1;
    place.focus({ preventScroll: !wrong });
  }

  /** Close the sheet as a swipe would. */
  dismiss() {
    const event = new CustomEvent("sheet-dismiss", { bubbles: true, cancelable: true });
    if (!this.dispatchEvent(event)) return;
    const way = this.querySelector("[data-sheet-close]");
    if (way instanceof HTMLElement) way.click();
  }

  /** @param {Event} event */
  #clicked(event) {
    const way = event.target instanceof Element ? event.target.closest("[data-sheet-gone]") : null;
    if (!way || !this.classList.contains("over")) return;
    event.preventDefault();
    this.replaceWith(Object.assign(document.createElement("div"), { id: this.id }));
  }

  /**
   * @param {HTMLElement} grab
   * @param {AbortSignal} signal
   */
  #followFinger(grab, signal) {
    grab.addEventListener("pointerdown", (event) => {
      this.#from = event.clientY;
      grab.setPointerCapture(event.pointerId);
    }, { signal });
    grab.addEventListener("pointermove", (event) => {
      if (grab.hasPointerCapture(event.pointerId)) this.#move(event.clientY - this.#from);
    }, { signal });
    grab.addEventListener("pointerup", (event) => {
      const far = event.clientY - this.#from;
      this.#move(0);
      if (far > ENOUGH_PX) this.dismiss();
    }, { signal });
    grab.addEventListener("pointercancel", () => this.#move(0), { signal });
  }

  /** @param {number} pixels */
  #move(pixels) {
    this.style.transform = pixels > 0 ? `translateY(${pixels}px)` : "";
  }
}

customElements.define("bottom-sheet", BottomSheet);
