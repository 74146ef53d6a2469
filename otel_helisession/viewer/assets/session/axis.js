/**
 * Ticks at round numbers.
 */

/** The distance of ticks so that about *most* fit: 1, 2 or 5 of a power of ten; whole seconds and minutes above. */
export function tickStep(millis, most) {
  const rough = millis / Math.max(1, most);
  if (rough <= 0 || !Number.isFinite(rough)) return 1;
  for (const step of [
    20e3, 30e3, 60e3, 120e3, 300e3, 600e3, 1800e3, 3600e3, 7200e3, 21600e3, 43200e3, 86400e3,
  ]) {
    if (rough > 10e3 && rough <= step) return step;
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].find((times) => times * power >= rough * 0.999) * power;
}

/** The ticks from *from* to *to*, about *most* of them. @returns {{step: number, at: number[]}} */
export function ticks(from, to, most) {
  const step = tickStep(to - from, most);
  const at = [];
  for (let place = Math.ceil(from / step); place * step <= to + step * 1e-6; place += 1) at.push(place * step);
  return { step, at };
}
