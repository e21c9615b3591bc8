// <room-code handle key base name time>: the live code of this phone, drawn here and new every half minute, with a network or
// without. `time` is the server's at the moment the page was made. Without a network the code also says the name.
// With `offline` everything it needs is on the phone. Without script the code of the page stays, and says when it is old.

import { RoomPhone } from "../lib/room-phone.js";
import { STEP_MS, screenCode, screenText } from "../lib/screen-code.js";
import { encodeQR } from "../../vendor/qr/index.js";

const QUIET_MODULES = 4;

export class RoomCode extends HTMLElement {
  #listening = new AbortController();
  #timer = 0;
  /** @type {{maker: import("../lib/screen-code.js").CodeMaker, base: string, name: string, now: () => Date} | null} */
  #source = null;

  async connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#source = this.hasAttribute("offline") ? await fromPhone() : this.#fromPage();
    if (!this.#source || signal.aborted || !crypto.subtle) return;
    for (const name of ["online", "offline"]) addEventListener(name, () => this.#draw(), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#draw(), { signal });
    await this.#draw();
  }

  disconnectedCallback() {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  #fromPage() {
    const [handle, key, base, name, time] = ["handle", "key", "base", "name", "time"].map((each) => this.getAttribute(each) ?? "");
    const ahead = performance.now() - Date.parse(time);
    return { maker: { handle, key }, base, name, now: () => new Date(performance.now() - ahead) };
  }

  async #draw() {
    if (!this.#source) return;
    clearTimeout(this.#timer);
    const { maker, base, name, now } = this.#source;
    const at = now();
    const alone = this.hasAttribute("offline") || !navigator.onLine;
    this.#show(screenText(base, await screenCode(maker, at), alone ? name : ""));
    if (this.#listening.signal.aborted) return;
    this.#timer = setTimeout(() => this.#draw(), STEP_MS - (at.getTime() % STEP_MS));
  }

  /** @param {string} text */
  #show(text) {
    const panel = this.querySelector(".my-code");
    const drawing = panel?.querySelector("svg");
    if (!panel || !drawing) return;
    const rows = encodeQR(text, "raw", { ecc: "medium", border: QUIET_MODULES });
    drawing.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
    for (const side of ["width", "height"]) drawing.querySelector("rect")?.setAttribute(side, String(rows.length));
    drawing.querySelector("path")?.setAttribute("d", strokesOf(rows));
    // The words about an old code come up by the age of what holds them.
    panel.replaceWith(panel.cloneNode(true));
  }
}

async function fromPhone() {
  const phone = await RoomPhone.open();
  if (!phone.me) return null;
  const { code: maker, base, name } = phone.me;
  return { maker, base, name, now: () => phone.clock.now() };
}

/**
 * Every run of dark modules as one stroke, as on the server.
 * @param {boolean[][]} rows
 */
function strokesOf(rows) {
  const runs = rows.flatMap((row, y) => {
    const signs = row.map((dark) => (dark ? "1" : "0")).join("");
    return [...signs.matchAll(/1+/g)].map(({ 0: run, index }) => `M${index} ${y}.5h${run.length}`);
  });
  return runs.join("");
}

customElements.define("room-code", RoomCode);
