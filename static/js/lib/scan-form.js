import { newOperationId } from "./operation-id.js";

/**
 * @typedef {object} Listeners
 * @property {(text: string) => string} onTyped someone typed a text and pressed Enter or the button: answers what to send for
 *   it, "" for nothing
 * @property {() => void} onAsking a scan has been handed to the network
 * @property {(outcome: string | undefined) => void} onAnswer the server has answered and the answer is on the page
 * @property {() => void} onUnsent no answer came; the scan is kept in the form
 */

/**
 * Who keeps scans on the phone listens on the form, before it is sent and when no answer came:
 * `scan:made` {id, text, answer} and `scan:unsent` {id, answer}. `answer` takes a promise: of the outcome, when nothing is
 * to be sent (any more), or of undefined, to go on as if nobody had listened.
 *
 * @typedef {{id: string, text: string, answer: (outcome: Promise<string | undefined>) => void}} ScanMade
 * @typedef {{id: string, answer: (outcome: Promise<string | undefined>) => void}} ScanUnsent
 */

/**
 * The plain form around a scan: fills it, submits it, and keeps it for sending again until it has been answered.
 *
 * With `data-named-answers` only an answer that names the scan's operation counts: a hotel's page about its network is none.
 */
export class ScanForm {
  #form;
  #typed;
  #listeners;
  #letThrough = false;
  /** @type {"idle" | "asking" | "unsent"} */
  #state = "idle";

  /**
   * @param {HTMLFormElement} form with an input named `code`, which from now on is only for typing
   * @param {Listeners} listeners
   * @param {AbortSignal} signal ends the listening
   */
  constructor(form, listeners, signal) {
    this.#form = form;
    this.#listeners = listeners;
    this.#typed = takeOverTyping(form);
    // Capturing at the window runs before htmx, whose own listener sits on the form.
    window.addEventListener("submit", (event) => this.#submitted(event), { capture: true, signal });
    form.addEventListener("htmx:after:request", (event) => this.#arrived(event), { signal });
    form.addEventListener("htmx:after:swap", (event) => this.#swapped(event), { signal });
    form.addEventListener("htmx:error", (event) => this.#failed(event), { signal });
    form.addEventListener("htmx:response:error", (event) => this.#refused(event), { signal });
    form.addEventListener("htmx:finally:request", (event) => this.#ended(event), { signal });
  }

  /** True while a scan is on its way or waits to be sent again: another would take its place. */
  get isHolding() {
    return this.#state !== "idle";
  }

  /**
   * Send a new scan: one operation, with its id and time made now.
   * @param {string} code
   */
  async send(code) {
    const id = this.#prepare(code);
    const outcome = await ask(this.#form, "scan:made", { id, text: code });
    if (outcome) this.#answered(outcome);
    // Not at once: while the browser announces one submission of a form, it ignores another.
    else setTimeout(() => this.#submit());
  }

  /** Send the kept scan once more: the same operation, so that the server gives the same answer. */
  sendAgain() {
    if (this.#state !== "unsent") return;
    this.#state = "asking";
    this.#listeners.onAsking();
    this.#submit();
  }

  /** Give up the kept scan. */
  leave() {
    this.#fill("code", "");
    this.#state = "idle";
  }

  /** @param {string} code */
  #prepare(code) {
    const id = newOperationId();
    this.#fill("code", code);
    this.#fill("operation_id", id);
    this.#fill("device_time", new Date().toISOString());
    this.#state = "asking";
    this.#listeners.onAsking();
    return id;
  }

  #submit() {
    this.#letThrough = true;
    this.#form.requestSubmit();
    this.#letThrough = false;
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    if (event.target !== this.#form || this.#letThrough) return;
    event.preventDefault();
    event.stopPropagation();
    const code = this.isHolding ? "" : this.#listeners.onTyped(this.#typed.value);
    if (code) this.send(code);
  }

  /** @param {Event} event */
  #arrived(event) {
    if (event.target !== this.#form || !("namedAnswers" in this.#form.dataset)) return;
    const { text = "", hx = {} } = event instanceof CustomEvent ? event.detail.ctx : {};
    if (hx.redirect || text.includes(hiddenInput(this.#form, "operation_id").value)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#unsent();
  }

  /** @param {Event} event */
  #swapped(event) {
    // htmx also says "swapped" when the status forbade it.
    if (event.target !== this.#form || this.#state !== "asking" || statusOf(event) >= 500) return;
    const target = document.querySelector(this.#form.getAttribute("hx-target") ?? ":not(*)");
    const marked = target?.matches("[data-outcome]") ? target : target?.querySelector("[data-outcome]");
    const word = marked instanceof HTMLElement ? marked.dataset.outcome : undefined;
    this.#answered(word ?? (statusOf(event) >= 400 ? "no" : undefined));
  }

  /** @param {Event} event */
  #failed(event) {
    if (event.target !== this.#form) return;
    event.stopPropagation();
    this.#unsent();
  }

  /** @param {Event} event */
  #refused(event) {
    // The page's own notice would say it twice.
    if (event.target === this.#form && statusOf(event) >= 500) event.stopPropagation();
  }

  /** @param {Event} event */
  #ended(event) {
    if (event.target !== this.#form || this.#state !== "asking") return;
    const status = statusOf(event);
    if (!status || status >= 500) this.#unsent();
    else this.#answered(status >= 400 ? "no" : undefined);
  }

  /** @param {string | undefined} outcome */
  #answered(outcome) {
    this.leave();
    this.#typed.value = "";
    this.#listeners.onAnswer(outcome);
  }

  async #unsent() {
    if (this.#state !== "asking") return;
    this.#state = "unsent";
    const { value: id } = hiddenInput(this.#form, "operation_id");
    const outcome = await ask(this.#form, "scan:unsent", { id });
    if (outcome) this.#answered(outcome);
    else this.#listeners.onUnsent();
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #fill(name, value) {
    hiddenInput(this.#form, name).value = value;
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name of the event
 * @param {object} detail
 * @returns {Promise<string | undefined>}
 */
async function ask(form, name, detail) {
  /** @type {Promise<string | undefined> | undefined} */
  let answer;
  const take = (/** @type {Promise<string | undefined>} */ promise) => {
    answer = promise;
  };
  form.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { ...detail, answer: take } }));
  return answer;
}

/**
 * The visible input gives its name to a hidden one, so that a scanned code never replaces what someone is typing.
 * @param {HTMLFormElement} form
 */
function takeOverTyping(form) {
  const typed = form.querySelector("input[data-typed]");
  if (!(typed instanceof HTMLInputElement)) throw new TypeError("no input[data-typed] in the scanner's form");
  typed.removeAttribute("name");
  typed.required = false;
  return typed;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement}
 */
function hiddenInput(form, name) {
  const found = form.querySelector(`input[type=hidden][name=${name}]`);
  if (found instanceof HTMLInputElement) return found;
  const input = Object.assign(document.createElement("input"), { type: "hidden", name });
  form.append(input);
  return input;
}

/**
 * @param {Event} event of htmx
 * @returns {number} HTTP status, 0 when nothing was answered
 */
function statusOf(event) {
  return (event instanceof CustomEvent && event.detail.ctx?.response?.status) || 0;
}
