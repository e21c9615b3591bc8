/**
 * What a door says by its list, without asking the server. Pure; the order of the questions is that of
 * `webapp/checkin/admission.py`, and `tests/js/door-cases.json` holds both to the same answers.
 * @module
 */

/**
 * @typedef {object} Opened what the badge itself opened in the list
 * @property {"ok" | "cancelled" | "replaced"} s
 * @property {string | null} [t] since when it is not ok, ISO
 */
/**
 * @typedef {object} Seen an admission that is known: from the list, or made here
 * @property {string} at ISO
 * @property {string | null} [door] by which door, where the list says so
 */
/**
 * @typedef {object} Room how many more may come in
 * @property {number | null} places this door was lent while it was online; null where the room has no number
 * @property {number} used of them since
 */
/**
 * @typedef {object} Verdict
 * @property {"checked_in" | "already_in" | "cancelled" | "replaced_badge" | "unknown_badge" | "room_full"} word
 * @property {"admitted" | "refused"} decided what the operation says of it, until the crew says otherwise
 * @property {string | null} at since when
 * @property {string | null} door
 */

/** A scanner that fires twice at one badge means one scan. */
export const DOUBLE_FIRE_MS = 3000;
/** So long after the event its badges still open; then they are dead, here as on the server. */
export const CODES_LIVE_AFTER_MS = 24 * 3600_000;
/** A list of that age is shown in amber. */
export const AGEING_MS = 10 * 60_000;
/** A list of that age has a bar over the whole width. */
export const OLD_MS = 30 * 60_000;

/**
 * @param {object} known
 * @param {Opened | null} known.opened null: the badge stands on no list of ours
 * @param {Seen | null} known.listed the admission the list knows
 * @param {Seen | null} known.here the admission this phone made and has not taken back
 * @param {Room} known.room
 * @param {string} known.now ISO, by the same clock as the rest
 * @param {string} known.endsAt of the event, ISO
 * @param {boolean} [known.anyway] the door was asked whether the room may overflow, and said yes
 * @returns {Verdict}
 */
export function decide({ opened, listed, here, room, now, endsAt, anyway = false }) {
  const dead = Date.parse(now) > Date.parse(endsAt) + CODES_LIVE_AFTER_MS;
  if (!opened || dead) return verdict("unknown_badge", "refused");
  if (opened.s === "replaced") return verdict("replaced_badge", "refused", opened.t);
  if (opened.s === "cancelled") return verdict("cancelled", "refused", opened.t);
  if (here && Date.parse(now) - Date.parse(here.at) <= DOUBLE_FIRE_MS) return verdict("checked_in", "admitted", here.at);
  const first = here ?? listed;
  if (first) return verdict("already_in", "refused", first.at, first.door);
  if (room.places !== null && room.used >= room.places && !anyway) return verdict("room_full", "refused");
  return verdict("checked_in", "admitted", now);
}

/**
 * @param {Verdict["word"]} word
 * @param {Verdict["decided"]} decided
 * @param {string | null} [at]
 * @param {string | null} [door]
 * @returns {Verdict}
 */
function verdict(word, decided, at = null, door = null) {
  return { word, decided, at, door };
}

/**
 * @param {string | null} madeAt of the list, ISO; null: there is none
 * @param {number} now milliseconds since 1970
 * @returns {"none" | "fresh" | "ageing" | "old"}
 */
export function ageOf(madeAt, now) {
  if (!madeAt) return "none";
  const age = now - Date.parse(madeAt);
  if (age >= OLD_MS) return "old";
  return age >= AGEING_MS ? "ageing" : "fresh";
}

/**
 * Whether an admission has to be taken back because this phone had sent the guest away before the answer came (R5).
 * @param {string | null} decided what the phone said
 * @param {string | undefined} answered the server's word
 */
export function mustUndo(decided, answered) {
  return decided === "refused" && answered === "checked_in";
}
