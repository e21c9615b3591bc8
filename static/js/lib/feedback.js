/**
 * What a scan sounds and feels like. Every moment has a pattern of its own, so that none is mistaken for another.
 * @module
 */

/** @typedef {"asking" | "agreed" | "by_list" | "wait" | "no" | "asked" | "swapped" | "unsent" | "unkept" | "foreign"} Moment */

/**
 * @typedef {object} Pattern
 * @property {[hertz: number, milliseconds: number][]} notes one after the other; 0 Hz is silence
 * @property {number[]} vibration as navigator.vibrate takes it
 * @property {OscillatorType} wave soft for good news, rough for bad
 * @property {number} [loudness] 0 to 1, where it must be heard over a room
 */

/** @type {Readonly<Record<Moment, Pattern>>} */
export const PATTERNS = {
  asking: { notes: [[1320, 45]], vibration: [20], wave: "sine" },
  agreed: { notes: [[660, 90], [990, 160]], vibration: [90], wave: "sine" },
  by_list: { notes: [[660, 70], [0, 60], [660, 70], [0, 60], [990, 160]], vibration: [60, 60, 60, 60, 90], wave: "sine" },
  swapped: { notes: [[660, 80], [880, 80], [1175, 190]], vibration: [60, 50, 140], wave: "sine" },
  asked: { notes: [[784, 180]], vibration: [45, 45, 45], wave: "sine" },
  wait: { notes: [[523, 130], [0, 70], [523, 130]], vibration: [110, 90, 110], wave: "triangle" },
  no: { notes: [[233, 170], [165, 320]], vibration: [260, 90, 260], wave: "square" },
  unsent: { notes: [[392, 110], [330, 110], [294, 190]], vibration: [40, 60, 40, 60, 40], wave: "triangle" },
  unkept: { notes: [[740, 220], [370, 220], [740, 220], [370, 440]], vibration: [500, 100, 500], wave: "square", loudness: 0.6 },
  foreign: { notes: [[294, 120]], vibration: [150], wave: "triangle" },
};

const LOUDNESS = 0.18;
const RAMP_S = 0.012;

/**
 * @param {string | undefined} word
 * @returns {word is Moment}
 */
export function isMoment(word) {
  return word !== undefined && Object.hasOwn(PATTERNS, word);
}

/** Plays tones by WebAudio and vibrates where the phone can. */
export class Feedback {
  /** @type {AudioContext | null} */
  #audio = null;
  sounds = false;

  /** Call from a tap: browsers let a page make sound only after one. */
  unlock() {
    if (!("AudioContext" in window)) return;
    this.#audio ??= new AudioContext();
    this.#audio.resume().catch(() => {});
  }

  /** @param {Moment} moment */
  play(moment) {
    const pattern = PATTERNS[moment];
    navigator.vibrate?.(pattern.vibration);
    if (this.sounds && this.#audio?.state === "running") this.#sound(this.#audio, pattern);
  }

  /**
   * @param {AudioContext} audio
   * @param {Pattern} pattern
   */
  #sound(audio, { notes, wave, loudness = LOUDNESS }) {
    let at = audio.currentTime;
    for (const [hertz, milliseconds] of notes) {
      const end = at + milliseconds / 1000;
      if (hertz) playNote(audio, { hertz, wave, loudness }, at, end);
      at = end;
    }
  }
}

/**
 * @param {AudioContext} audio
 * @param {{hertz: number, wave: OscillatorType, loudness: number}} note
 * @param {number} start seconds on the context's clock
 * @param {number} end
 */
function playNote(audio, { hertz, wave, loudness }, start, end) {
  const tone = new OscillatorNode(audio, { type: wave, frequency: hertz });
  const gain = new GainNode(audio, { gain: 0 });
  // Ramps at both ends, or the speaker clicks.
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(loudness, start + RAMP_S);
  gain.gain.setValueAtTime(loudness, end - RAMP_S);
  gain.gain.linearRampToValueAtTime(0, end);
  tone.connect(gain).connect(audio.destination);
  tone.start(start);
  tone.stop(end);
}
