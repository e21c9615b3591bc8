/**
 * What a door says of itself: words and screens the server rendered as templates, filled with times and names. Text goes
 * in as text; names leave the screen after eight seconds.
 * @module
 */

/** @typedef {Record<string, string | number | null | undefined>} Said */

const NAME_SHOWN_MS = 8000;

export class DoorFace {
  #root;
  #zone;
  #timer = 0;

  /**
   * @param {Element} root that holds the templates and the places
   * @param {string} zone of the event, IANA
   */
  constructor(root, zone) {
    this.#root = root;
    this.#zone = zone;
  }

  /**
   * A clock time as the event's walls show it.
   * @param {string | null} iso
   */
  clock(iso) {
    return this.#format(iso, { hour: "numeric", minute: "2-digit" });
  }

  /** @param {string | null} iso */
  day(iso) {
    return this.#format(iso, { weekday: "long", day: "numeric", month: "long" });
  }

  /**
   * @param {string | null} iso
   * @param {Intl.DateTimeFormatOptions} how
   */
  #format(iso, how) {
    if (!iso || Number.isNaN(Date.parse(iso))) return "";
    return new Intl.DateTimeFormat(document.documentElement.lang || "en", { ...how, timeZone: this.#zone }).format(new Date(iso));
  }

  /**
   * A sentence of the words template.
   * @param {string} word
   * @param {Said} [said]
   */
  words(word, said = {}) {
    const template = this.#root.querySelector("template[data-door-words]");
    const found = template instanceof HTMLTemplateElement && template.content.querySelector(`[data-word="${word}"]`);
    return found ? put(found.textContent ?? "", said) : "";
  }

  /**
   * Show a screen in the place for verdicts.
   * @param {string} name of its template
   * @param {Said} said
   * @returns {HTMLElement | null}
   */
  show(name, said) {
    const template = this.#root.querySelector(`template[data-screen="${name}"]`);
    const screen = template instanceof HTMLTemplateElement ? template.content.firstElementChild?.cloneNode(true) : null;
    if (!(screen instanceof HTMLElement)) return null;
    fill(screen, said);
    this.#root.querySelector("door-verdict")?.replaceChildren(screen);
    this.#forgetNameLater(screen);
    return screen;
  }

  /** @param {HTMLElement} screen */
  #forgetNameLater(screen) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => screen.querySelector(".verdict-name")?.remove(), NAME_SHOWN_MS);
  }

  /**
   * Write a text where it changed only, so that nothing is said twice.
   * @param {string} name of the part
   * @param {string} text "" hides it
   */
  write(name, text) {
    const part = this.#root.querySelector(`[data-part="${name}"]`);
    if (!(part instanceof HTMLElement)) return;
    const place = part.querySelector("[data-text]") ?? part;
    part.hidden = text === "";
    if (place.textContent !== text) place.textContent = text;
  }
}

/**
 * Put what is said into the places of a screen, and drop the paragraphs of those that have nothing to say.
 * @param {HTMLElement} screen
 * @param {Said} said
 */
function fill(screen, said) {
  for (const place of screen.querySelectorAll("[data-say]")) {
    if (place instanceof HTMLElement) place.textContent = String(said[place.dataset.say ?? ""] ?? "");
    if (!place.textContent) place.closest("p")?.remove();
  }
  const texts = document.createTreeWalker(screen, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (node.textContent?.includes("{")) node.textContent = put(node.textContent, said);
  }
}

/**
 * One pass, so that a name may hold what looks like a place for another.
 * @param {string} text with places such as {name}
 * @param {Said} said
 */
export function put(text, said) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in said ? String(said[name] ?? "") : whole));
}
