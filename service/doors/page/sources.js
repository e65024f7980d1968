/** The sources of an answer: one entry for each text, its reprints folded under it. */

import { counted, day, foreign, make } from "./dom.js";

/** The outlet as the archive knows it, else the file's name. */
export function outletOf(source) {
  return source.publisher ?? source.filename;
}

/** Sources that are one text, as `{origin, reprints}`, in the order of the answer. */
export function byOrigin(sources) {
  const groups = new Map();
  for (const source of sources) groups.set(source.origin_id, [...(groups.get(source.origin_id) ?? []), source]);
  return [...groups.values()].map((group) => {
    const origin = group.find((source) => source.reprint_of === null) ?? group[0];
    return { origin, reprints: group.filter((source) => source !== origin) };
  });
}

/** The list of sources; `markers` makes the buttons of a source's quotes. */
export function sourceList(answer, markers) {
  const groups = byOrigin(answer.sources);
  const numbers = (source) => answer.citations
    .filter((citation) => citation.file_id === source.file_id).map((citation) => citation.index);
  const entries = groups.map(({ origin, reprints }) => make("li", {},
    entry(origin, markers(numbers(origin))),
    reprints.length === 0 ? null : make("details", { class: "reprints" },
      make("summary", {}, `${reprints.length === 1 ? "One reprint" : `${reprints.length} reprints`} of the same text`),
      make("ul", {}, ...reprints.map((source) => make("li", {}, entry(source, markers(numbers(source)))))))));
  const heading = `Sources: ${counted(answer.sources.length, "article")}, ${counted(groups.length, "independent text")}`;
  return make("section", { class: "sources" }, make("h3", {}, heading), make("ul", { class: "plain" }, ...entries));
}

function entry(source, markers) {
  return make("div", { class: "source" },
    make("p", { class: "source-head" }, foreign("strong", outletOf(source)), " ",
      make("span", { class: "quiet" }, day(source.published) ?? "no date given"), " ", ...markers),
    make("p", { class: "source-title" }, linked(source)),
    source.reprint_of === null ? null
      : make("p", { class: "quiet" }, "Reprints ", foreign("span", source.reprint_of)));
}

function linked(source) {
  const title = source.document_title ?? source.filename;
  if (!/^https?:\/\//i.test(source.url ?? "")) return foreign("span", title);
  return foreign("a", title, { href: source.url, rel: "noopener noreferrer" });
}
