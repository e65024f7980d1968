/** One answer on the page, as it grows and when it is whole. */

import { call, json } from "./api.js";
import { claimsView } from "./claims.js";
import { counted, day, foreign, make } from "./dom.js";
import { openReader } from "./reader.js";
import { outletOf, sourceList } from "./sources.js";

const STANDING = { answered: "Answered from the articles", disputed: "Sources differ", not_found: "Not in the articles" };
const REASONS = {
  no_evidence: "No article here says it. Ask with the names, places or dates that an article would use.",
  unverified: "Something came near, but no sentence could be proven word by word, so none is shown.",
  not_a_question: "Ask for a fact that an article could state: who, what, when, where, how many.",
  empty_archive: "The archive holds no articles yet. Add some on the archive’s page, or with onrecord ingest FOLDER.",
};
const STATES = {
  valid: "stands as quoted", moved: "stands, at another place", source_changed: "no longer stands: the article changed",
  source_removed: "the article is gone",
};

/** A view of an answer to come; `element` goes on the page. */
export class AnswerView {
  constructor(question) {
    this.prose = make("div", { class: "prose", "aria-live": "polite" });
    this.waiting = make("p", { class: "waiting" }, "Reading the articles…");
    this.understood = make("p", { class: "understood quiet", hidden: true });
    this.badge = make("p", { class: "badge", hidden: true });
    this.element = make("article", { class: "exchange" },
      foreign("h2", question), this.understood, this.badge, this.prose, this.waiting);
    this.answer = null;
    this.shown = [];
  }

  /** What will answer, and how a follow-up was understood. */
  meta({ standalone_question: understood }) {
    if (!understood) return;
    this.understood.hidden = false;
    this.understood.replaceChildren("Understood as: ", foreign("span", understood));
  }

  /** A remark on how the question was asked. */
  aside(text) {
    this.understood.hidden = false;
    this.understood.textContent = text;
  }

  /** One proven statement. */
  statement(statement) {
    this.shown.push(statement.text);
    this.prose.append(this.paragraph(statement));
  }

  /** The whole answer: quotes can be opened from now on. */
  done(answer, { widen = null } = {}) {
    this.answer = answer;
    this.waiting.remove();
    this.meta(answer);
    this.badge.hidden = false;
    this.badge.classList.add(answer.status);
    this.badge.textContent = STANDING[answer.status];
    const texts = answer.statements.map((statement) => statement.text);
    if (JSON.stringify(texts) !== JSON.stringify(this.shown)) this.prose.replaceChildren(...answer.statements.map((one) => this.paragraph(one)));
    for (const button of this.prose.querySelectorAll("button.cite")) this.bound(button, Number(button.dataset.index));
    const markers = (numbers) => numbers.map((number) => this.bound(cite(number), number));
    const parts = answer.status === "not_found"
      ? [this.missing(answer, widen)]
      : [claimsView(answer, markers), sourceList(answer, markers)];
    this.element.append(...parts.filter(Boolean), this.actions(answer), context(answer));
  }

  /** What went wrong, with the next step; `again` asks the same once more. */
  failed(error, again) {
    this.waiting.remove();
    this.element.append(make("div", { class: "problem", role: "alert" },
      make("p", {}, make("strong", {}, "No answer: "), foreign("span", `${error.message}.`)),
      error.advice ? make("p", {}, "Next: ", foreign("span", `${error.advice}.`)) : null,
      error.requestId ? make("p", { class: "quiet" }, `Request ${error.requestId}`) : null,
      make("button", { type: "button", click: again }, "Try again")));
  }

  /** The reader stopped it; what was proven so far stays. */
  stopped() {
    this.waiting.remove();
    this.element.append(make("p", { class: "quiet" }, "Stopped before the answer was whole."));
  }

  paragraph(statement) {
    const known = new Set(statement.citations);
    const parts = statement.text.split(/\[(\d+)\]/).map((part, order) => {
      if (order % 2 === 0) return part;
      return known.has(Number(part)) ? cite(Number(part)) : `[${part}]`;
    });
    return make("p", { dir: "auto" }, ...glued(parts));
  }

  bound(button, number) {
    const { citations, id } = this.answer;
    const at = citations.findIndex((citation) => citation.index === number);
    if (at < 0) return button;
    button.disabled = false;
    button.setAttribute("aria-label", `Quote ${number}, ${outletOf(citations[at])}: open the source`);
    button.addEventListener("click", () => openReader(citations, at, id));
    return button;
  }

  missing(answer, widen) {
    const near = answer.nearest.map((quote, at) => make("li", {},
      foreign("blockquote", quote.cited_text),
      make("p", { class: "source-head" }, foreign("strong", outletOf(quote)), " ",
        make("span", { class: "quiet" }, day(quote.published) ?? "no date given"), " ",
        make("button", { type: "button", click: () => openReader(answer.nearest, at, null) }, "Open in the article"))));
    return make("div", { class: "missing" },
      make("p", { class: "prose" }, answer.answer),
      make("p", {}, REASONS[answer.reason] ?? ""),
      widen ? make("p", {}, "Filters are on. ", make("button", { type: "button", click: widen }, "Ask without them")) : null,
      near.length === 0 ? null : make("section", { class: "nearest" },
        make("h3", {}, "The nearest passages"),
        make("p", { class: "quiet" }, "They don’t answer the question; they may show how to ask it."),
        make("ul", { class: "plain" }, ...near)));
  }

  actions(answer) {
    const told = make("p", { class: "told", role: "status" });
    const link = `${location.origin}/a/${encodeURIComponent(answer.id)}`;
    const share = make("button", { type: "button", click: async () => {
      try {
        await navigator.clipboard.writeText(link);
        told.textContent = "The link is copied. It shows this answer as it was given.";
      } catch {
        told.replaceChildren("Copy this link: ", make("a", { href: link }, link));
      }
    } }, "Copy link");
    const check = answer.citations.length === 0 ? null
      : make("button", { type: "button", click: () => this.recheck(told) }, "Check the quotes again");
    return make("div", { class: "actions" }, make("div", { class: "row" }, share, check), told, this.feedback(answer));
  }

  async recheck(told) {
    told.textContent = "Checking…";
    try {
      const { citations } = await json(`/v1/answers/${encodeURIComponent(this.answer.id)}/verify`, { method: "POST" });
      const odd = citations.filter((citation) => citation.state !== "valid");
      told.textContent = odd.length === 0
        ? `${citations.length === 1 ? "The quote stands" : `All ${citations.length} quotes stand`} in the articles as quoted.`
        : odd.map((citation) => `Quote ${citation.index}: ${STATES[citation.state]}.`).join(" ");
    } catch (error) {
      told.textContent = `Not checked: ${error.message}.`;
    }
  }

  feedback(answer) {
    const told = make("p", { class: "told", role: "status" });
    const comment = make("textarea", { rows: "3", maxlength: "2000" });
    const send = async (verdict) => {
      try {
        const body = { verdict };
        if (comment.value.trim()) body.comment = comment.value.trim();
        await call(`/v1/answers/${encodeURIComponent(answer.id)}/feedback`, { method: "POST", body });
        buttons.hidden = true;
        form.hidden = true;
        told.textContent = "Thank you. It is kept with the answer.";
      } catch (error) {
        told.textContent = `Not kept: ${error.message}.`;
      }
    };
    const form = make("form", { class: "comment", hidden: true, submit: (event) => { event.preventDefault(); send("wrong"); } },
      make("label", {}, "What is wrong with it? (may stay empty)", comment),
      make("button", { type: "submit" }, "Send"));
    const buttons = make("div", { class: "row" }, make("span", { class: "quiet" }, "Was this right?"),
      make("button", { type: "button", click: () => send("helpful") }, "Yes, helpful"),
      make("button", { type: "button", click: () => { form.hidden = false; comment.focus(); } }, "No, wrong"));
    return make("div", { class: "feedback" }, buttons, form, told);
  }
}

/** What a screen reader is told when an answer is whole. */
export function announcement(answer) {
  const told = [STANDING[answer.status]];
  if (answer.status === "not_found") told.push(answer.nearest.length ? `${counted(answer.nearest.length, "passage")} near` : "nothing near");
  else told.push(counted(answer.sources.length, "source"));
  if (answer.claims.length > 1) told.push(counted(answer.claims.length, "figure"));
  return `${told.join(", ")}.`;
}

/** The parts of a statement, so that no line begins with a number: the word before one stays with it. */
function glued(parts) {
  const found = [];
  for (const part of parts) {
    const before = found.at(-1);
    const word = part instanceof Element && typeof before === "string" ? /(?<=^|\s)\S{1,24}\s*$/u.exec(before)?.[0] : undefined;
    if (word === undefined) found.push(part);
    else found.splice(-1, 1, before.slice(0, -word.length), make("span", { class: "kept" }, word, part));
  }
  return found;
}

function cite(number) {
  return make("button", { type: "button", class: "cite", disabled: true, "data-index": number, "aria-label": `Quote ${number}` },
    String(number));
}

function took(milliseconds) {
  return milliseconds < 100 ? "in less than 0.1 s" : `in ${(milliseconds / 1000).toFixed(1)} s`;
}

function context(answer) {
  const how = answer.model === "extractive" ? "in the articles’ own words" : `written by ${answer.model}, each sentence proven`;
  return make("p", { class: "context quiet" },
    `Asked ${day(answer.created)}, ${how}, ${took(answer.timings_ms.total)}.`,
    answer.fallback === null ? null : foreign("span", ` The model’s reply could not be used: ${answer.fallback}.`));
}
