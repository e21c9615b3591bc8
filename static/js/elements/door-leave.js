// <door-leave>: on the page that says that this phone is no longer a door. What it had kept is handed over; then list, keys and
// queue go, before anything of them could be drawn. Shows what is [data-when] waiting, handed or full: then the server takes no
// more under this key, and what is left can be saved as a file.

import { forgetDoor, saveAsFile } from "../lib/door-page.js";
import { MeasuredClock } from "../lib/measured-clock.js";
import { OpQueue } from "../lib/op-queue.js";
import { PhoneStore } from "../lib/phone-store.js";

const AGAIN_MS = 6_000;

class DoorLeave extends HTMLElement {
  #timer = 0;

  async connectedCallback() {
    const store = await PhoneStore.open();
    const owner = await forgetDoor(store);
    if (owner) await this.#handOver(store, owner);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /**
   * @param {PhoneStore} store
   * @param {string} owner
   */
  async #handOver(store, owner) {
    const queue = new OpQueue(store, new MeasuredClock(), { owners: [owner] });
    const { end } = await queue.sync();
    const left = await queue.count(owner).catch(() => 0);
    if (!left) {
      await store.forgetOwner(owner).catch(() => {});
      await store.wipe("leaving").catch(() => {});
    } else if (end === "full") {
      const save = () => store.operations(owner).then((kept) => saveAsFile(kept, "mixwell-door.json"));
      this.querySelector("[data-leave=save]")?.addEventListener("click", save);
      return this.#say("full");
    } else if (end !== "signed-out" && this.isConnected) {
      this.#timer = setTimeout(() => this.#handOver(store, owner), AGAIN_MS);
    }
    this.#say(left ? "waiting" : "handed");
  }

  /** @param {string} word */
  #say(word) {
    for (const words of this.querySelectorAll("[data-when]")) words.toggleAttribute("hidden", words.getAttribute("data-when") !== word);
  }
}

customElements.define("door-leave", DoorLeave);
