/**
 * Palette: one colour a path.
 *
 * Where paths first part, each branch gets a hue; the paths below it are shades of that hue.
 * The hues differ in lightness, too, so that they part without red and green, and none is
 * the red of errors.
 */

/** Lightness, chroma, hue (OKLCH). */
const HUES = [
  [0.57, 0.17, 262],
  [0.73, 0.15, 65],
  [0.64, 0.11, 186],
  [0.6, 0.18, 345],
  [0.8, 0.14, 98],
  [0.5, 0.17, 298],
  [0.74, 0.1, 232],
  [0.55, 0.1, 150],
  [0.6, 0.07, 45],
];
const TRUNK = [0.6, 0.025, 262];
const SHADES = [0, 0.085, -0.075, 0.15, -0.13];

export class Palette {
  #colours = new Map();

  /** @param {string[]} paths in the order in which they first appear */
  constructor(paths) {
    const split = paths.map(segments);
    const shared = sharedLength(split);
    const branches = new Map();
    for (const [place, parts] of split.entries()) {
      const branch = parts[shared];
      if (branch === undefined) {
        this.#colours.set(paths[place], split.length === 1 ? HUES[0] : TRUNK);
        continue;
      }
      if (!branches.has(branch)) branches.set(branch, { hue: HUES[branches.size % HUES.length], count: 0 });
      const family = branches.get(branch);
      const [light, chroma, hue] = family.hue;
      this.#colours.set(paths[place], [light + SHADES[family.count % SHADES.length], chroma, hue]);
      family.count += 1;
    }
  }

  /** The colour of *path* as CSS. A path that has no span takes that of the first below it. */
  colour(path, dark) {
    const [light, chroma, hue] = this.#colours.get(path) ?? this.#below(path);
    const shown = dark ? Math.min(0.86, light + 0.07) : light;
    return `oklch(${shown.toFixed(3)} ${chroma} ${hue})`;
  }

  /** What is legible on the colour of *path*. */
  inkOn(path, dark) {
    const [light] = this.#colours.get(path) ?? this.#below(path);
    return light + (dark ? 0.07 : 0) > 0.635 ? "#101218" : "#ffffff";
  }

  #below(path) {
    const under = path === "/" ? "/" : `${path}/`;
    let found = TRUNK;
    const hues = new Set();
    for (const [other, colour] of this.#colours) {
      if (!other.startsWith(under)) continue;
      if (!hues.size) found = colour;
      hues.add(colour[2]);
    }
    const made = hues.size > 1 ? TRUNK : found;
    this.#colours.set(path, made);
    return made;
  }
}

/** The segments of a path: `/trip/research` is `["trip", "research"]`. @param {string} path */
export function segments(path) {
  return path
    .replace(/^\//, "")
    .split("/")
    .filter((part, place, all) => part !== "" || all.length > 1);
}

function sharedLength(split) {
  const deep = split.filter((parts) => parts.length);
  if (deep.length < 2) return 0;
  let length = 0;
  while (deep.every((parts) => parts[length] !== undefined && parts[length] === deep[0][length])) length += 1;
  const trunk = deep.some((parts) => parts.length === length);
  return trunk && deep.every((parts) => parts.length <= length) ? Math.max(0, length - 1) : length;
}

/** Whether the page is dark now. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
