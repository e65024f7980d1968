/** The page for asking: one box, one answer, and the conversation it belongs to. */

import { AnswerView, announcement } from "./answer.js";
import { Problem, askStream, json } from "./api.js";
import { byId, foreign, make } from "./dom.js";

let thread = null;
let current = null;
let running = null;
let outletsAsked = false;

function filters() {
  const chosen = [...document.querySelectorAll("#outlets input:checked")].map((box) => box.value);
  const body = {};
  if (byId("after").value) body.published_after = byId("after").value;
  if (byId("before").value) body.published_before = byId("before").value;
  if (chosen.length) body.publishers = chosen;
  return body;
}

function noteFilters() {
  const count = Object.keys(filters()).length;
  byId("filter-note").textContent = count === 0 ? "" : `: ${count} set`;
}

function clearFilters() {
  for (const field of [byId("after"), byId("before")]) field.value = "";
  for (const box of document.querySelectorAll("#outlets input:checked")) box.checked = false;
  noteFilters();
}

async function ask(question, aside = null) {
  running?.abort();
  const control = new AbortController();
  running = control;
  retire();
  const view = show(new AnswerView(question));
  if (aside !== null) view.aside(aside);
  busy(true);
  byId("state").textContent = "Reading the articles…";
  const narrowed = filters();
  try {
    for await (const { name, data } of askStream({ question, thread_id: thread ?? "new", ...narrowed }, control.signal)) {
      if (name === "meta") view.meta(data);
      if (name === "statement") view.statement(data);
      if (name === "done") finished(view, data, narrowed);
    }
  } catch (error) {
    if (control.signal.aborted) view.stopped();
    else if (error.status === 404 && thread !== null) alone(question);
    else failed(view, error, () => ask(question));
  } finally {
    if (running === control) {
      running = null;
      busy(false);
    }
  }
}

/** Ask in a conversation of one's own: that behind another reader's answer is closed to this key. */
function alone(question) {
  thread = null;
  ask(question, "Asked on its own: the conversation behind that answer belongs to another key.");
}

function finished(view, answer, narrowed) {
  thread = answer.thread_id;
  const widen = Object.keys(narrowed).length === 0 ? null : () => { clearFilters(); ask(answer.question); };
  view.done(answer, { widen });
  byId("state").textContent = announcement(answer);
  byId("question").value = "";
  byId("question").placeholder = "Ask a follow-up, such as: and how many were hurt?";
  byId("question-label").textContent = "Ask a follow-up, or something new";
  document.title = `${answer.question} · OnRecord`;
  history.pushState(null, "", `/a/${encodeURIComponent(answer.id)}`);
}

function failed(view, error, again) {
  const problem = error instanceof Problem ? error : new Problem(0, { detail: "this page stumbled", advice: "try again" });
  byId("state").textContent = "";
  view.failed(problem, again);
  if (!(error instanceof Problem)) throw error;
}

/** The answer on show goes to the list of earlier ones. */
function retire() {
  if (current?.answer) {
    const { answer } = current;
    byId("earlier-list").prepend(make("li", {},
      foreign("a", answer.question, { href: `/a/${encodeURIComponent(answer.id)}` }), " ",
      foreign("span", answer.answer.replaceAll(/ *\[\d+\]/g, ""), { class: "quiet" })));
    byId("earlier").hidden = false;
  }
  current = null;
}

function show(view) {
  current = view;
  byId("answer").replaceChildren(view.element);
  return view;
}

function busy(is) {
  byId("go").hidden = is;
  byId("stop").hidden = !is;
  byId("answer").setAttribute("aria-busy", String(is));
}

function fresh() {
  thread = null;
  retire();
  byId("earlier").hidden = true;
  byId("earlier-list").replaceChildren();
  byId("question").placeholder = "How many people were moved out?";
  byId("question-label").textContent = "Ask the archive a question";
  byId("state").textContent = "";
  document.title = "OnRecord: ask the archive";
  welcome();
}

function welcome() {
  current = null;
  byId("answer").replaceChildren(make("div", { class: "welcome" },
    make("p", {}, "Ask for a fact, and read it in the articles’ own words. Each number opens the sentence it rests on."),
    make("p", { class: "quiet" }, "Where sources differ, every figure is shown with who gave it. "
      + "Where no article says it, the page says so.")));
}

/** What the address asks for: a stored answer, or an empty page. */
async function route() {
  const [, id] = /^\/a\/([^/]+)$/.exec(location.pathname) ?? [];
  running?.abort();
  if (!id) {
    fresh();
    return;
  }
  const view = show(new AnswerView("A stored answer"));
  try {
    const answer = await json(`/v1/answers/${id}`);
    view.element.querySelector("h2").textContent = answer.question;
    view.done(answer);
    thread = answer.thread_id;
    byId("state").textContent = announcement(answer);
    document.title = `${answer.question} · OnRecord`;
  } catch (error) {
    const missing = { detail: "it is not kept in this archive", advice: "check the link, or ask the question again" };
    failed(view, error.status === 404 ? new Problem(404, { ...missing, request_id: error.requestId }) : error, route);
  }
}

async function listOutlets() {
  if (outletsAsked) return;
  outletsAsked = true;
  const field = byId("outlets");
  try {
    const { publishers } = await json("/v1/publishers");
    const boxes = publishers.sort((one, other) => one.publisher.localeCompare(other.publisher))
      .map(({ publisher, articles }) => make("label", { class: "choice" },
        make("input", { type: "checkbox", value: publisher }), foreign("span", publisher), " ",
        make("span", { class: "quiet" }, String(articles))));
    const legend = field.querySelector("legend");
    field.replaceChildren(legend, ...(boxes.length ? boxes : [make("p", { class: "quiet" }, "No article names its outlet.")]));
  } catch (error) {
    outletsAsked = false;
    field.querySelector("p").textContent = `The outlets can’t be listed: ${error.message}.`;
  }
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = byId("question").value.trim();
  if (question) ask(question);
});
byId("stop").addEventListener("click", () => { running?.abort(); byId("question").focus(); });
byId("filters").addEventListener("toggle", listOutlets);
byId("filters").addEventListener("change", noteFilters);
byId("clear-filters").addEventListener("click", clearFilters);
byId("fresh").addEventListener("click", () => {
  history.pushState(null, "", "/");
  fresh();
  byId("question").focus();
});
window.addEventListener("popstate", route);
route();
