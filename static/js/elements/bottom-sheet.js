// <bottom-sheet>: a sheet that came up over the camera. Focus goes to its heading, a swipe down or Escape closes it.
// Closing fires "sheet-dismiss" (cancelable); not cancelled, the sheet's [data-sheet-close] link or button is pressed.

const ENOUGH_PX = 90;

class BottomSheet extends HTMLElement {
  #listening = new AbortController();
  #from = 0;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.dismiss(), { signal });
    const grab = this.querySelector(".sheet-grab");
    if (grab instanceof HTMLElement) this.#followFinger(grab, signal);
    const heading = this.querySelector("h1, h2");
    if (heading instanceof HTMLElement) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /** Close the sheet as a swipe would. */
  dismiss() {
    const event = new CustomEvent("sheet-dismiss", { bubbles: true, cancelable: true });
    if (!this.dispatchEvent(event)) return;
    const way = this.querySelector("[data-sheet-close]");
    if (way instanceof HTMLElement) way.click();
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
