// <push-switch>: being told on this phone. Fetched ([data-from]) and shown ([data-key]) where the browser can be told; the
// browser asks on the tap alone.

const PATIENCE_MS = 20_000; // a phone without its maker's services would keep us waiting for ever

class PushSwitch extends HTMLElement {
  #listening = new AbortController();
  connectedCallback() {
    this.#listening = new AbortController();
    // On an iPhone only an app on the home screen has it.
    if (!("PushManager" in window && "Notification" in window && navigator.serviceWorker)) return;
    if (this.dataset.from) window.htmx.ajax("GET", this.dataset.from, { target: this, swap: "outerHTML" });
    if (!this.#form) return;
    this.hidden = false;
    this.#button?.addEventListener("click", (event) => this.#press(event), { signal: this.#listening.signal });
    this.#agree().catch(() => {});
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  get #form() {
    return this.querySelector("form");
  }

  get #button() {
    return this.querySelector("button");
  }

  get #isOn() {
    return this.#button?.getAttribute("aria-checked") === "true";
  }

  // What the browser has and what was chosen here may differ: its data was cleared, somebody else signed in since, or
  // the server has another key.
  async #agree() {
    const subscription = await (await subscriptions())?.getSubscription();
    const heard = subscription && Notification.permission === "granted" && keyOf(subscription) === this.dataset.key;
    if (this.#isOn && !heard) this.#form?.requestSubmit();
    else if (!this.#isOn) await subscription?.unsubscribe();
  }

  /** @param {Event} event */
  async #press(event) {
    if (this.#isOn) return this.#leave();
    event.preventDefault();
    if (this.#button?.ariaBusy === "true") return;
    this.#busy(true);
    try {
      await this.#ask();
    } catch {
      this.#say("failed");
    } finally {
      this.#busy(false);
    }
  }

  async #ask() {
    this.#say("");
    if ((await Notification.requestPermission()) !== "granted") return this.#say("no");
    const key = { userVisibleOnly: true, applicationServerKey: this.dataset.key };
    const asked = subscriptions().then((there) => there?.subscribe(key));
    const { endpoint, keys } = (await inTime(asked))?.toJSON() ?? {};
    if (!endpoint || !keys) return this.#say("failed");
    this.#fill({ endpoint, ...keys });
    this.#form?.requestSubmit();
  }

  async #leave() {
    await (await (await subscriptions())?.getSubscription())?.unsubscribe();
  }

  /** @param {boolean} busy */
  #busy(busy) {
    if (this.#button) this.#button.ariaBusy = String(busy);
  }

  /** @param {Record<string, string>} values */
  #fill(values) {
    for (const input of this.querySelectorAll("input")) input.value = values[input.name] ?? "";
  }

  /** @param {string} what "" for nothing */
  #say(what) {
    for (const words of this.querySelectorAll("[data-say]")) {
      words.toggleAttribute("hidden", words.getAttribute("data-say") !== what);
    }
  }
}

// The worker is put in place when a page has loaded; where it was refused, there is nobody to be told.
async function subscriptions() {
  if (!(await navigator.serviceWorker.getRegistration())) return undefined;
  return (await navigator.serviceWorker.ready).pushManager;
}

/** @param {PushSubscription} subscription */
function keyOf(subscription) {
  const bytes = new Uint8Array(subscription.options.applicationServerKey ?? []);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * What is promised, or undefined when that takes too long.
 * @template T
 * @param {Promise<T>} promised
 */
function inTime(promised) {
  return Promise.race([promised, new Promise((give) => setTimeout(give, PATIENCE_MS)).then(() => undefined)]);
}

customElements.define("push-switch", PushSwitch);
