/** The archive: its articles page by page, one article with what each stretch of it is, and adding files. */

import { Problem, articleText, json, sendFiles } from "./api.js";
import { byId, counted, day, foreign, make } from "./dom.js";
import { outletOf } from "./sources.js";
import { paint } from "./text.js";

const KINDS = {
  body: "Story", headline: "Headline", caption: "Caption", byline: "Byline", teaser: "Teaser to another story",
  advert: "Advertising", disclaimer: "Notice", share: "Share bar", comment: "Readers’ comment", credit: "Credit",
};
const QUOTABLE = new Set(["body", "headline", "caption"]);
let turn = 0;

function link(fileId, text) {
  return foreign("a", text, { href: `/archive#${encodeURIComponent(fileId)}` });
}

function row(article) {
  return make("li", {},
    make("p", { class: "source-title" }, link(article.file_id, article.document_title ?? article.filename)),
    make("p", { class: "quiet" }, foreign("span", outletOf(article)), ` · ${day(article.published) ?? "no date given"}`,
      article.reprint_of === null ? null : make("span", {}, " · reprints ", foreign("span", article.reprint_of))));
}

async function showList() {
  const mine = ++turn;
  byId("adding").hidden = false;
  document.title = "The archive · OnRecord";
  const list = make("ul", { class: "plain listing" });
  const told = make("p", { class: "quiet", role: "status" }, "Loading…");
  const more = make("button", { type: "button", hidden: true, click: () => page() }, "More articles");
  byId("view").replaceChildren(make("h2", {}, "Articles"), told, list, more);
  let cursor = null;
  async function page() {
    more.disabled = true;
    try {
      const listed = await json(`/v1/articles?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      if (mine !== turn) return;
      const before = list.children.length;
      list.append(...listed.articles.map(row));
      cursor = listed.next_cursor;
      if (before > 0) list.children[before]?.querySelector("a").focus();
      told.textContent = list.children.length === 0 ? "There is no article yet: add some above."
        : `${counted(list.children.length, "article")}${cursor === null ? "" : " so far"}`;
      more.hidden = cursor === null;
    } catch (error) {
      if (mine === turn) fail(error, showList);
    } finally {
      more.disabled = false;
    }
  }
  await page();
}

async function showArticle(fileId) {
  const mine = ++turn;
  byId("adding").hidden = true;
  byId("view").replaceChildren(make("p", { class: "quiet", role: "status" }, "Opening the article…"));
  try {
    const [article, text] = await Promise.all([json(`/v1/articles/${encodeURIComponent(fileId)}`), articleText(fileId)]);
    if (mine !== turn) return;
    const title = article.document_title ?? article.filename;
    const heading = foreign("h2", title, { tabindex: "-1" });
    const body = make("div", { class: "article-text", dir: "auto" });
    paint(body, text, article.spans.map(({ start, end, kind }) => ({
      start, end, tag: "span", attributes: { class: `span ${kind}`, title: KINDS[kind] ?? kind },
    })));
    byId("view").replaceChildren(make("p", {}, make("a", { href: "/archive#" }, "All articles")), heading,
      facts(article), legend(article.spans), body);
    document.title = `${title} · OnRecord`;
    heading.focus();
  } catch (error) {
    if (mine === turn) fail(error, route);
  }
}

function facts(article) {
  const given = (name, value) => [name, value === null || value === "" ? null : foreign("span", value)];
  const rows = [
    given("Outlet", article.publisher), given("Author", article.author), given("Published", day(article.published)),
    given("Reprints", article.reprint_of), given("Credit", article.credit),
    ["Updates", article.update_of === null ? null : link(article.update_of, "an earlier state of this story")],
    given("Rests on", article.rests_on.join(", ")), given("Origin", article.origin_id), given("File", article.filename),
  ];
  return make("dl", { class: "facts" }, ...rows.filter(([, value]) => value !== null)
    .flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

function legend(spans) {
  const kinds = Object.keys(KINDS).filter((kind) => spans.some((span) => span.kind === kind));
  return make("ul", { class: "legend plain", "aria-label": "What the colours mean" }, ...kinds.map((kind) => make("li", {},
    make("span", { class: `span ${kind}` }, KINDS[kind]), QUOTABLE.has(kind) ? " may be quoted" : " never quoted")));
}

function fail(error, again) {
  byId("view").replaceChildren(make("div", { class: "problem", role: "alert" },
    make("p", {}, make("strong", {}, "Not shown: "), foreign("span", `${error.message}.`)),
    error.advice ? make("p", {}, "Next: ", foreign("span", `${error.advice}.`)) : null,
    make("p", { class: "row" }, make("button", { type: "button", click: again }, "Try again"),
      make("a", { href: "/archive#" }, "All articles"))));
  if (!(error instanceof Problem)) throw error;
}

async function upload(files) {
  if (files.length === 0) return;
  const [bar, outcome] = [byId("progress"), byId("outcome")];
  bar.hidden = false;
  bar.value = 0;
  outcome.replaceChildren(`Sending ${counted(files.length, "file")}…`);
  try {
    const done = await sendFiles(files, (share) => {
      bar.value = share;
      if (share === 1) outcome.replaceChildren("Reading the articles…");
    });
    outcome.replaceChildren(make("p", {}, `Added ${done.added}, updated ${done.updated}, unchanged ${done.unchanged}.`), ...failed(done.failed));
    if (location.hash.length < 2) await showList();
    await showSetAside();
  } catch (error) {
    outcome.replaceChildren(make("p", {}, "Not added: ", foreign("span", `${error.message}.`),
      error.advice ? foreign("span", ` Next: ${error.advice}.`) : null));
    if (!(error instanceof Problem)) throw error;
  } finally {
    bar.hidden = true;
    byId("files").value = "";
  }
}

function failed(files) {
  if (files.length === 0) return [];
  return [make("p", {}, `Set aside: ${counted(files.length, "file")}.`),
    make("ul", { class: "set-aside" }, ...files.map(fault))];
}

function fault({ path, error, when = null }) {
  return make("li", {}, foreign("strong", path), when === null ? ": " : make("span", { class: "quiet" }, ` · ${day(when)}: `),
    foreign("span", error));
}

/** The files set aside by ingests and uploads, for whoever may add articles; others are not shown their paths. */
async function showSetAside(cursor = null) {
  const box = byId("set-aside");
  const [list, more] = [box.querySelector("ul"), box.querySelector("button")];
  try {
    const { failures, next_cursor: next } = await json(`/v1/failures?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    if (cursor === null) list.replaceChildren();
    list.append(...failures.map(fault));
    box.hidden = list.children.length === 0;
    box.querySelector("summary").textContent = `Set aside: ${counted(list.children.length, "file")}${next === null ? "" : " and more"}`;
    more.hidden = next === null;
    more.onclick = () => showSetAside(next);
  } catch (error) {
    box.hidden = true;
    if (!(error instanceof Problem)) throw error;
  }
}

async function route() {
  const fileId = decodeURIComponent(location.hash.slice(1));
  await (fileId === "" || fileId === "view" ? showList() : showArticle(fileId));
}

const zone = byId("upload");
for (const name of ["dragover", "dragleave", "drop"]) {
  zone.addEventListener(name, (event) => {
    event.preventDefault();
    zone.classList.toggle("over", name === "dragover");
    if (name === "drop") upload([...event.dataTransfer.files]);
  });
}
byId("files").addEventListener("change", () => upload([...byId("files").files]));
window.addEventListener("hashchange", route);
route();
showSetAside();
