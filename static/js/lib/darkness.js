// Mean brightness, 0 to 255, under which a light helps.
const DARK = 50;
// Frames that must agree: seen whole and cropped in turn, one room is now darker, now lighter.
const ENOUGH = 8;

/** Whether it is dark in front of the camera, said only when several frames agree. */
export class Darkness {
  #agreeing = 0;
  isDark = false;

  /**
   * Another frame was this bright.
   * @param {number} brightness mean, 0 to 255
   * @returns {boolean} whether it is dark
   */
  see(brightness) {
    this.#agreeing = brightness < DARK === this.isDark ? 0 : this.#agreeing + 1;
    if (this.#agreeing < ENOUGH) return this.isDark;
    this.#agreeing = 0;
    this.isDark = !this.isDark;
    return this.isDark;
  }
}
