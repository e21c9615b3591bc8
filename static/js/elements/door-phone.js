// <door-phone event owner zone called door>: a paired phone at the door that works on without a network. It keeps every scan before
// it is sent, shows the verdict by its own list when no answer comes in time, says how old that list is and what waits, and
// sends it later. Without `owner` (somebody signed in, no paired phone) it keeps nothing.
//
// With `offline` it is the door of the page for times without a network: it finds out from the phone what it is a door of,
// and stays hidden where it is none.

import { parseBadgeText } from "../lib/badge-code.js";
import { keepDecoder } from "../lib/door-decoder.js";
import { DoorDesk, PATIENCE_MS } from "../lib/door-desk.js";
import { DoorFace } from "../lib/door-face.js";
import { buildDoor, forgetDoor, isTakenBack, readGuest, readKeptDoor, saveAsFile, writeCount } from "../lib/door-page.js";
import { ageOf } from "../lib/door-verdicts.js";

/** @typedef {import("../lib/door-desk.js").Taken} Taken */

const IN_TIME = `timeout:${PATIENCE_MS}ms`;
const REFRESH_MS = [20_000, 30_000];
const STAY_MS = 4_000;
const LOOK_AT_CLOCK_MS = 10_000;

export class DoorPhone extends HTMLElement {
  #listening = new AbortController();
  /** @type {Promise<DoorDesk | null>} */
  #opening = Promise.resolve(null);
  /** @type {DoorDesk | null} */
  #desk = null;
  #face = new DoorFace(this, "UTC");
  /** @type {Taken | null} what is on its way, or on the screen */
  #taken = null;
  /** @type {string | null} operation behind the welcome on the screen */
  #welcomed = null;
  /** @type {HTMLFormElement | null} */
  #sending = null;
  #timers = [0, 0];
  #asking = false;
  /** The next scan is only looked at. */
  trying = false;

  async connectedCallback() {
    this.#listening = new AbortController();
    this.#listen(this.#listening.signal);
    this.#opening = this.#open();
    if (await this.#opening) await this.#begin();
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#desk?.queue.stop();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** @returns {Promise<DoorDesk | null>} once it is open; null where this phone is no door */
  get desk() {
    return this.#opening;
  }

  /**
   * A time as the walls of the event show it.
   * @param {string | null} iso
   */
  clock(iso) {
    return this.#face.clock(iso);
  }

  // Beginning
  async #open() {
    const door = this.hasAttribute("offline") ? await readKeptDoor(location.pathname) : this.#paired();
    if (!door) return null;
    this.#face = new DoorFace(this, door.zone);
    if (this.hasAttribute("offline")) buildDoor(this, door);
    for (const form of this.querySelectorAll("badge-scanner form")) {
      if (form instanceof HTMLFormElement) form.dataset.namedAnswers = "";
      form.setAttribute("hx-config", IN_TIME);
    }
    this.#desk = await DoorDesk.open(door);
    // What the page without a network has to know about this phone.
    await this.#desk.store.setFact("door", door).catch(() => {});
    return this.#desk;
  }

  #paired() {
    const [event, owner, zone, title] = ["event", "owner", "zone", "called"].map((name) => this.getAttribute(name) ?? "");
    return event && owner ? { event, owner, zone, title } : null;
  }

  async #begin() {
    const desk = /** @type {DoorDesk} */ (this.#desk);
    const { signal } = this.#listening;
    document.addEventListener("mixwell:synced", (event) => this.#synced(event), { signal });
    document.addEventListener("mixwell:unsent", () => this.#say(), { signal });
    document.addEventListener("mixwell:revoked", () => this.#takenBack(desk), { signal });
    addEventListener("online", () => this.#refresh(), { signal });
    this.#say();
    await this.#refresh();
    desk.queue.start();
    keepDecoder().catch(() => {});
    if (location.pathname.endsWith("/walk-in") && this.hasAttribute("offline")) this.#face.show("walk-in", {});
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    this.addEventListener("scan:made", (event) => this.#scanMade(event), { signal });
    this.addEventListener("scan:unsent", (event) => this.#scanUnsent(event), { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("submit", (event) => this.#submitted(event), { signal, capture: true });
    this.addEventListener("htmx:after:request", (event) => this.#answerCame(event), { signal });
    this.addEventListener("htmx:after:swap", () => this.#swapped(), { signal });
    this.addEventListener("htmx:error", (event) => this.#noAnswer(event), { signal });
    this.addEventListener("htmx:response:error", (event) => this.#noAnswer(event), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#refresh(), { signal });
  }

  // A scan
  /** @param {Event} event */
  #scanMade(event) {
    if (event instanceof CustomEvent && event.target instanceof HTMLFormElement) event.detail.answer(this.#decideOn(event.detail, event.target));
  }

  /**
   * @param {import("../lib/scan-form.js").ScanMade} scan
   * @param {HTMLFormElement} form that asks the server
   * @returns {Promise<string | undefined>} the outcome if it is settled here, undefined to ask the server
   */
  async #decideOn({ id, text }, form) {
    const desk = await this.#opening;
    writeCount(form, 0);
    const means = parseBadgeText(text, location.origin);
    if (!desk) return undefined;
    if (this.trying && means.kind === "badge") return this.#try(desk, means.code);
    if (means.kind !== "badge" && means.kind !== "typed") return desk.online ? undefined : this.#show("foreign");
    this.#taken = await desk.take(id, means.kind === "badge" ? { token: means.code } : { typed: means.code });
    writeCount(form, this.#taken.seq);
    if (desk.online && (await desk.holdQueue())) return undefined;
    return this.#byList(this.#taken);
  }

  /** @param {Event} event */
  #scanUnsent(event) {
    const taken = this.#taken;
    if (taken && event instanceof CustomEvent && taken.id === event.detail.id) event.detail.answer(this.#byList(taken));
  }

  /**
   * No answer came in time, or none is expected: the list decides.
   * @param {Taken} taken
   */
  async #byList(taken) {
    const desk = /** @type {DoorDesk} */ (this.#desk);
    desk.online = false;
    desk.letQueueGo();
    this.#taken = await desk.settle(taken);
    this.#refreshSoon(0);
    return this.#showTaken(this.#taken);
  }

  /**
   * @param {DoorDesk} desk
   * @param {string} token
   */
  async #try(desk, token) {
    this.trying = false;
    const { guest } = await desk.list.find(token);
    this.dispatchEvent(new CustomEvent("door:tried", { detail: guest !== null }));
    return this.#show(guest ? "tried" : "unknown_badge", { name: guest?.n });
  }

  // Forms that do not come from the scanner: a guest found by name

  /** @param {SubmitEvent} event */
  #submitted(event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form === this.#sending) return;
    if (form.dataset.door === "walk-in-form") this.#walkIn(event, form);
    else if (form.hasAttribute("data-guest") && this.#desk) this.#takeFound(event, form, this.#desk);
  }

  /**
   * @param {SubmitEvent} event
   * @param {HTMLFormElement} form
   * @param {DoorDesk} desk
   */
  async #takeFound(event, form, desk) {
    event.preventDefault();
    event.stopPropagation();
    const { id, attendee, guest, admitted } = readGuest(form);
    form.setAttribute("hx-config", IN_TIME);
    this.#taken = await desk.take(id, { attendee, guest, admitted });
    writeCount(form, this.#taken.seq);
    if (!desk.online || !(await desk.holdQueue())) return this.#byList(this.#taken);
    this.#sending = form;
    form.requestSubmit();
  }

  /**
   * @param {SubmitEvent} event
   * @param {HTMLFormElement} form
   */
  async #walkIn(event, form) {
    event.preventDefault();
    event.stopPropagation();
    const said = new FormData(form);
    const [name, company, host] = ["name", "company", "host"].map((field) => String(said.get(field) ?? "").trim().replace(/\s+/g, " "));
    if (!name || !this.#desk) return;
    this.#taken = await this.#desk.walkIn({ name, company, host });
    this.#showTaken(this.#taken);
    this.#refreshSoon(0);
  }

  // Answers of the server's pages
  /** An answer that does not name the operation decides nothing. @param {Event} event */
  #answerCame(event) {
    if (!this.#sending || event.target !== this.#sending || !(event instanceof CustomEvent)) return;
    const { text = "", hx = {} } = event.detail.ctx;
    if (hx.redirect || text.includes(this.#taken?.id)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#giveUpOn(this.#sending);
  }

  /** @param {Event} event */
  #noAnswer(event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if (form === this.#sending) {
      event.stopPropagation();
      this.#giveUpOn(form);
    } else if (form.closest("#undo") && this.#welcomed && this.#desk) {
      event.stopPropagation();
      const { submitter } = event instanceof CustomEvent ? event.detail.ctx.request : {};
      this.#undo(this.#welcomed, submitter?.value ?? "by_mistake");
    }
  }

  /** @param {HTMLFormElement} form */
  #giveUpOn(form) {
    if (this.#sending !== form || !this.#taken) return;
    this.#sending = null;
    this.#byList(this.#taken);
  }

  #swapped() {
    const shown = this.querySelector("#verdict[data-answers]");
    if (!(shown instanceof HTMLElement) || !this.#desk) return;
    const { answers = "", word = "" } = shown.dataset;
    this.#welcomed = word === "checked_in" ? answers : null;
    if (this.#taken?.id !== answers) return;
    this.#sending = null;
    this.#desk.answered(this.#taken, word).then(() => this.#say());
    this.#taken = null;
  }

  // Hands
  /** @param {Event} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-door]") : null;
    const isLink = button instanceof HTMLAnchorElement;
    // The page behind a link is to be had while there is a network.
    if (!(button instanceof HTMLElement) || (isLink && (!this.#desk || this.#desk.online))) return;
    if (isLink) event.preventDefault();
    this.#do(button.dataset.door ?? "", button instanceof HTMLButtonElement ? button.value : "");
  }

  /**
   * @param {string} what
   * @param {string} value of the button
   */
  async #do(what, value) {
    if (what === "help" || what === "walk-in") this.#show(what);
    if (what === "plus-one") this.#askForCompanion();
    if (what === "undo" && this.#taken) await this.#undo(this.#ownOf(this.#taken), value);
    if (what === "anyway" && this.#taken) this.#showTaken((this.#taken = await this.#desk?.letInAnyway(this.#taken) ?? this.#taken));
    if (what === "send-away" && this.#taken) await this.#desk?.sendAway(this.#taken);
    if (what === "save-unreadable") await this.#saveUnreadable();
    if (what === "begin-afresh") await this.#desk?.store.beginAfresh().then(() => location.reload());
  }

  /** The operation that let this guest in here. @param {Taken} taken */
  #ownOf(taken) {
    if (taken.verdict.decided === "admitted" && taken.verdict.word !== "already_in") return taken.id;
    return this.#desk?.ownAdmission(taken)?.operation ?? taken.id;
  }

  /**
   * @param {string} operation
   * @param {string} reason
   */
  async #undo(operation, reason) {
    const shown = await this.#desk?.undo(operation, reason);
    if (shown) this.#show(shown.word, { name: this.#taken?.guest?.n });
    this.#refreshSoon(0);
  }

  #askForCompanion() {
    const field = this.#face.show("walk-in", {})?.querySelector("input[name=host]");
    if (field instanceof HTMLInputElement) field.value = this.#taken?.guest?.a ?? "";
  }

  async #saveUnreadable() {
    saveAsFile((await this.#desk?.store.unreadable()) ?? [], "mixwell-unreadable.json");
    this.querySelector("[data-part=begin-afresh]")?.removeAttribute("hidden");
  }

  // Showing
  /** @param {Taken} taken */
  #showTaken(taken) {
    const { verdict, guest } = taken;
    const own = verdict.word === "already_in" && this.#desk?.ownAdmission(taken);
    const door = own ? this.getAttribute("door") ?? "" : verdict.door;
    const at = this.#face.clock(verdict.at);
    const said = { name: guest?.n, box: guest?.x, time: at, day: this.#face.day(verdict.at), first: [at, door].filter(Boolean).join(", ") };
    const outcome = this.#show(verdict.word, said);
    const undo = this.querySelector("#verdict [data-part=undo], [data-by-list] [data-part=undo]");
    if (undo instanceof HTMLElement && verdict.word === "already_in") undo.hidden = !own;
    return outcome;
  }

  /**
   * @param {string} name of a screen
   * @param {import("../lib/door-face.js").Said} [said]
   * @returns {string} the moment it sounds like
   */
  #show(name, said = {}) {
    const list = this.#face.clock(this.#desk?.madeAt ?? null);
    return this.#face.show(name, { ...said, list })?.dataset.outcome ?? "wait";
  }

  async #say() {
    const desk = this.#desk;
    if (!desk) return;
    const [count, unreadable] = await Promise.all([desk.unsent(), desk.store.unreadable().catch(() => [])]);
    const age = ageOf(desk.madeAt, desk.clock.now().getTime());
    const time = this.#face.clock(desk.madeAt);
    this.dataset.age = age;
    this.dataset.unsent = String(count);
    this.#face.write("list-age", this.#face.words(age === "none" ? "no-list" : "list", { time }));
    this.#face.write("by-list", desk.online ? "" : this.#face.words("by-list"));
    this.#face.write("unsent", this.#face.words(["all-sent", "one-unsent"][count] ?? "unsent", { count }));
    this.#face.write("old", age === "old" ? this.#face.words("old", { time }) : "");
    const trouble = desk.store.trouble ?? (unreadable.length ? "unreadable" : "");
    this.#face.write("trouble", trouble && this.#face.words(trouble, { count: unreadable.length }));
    this.querySelector("[data-part=save-unreadable]")?.toggleAttribute("hidden", !unreadable.length && trouble !== "damaged");
    this.querySelector("[data-part=state]")?.removeAttribute("hidden");
    clearTimeout(this.#timers[1]);
    this.#timers[1] = setTimeout(() => this.#say(), LOOK_AT_CLOCK_MS);
  }

  // Settling with the server
  /** @param {Event} event */
  async #synced(event) {
    if (event instanceof CustomEvent) await this.#desk?.settled(event.detail.results).catch(() => {});
    this.#say();
  }

  async #refresh() {
    const desk = this.#desk;
    this.#refreshSoon(REFRESH_MS[0] + Math.random() * (REFRESH_MS[1] - REFRESH_MS[0]));
    // One question at a time: on a half-dead network each holds a connection, and a phone has six.
    if (!desk || this.#asking || document.visibilityState === "hidden") return;
    this.#asking = true;
    const { got } = await desk.refresh();
    this.#asking = false;
    this.dispatchEvent(new CustomEvent("door:refreshed", { detail: got }));
    if (got === "elsewhere" && (await isTakenBack())) return this.#takenBack(desk);
    await this.#say();
    if (this.hasAttribute("offline") && desk.online && (got === "new" || got === "same")) this.#goBack();
  }

  /** @param {number} milliseconds */
  #refreshSoon(milliseconds) {
    clearTimeout(this.#timers[0]);
    this.#timers[0] = setTimeout(() => this.#refresh(), milliseconds);
  }

  /** @param {DoorDesk} desk */
  async #takenBack(desk) {
    this.replaceChildren();
    desk.queue.stop();
    await forgetDoor(desk.store);
    location.assign("/door");
  }

  /** The network is back and nobody is in the middle of something: the real page. */
  #goBack() {
    // A page that has only just come here would go back and forth with a network that comes and goes.
    if (performance.now() < STAY_MS) return this.#refreshSoon(STAY_MS);
    const typed = this.querySelector("input[data-typed]");
    const typing = typed instanceof HTMLInputElement && typed.value !== "";
    if (!typing && !this.querySelector("door-verdict.shown")) location.reload();
  }
}

customElements.define("door-phone", DoorPhone);
