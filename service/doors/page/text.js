/** Places in a text. The API counts code points; strings here count UTF-16 units. */

import { make } from "./dom.js";

/** The places, in UTF-16 units, of ascending code point offsets. */
export function unitsOf(text, offsets) {
  const found = new Map();
  const wanted = [...new Set(offsets)].sort((one, other) => one - other);
  let points = 0;
  let units = 0;
  for (const offset of wanted) {
    while (points < offset && units < text.length) {
      units += text.codePointAt(units) > 0xffff ? 2 : 1;
      points += 1;
    }
    found.set(offset, units);
  }
  return found;
}

/** The words between two code point offsets. */
export function slice(text, start, end) {
  const at = unitsOf(text, [start, end]);
  return text.slice(at.get(start), at.get(end));
}

/**
 * Put a text into an element, its `marks` as elements of their own. A mark is `{start, end, tag, attributes}` with
 * code point offsets; marks are cut where an earlier one of the list covers them.
 */
export function paint(element, text, marks) {
  const kept = marks.filter(({ start, end }) => start < end);
  const cuts = [...new Set(kept.flatMap(({ start, end }) => [start, end]))].sort((one, other) => one - other);
  const at = unitsOf(text, cuts);
  element.replaceChildren();
  let last = 0;
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const [start, end] = [cuts[index], cuts[index + 1]];
    const mark = kept.find((one) => one.start <= start && end <= one.end);
    if (!mark) continue;
    element.append(text.slice(last, at.get(start)));
    element.append(make(mark.tag, mark.attributes, text.slice(at.get(start), at.get(end))));
    last = at.get(end);
  }
  element.append(text.slice(last));
}
