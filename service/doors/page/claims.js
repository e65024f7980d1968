/** The figures that the sources give: a picture of where they stand, a table, and how a figure was revised. */

import { counted, day, draw, foreign, make } from "./dom.js";
import { byOrigin, outletOf } from "./sources.js";

const NUMBER = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const ROW = 50;
const LINE = 17;
const EDGE = 14;

/** All that an answer's claims have to show; null where there are none. `markers` makes buttons of quotes. */
export function claimsView(answer, markers) {
  const { claims } = answer;
  if (claims.length === 0) return null;
  const standing = claims.filter((claim) => claim.superseded_by === null);
  const drawn = standing.filter((claim) => claim.low !== null || claim.high !== null);
  const revised = claims.length > standing.length;
  const table = claimTable(answer, markers);
  const left = answer.claims_left_out;
  return make("section", { class: "claims" },
    make("h3", {}, standing.length > 1 ? "What each source says" : revised ? "How the figure changed" : "The figure"),
    drawn.length > 1 && samePlane(drawn) ? picture(answer, drawn) : null,
    revised ? timeline(answer, markers) : null,
    claims.length === 1 ? table
      : make("details", {}, make("summary", {}, "The figures as a table"), table),
    left === 0 ? null : make("p", { class: "quiet" }, `${counted(left, "further figure")} left out.`));
}

/** Who gave a figure: the speaker that the text names, else the outlet. */
export function whoSaid(answer, claim) {
  return claim.speaker ?? outletOf(cited(answer, claim)[0]);
}

function cited(answer, claim) {
  return answer.citations.filter((citation) => claim.citations.includes(citation.index));
}

/** Percentages and money of different currencies have no axis in common with counts. */
function samePlane(claims) {
  const plane = ({ unit }) => (unit !== null && /^(%|percent|per cent|[A-Z]{3}|[^\p{L}\p{N}\s])$/u.test(unit) ? unit : "");
  return new Set(claims.map(plane)).size === 1;
}

/** A claim's bounds in words. */
function bounds({ low, high }) {
  if (low === null && high === null) return "no number";
  if (low === null) return `at most ${NUMBER.format(high)}`;
  if (high === null) return `at least ${NUMBER.format(low)}`;
  return low === high ? NUMBER.format(low) : `${NUMBER.format(low)} to ${NUMBER.format(high)}`;
}

function picture(answer, claims) {
  const told = claims.map((claim) => `${whoSaid(answer, claim)}: ${claim.text}, ${bounds(claim)}`).join("; ");
  const svg = draw("svg", { role: "img", class: "picture", "aria-label": `The figures on one axis. ${told}.` });
  const frame = make("div", { class: "frame" }, svg);
  new ResizeObserver(([entry]) => fill(svg, answer, claims, Math.floor(entry.contentRect.width))).observe(frame);
  return make("figure", {}, frame, make("figcaption", { class: "quiet" },
    "Each mark is what the words allow: a dot for one number, a bar for a range, an arrow where one end is open."));
}

function fill(svg, answer, claims, width) {
  if (width < 1 || svg.dataset.width === String(width)) return;
  svg.dataset.width = String(width);
  svg.setAttribute("width", width);
  svg.replaceChildren();
  const labels = claims.map((claim) => draw("text", { class: "label" }));
  svg.append(...labels);
  let floor = 0;
  const tops = claims.map((claim, row) => {
    const top = floor;
    floor += ROW + (lettered(labels[row], claim.text, whoSaid(answer, claim), top + 18, width) - 1) * LINE;
    return top;
  });
  floor += 8;
  svg.setAttribute("height", floor + 26);
  const scale = axis(claims, EDGE, width - EDGE);
  for (const tick of ticks(scale, width)) {
    const x = scale.place(tick);
    svg.prepend(draw("line", { class: "grid", x1: x, x2: x, y1: 4, y2: floor }));
    svg.append(fitted(draw("text", { class: "tick", x, y: floor + 18, "text-anchor": "middle" }, NUMBER.format(tick)),
      width));
  }
  svg.append(draw("line", { class: "axis", x1: 0, x2: width, y1: floor, y2: floor }));
  claims.forEach((claim, row) => {
    const below = row + 1 < tops.length ? tops[row + 1] : floor - 8;
    svg.append(mark(claim, scale, below - ROW + 34, width));
  });
}

/** Letter a row, who said it on a line of its own where both don't fit on one; how many lines it has. A line is cut to
 *  the width; the table has it whole. */
function lettered(label, figure, who, y, width) {
  const [first, rest] = [draw("tspan", { class: "figure", x: 0, y }, figure), draw("tspan", {}, ` · ${who}`)];
  label.append(first, rest);
  if (label.getComputedTextLength() <= width) return 1;
  first.textContent = fitting(first, figure, width);
  rest.setAttribute("x", 0);
  rest.setAttribute("y", y + LINE);
  rest.textContent = fitting(rest, who, width);
  return 2;
}

/** Words, cut until they fit. */
function fitting(line, words, width) {
  line.textContent = words;
  const letters = Array.from(words);
  while (letters.length > 1 && line.getComputedTextLength() > width) {
    letters.pop();
    line.textContent = `${letters.join("").trimEnd()}…`;
  }
  return line.textContent;
}

/** A tick's number kept inside the drawing. */
function fitted(text, width) {
  const x = Number(text.getAttribute("x"));
  if (x > width - 24) text.setAttribute("text-anchor", "end");
  if (x > width - 24) text.setAttribute("x", width);
  return text;
}

function axis(claims, from, to) {
  const ends = claims.flatMap(({ low, high }) => [low, high]).filter((end) => end !== null);
  let [least, most] = [Math.min(...ends), Math.max(...ends)];
  const room = (most - least || Math.abs(most) || 1) * 0.15;
  least = least >= 0 && (least < most * 0.3 || least < room) ? 0 : least - room;
  most += room;
  return { least, most, place: (value) => from + ((value - least) / (most - least)) * (to - from) };
}

/** Round numbers along the axis, no closer than they can be read. */
function ticks({ least, most }, width) {
  const wanted = (most - least) / Math.max(2, Math.min(6, Math.floor(width / 110)));
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= wanted);
  const found = [];
  for (let index = Math.ceil(least / step); index * step <= most; index += 1) found.push(index * step);
  return found;
}

function mark({ low, high }, scale, y, width) {
  const [from, to] = [low ?? scale.least, high ?? scale.most].map(scale.place);
  if (low === high) return draw("circle", { class: "point", cx: from, cy: y, r: 6 });
  const parts = [draw("line", { class: "reach", x1: low === null ? 6 : from, x2: high === null ? width - 6 : to, y1: y, y2: y })];
  if (low === null) parts.push(draw("path", { class: "tip", d: `M12 ${y - 6}L3 ${y}L12 ${y + 6}Z` }));
  else parts.push(draw("line", { class: "stop", x1: from, x2: from, y1: y - 7, y2: y + 7 }));
  if (high === null) parts.push(draw("path", { class: "tip", d: `M${width - 12} ${y - 6}L${width - 3} ${y}L${width - 12} ${y + 6}Z` }));
  else parts.push(draw("line", { class: "stop", x1: to, x2: to, y1: y - 7, y2: y + 7 }));
  return draw("g", {}, ...parts);
}

function claimTable(answer, markers) {
  const rows = answer.claims.map((claim) => make("tr", {},
    make("th", { scope: "row" }, foreign("span", claim.text), claim.derived ? " (sum of parts)" : ""),
    make("td", {}, bounds(claim)),
    make("td", {}, foreign("span", whoSaid(answer, claim))),
    make("td", {}, day(claim.as_of) ?? "not given"),
    make("td", {}, carriers(answer, claim)),
    make("td", {}, ...markers(claim.citations))));
  const heads = ["Figure", "Reads as", "Said by", "As of", "Printed by", "Quotes"];
  return make("div", { class: "wide", role: "region", "aria-label": "The figures as a table", tabindex: "0" },
    make("table", {},
      make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...rows)));
}

/** Who printed a figure, reprints counted with their origin. */
function carriers(answer, claim) {
  const files = new Set(cited(answer, claim).map((citation) => citation.file_id));
  const groups = byOrigin(answer.sources.filter((source) => files.has(source.file_id)));
  const parts = groups.map(({ origin, reprints }) => make("span", { class: "carrier" },
    foreign("span", outletOf(origin)), reprints.length === 0 ? "" : ` and ${counted(reprints.length, "reprint")}`));
  return make("span", {}, ...parts);
}

/** The day that a figure stands for: its own, else that of the first article that prints it. */
function dayOf(answer, claim) {
  return claim.as_of ?? cited(answer, claim).map((citation) => citation.published).filter(Boolean).sort()[0] ?? null;
}

function timeline(answer, markers) {
  const involved = answer.claims
    .filter((claim) => claim.superseded_by !== null
      || answer.claims.some((other) => other.superseded_by === claim.index))
    .sort((one, other) => (dayOf(answer, one) ?? "").localeCompare(dayOf(answer, other) ?? ""));
  return make("ol", { class: "timeline" }, ...involved.map((claim) => make("li",
    { class: claim.superseded_by === null ? "standing" : "replaced" },
    make("span", { class: "quiet" }, day(dayOf(answer, claim)) ?? "No date given"), " ",
    foreign("strong", claim.text), " · ", foreign("span", whoSaid(answer, claim)), " ", ...markers(claim.citations), " ",
    make("span", { class: "tag" }, claim.superseded_by === null ? "stands" : "revised since"))));
}
