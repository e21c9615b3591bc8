// <door-verdict>: where the answer to a scan appears over the door. It holds the focus, keeps what lies behind it still,
// and goes away by a tap on [data-close], by Escape, after [data-clears-after] seconds, or when the next answer comes.
// Without it the answer is a page of its own. Fires "verdict-closed"; its detail is the [data-close] that was tapped.

const PROBLEM_SECONDS = 6;

class DoorVerdict extends HTMLElement {
  #listening = new AbortController();
  #watch = new MutationObserver(() => this.#changed());
  #timer = 0;
  /** @type {Element | null} */
  #before = null;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#shown && this.close(), { signal });
    this.#watch.observe(this, { childList: true });
    this.#changed();
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#watch.disconnect();
    clearTimeout(this.#timer);
  }

  /** @param {string} [wish] what to do next: "find" */
  close(wish = "") {
    const place = document.createElement("div");
    place.id = "verdict";
    this.replaceChildren(place);
    // At once, so that what lay behind can take the focus.
    this.#watch.takeRecords();
    this.#changed();
    this.dispatchEvent(new CustomEvent("verdict-closed", { bubbles: true, detail: wish }));
  }

  get #shown() {
    const answer = this.firstElementChild;
    return answer instanceof HTMLElement && answer.childElementCount > 0 ? answer : null;
  }

  #changed() {
    clearTimeout(this.#timer);
    const answer = this.#shown;
    this.classList.toggle("shown", !!answer);
    for (const behind of document.querySelectorAll("[data-behind-verdict]")) behind.toggleAttribute("inert", !!answer);
    if (answer) this.#arrived(answer);
    else if (this.#before instanceof HTMLElement) this.#before.focus({ preventScroll: true });
    if (!answer) this.#before = null;
  }

  /** @param {HTMLElement} answer */
  #arrived(answer) {
    // A refusal ("a short pause, please") comes as a problem of its own; the next scan must still find its place.
    answer.id = "verdict";
    if (!answer.querySelector("[data-close]")) this.#letGo(answer);
    this.#before ??= document.activeElement;
    answer.tabIndex = -1;
    answer.focus({ preventScroll: true });
    this.#clearLater(answer);
  }

  /** @param {HTMLElement} answer that knows nothing of doors: its way out is back to the door, soon by itself */
  #letGo(answer) {
    answer.dataset.clearsAfter = String(PROBLEM_SECONDS);
    for (const link of answer.querySelectorAll("a")) link.dataset.close = "";
  }

  /** @param {HTMLElement} answer */
  #clearLater(answer) {
    const seconds = Number(answer.dataset.clearsAfter);
    if (!seconds) return;
    this.#timer = window.setTimeout(() => {
      // Somebody is about to undo: leave it to them.
      if (answer.querySelector("details[open]")) this.#clearLater(answer);
      else this.close();
    }, seconds * 1000);
  }

  /** @param {Event} event */
  #clicked(event) {
    const way = event.target instanceof Element ? event.target.closest("[data-close]") : null;
    if (!(way instanceof HTMLElement)) return;
    event.preventDefault();
    this.close(way.dataset.close);
  }
}

customElements.define("door-verdict", DoorVerdict);
