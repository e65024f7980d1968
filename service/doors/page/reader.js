/** The reader: a source's own text with the quoted words highlighted. */

import { articleText, json } from "./api.js";
import { byId, day, foreign, make } from "./dom.js";
import { paint, slice } from "./text.js";

let opened = 0;

/**
 * Open a quote in its article. `quotes` are those to leaf through, `at` the place of this one among them, and
 * `answerId` the answer that they belong to, null for passages that belong to none.
 */
export async function openReader(quotes, at, answerId) {
  const dialog = byId("reader");
  const turn = ++opened;
  const quote = quotes[at];
  const text = make("div", { class: "text", tabindex: "0", role: "region", "aria-label": "Text of the article", dir: "auto" });
  const note = make("p", { class: "reader-note", role: "status" }, "Opening the article…");
  dialog.replaceChildren(head(dialog, quotes, at, answerId), note, text);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("h2").focus();
  try {
    const whole = await articleText(quote.file_id);
    const { places, told, held } = await placesOf(whole, quotes, quote, answerId);
    if (turn !== opened) return;
    note.textContent = told;
    note.classList.toggle("wrong", !held);
    paint(text, whole, places);
    text.querySelector("mark.current")?.scrollIntoView({ block: "center" });
  } catch (error) {
    if (turn !== opened) return;
    note.classList.add("wrong");
    note.textContent = error.status === 404
      ? "This article is no longer in the archive: it was taken down or its file is gone."
      : `The article can’t be shown: ${error.message}.${error.advice ? ` Next: ${error.advice}.` : ""}`;
  }
}

function head(dialog, quotes, at, answerId) {
  const quote = quotes[at];
  const turn = (to, label) => make("button", {
    type: "button", disabled: to < 0 || to >= quotes.length, click: () => openReader(quotes, to, answerId),
  }, label);
  const facts = [quote.publisher ?? "no outlet given", day(quote.published) ?? "no date given"];
  if (quote.page) facts.push(`page ${quote.page}`);
  return make("header", {},
    make("div", { class: "row reader-bar" },
      make("span", { class: "reader-place" }, answerId === null ? "Nearest passage" : `Quote ${quote.index}`),
      quotes.length > 1 ? turn(at - 1, "Previous") : null,
      quotes.length > 1 ? turn(at + 1, "Next") : null,
      make("button", { type: "button", click: () => dialog.close() }, "Close")),
    foreign("h2", quote.document_title ?? quote.filename, { id: "reader-title", tabindex: "-1" }),
    foreign("p", facts.join(" · "), { class: "quiet" }),
    foreign("p", quote.filename, { class: "file quiet" }));
}

/** What to mark, and how to say where the quote stands. Another place is asked of the service, never guessed. */
async function placesOf(whole, quotes, quote, answerId) {
  const alike = quotes.filter((other) => other.file_id === quote.file_id && other !== quote);
  const stands = ({ start_char_index: start, end_char_index: end, cited_text: words }) => slice(whole, start, end) === words;
  const marks = (place) => [place, ...alike.filter(stands)].map((one, order) => ({
    start: one.start_char_index, end: one.end_char_index, tag: "mark",
    attributes: { class: order === 0 ? "current" : "other" },
  }));
  if (stands(quote)) return { places: marks(quote), told: "The quoted words are highlighted where they stand.", held: true };
  if (answerId !== null) {
    const checked = await json(`/v1/answers/${encodeURIComponent(answerId)}/verify`, { method: "POST" });
    const verdict = checked.citations.find((citation) => citation.index === quote.index);
    if (verdict?.state === "moved" || verdict?.state === "valid") {
      return { places: marks(verdict), told: "The article changed since; the quoted words now stand here.", held: true };
    }
  }
  return { places: [], told: "The article changed since this answer: the quoted words no longer stand in it.", held: false };
}
