/** Calls of the HTTP API. A missing key is asked for, kept for this tab, and the call made again. */

import { byId } from "./dom.js";

const KEPT = "onrecord-key";
let prompting = null;

/** An error to show: what went wrong and what to do next. `status` is 0 where the service was not reached. */
export class Problem extends Error {
  constructor(status, members = {}) {
    super(members.detail || members.title || `the service answered with status ${status}`);
    this.status = status;
    this.advice = members.advice || null;
    this.requestId = members.request_id || null;
  }
}

/** The response to a call. Throws Problem, and AbortError when stopped. */
export async function call(path, { method = "GET", body = undefined, signal = undefined, accept = undefined } = {}) {
  for (;;) {
    const used = sessionStorage.getItem(KEPT);
    const headers = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (accept) headers.Accept = accept;
    if (used) headers.Authorization = `Bearer ${used}`;
    let response;
    try {
      response = await fetch(path, { method, headers, signal, body: body && JSON.stringify(body) });
    } catch (error) {
      throw error.name === "AbortError" ? error : unreached();
    }
    if (response.ok) return response;
    const problem = new Problem(response.status, await members(response));
    if (response.status !== 401 || !(await keyGiven(used))) throw problem;
  }
}

/** The JSON document that a call returns. */
export async function json(path, options) {
  return (await call(path, options)).json();
}

/** The text of an article as its offsets count it: nothing is taken off its beginning. */
export async function articleText(fileId) {
  const response = await call(`/v1/articles/${encodeURIComponent(fileId)}/text`);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.arrayBuffer());
}

/** The events of an answer, as `{name, data}`. Throws Problem for an `error` event and for a stream cut short. */
export async function* askStream(body, signal) {
  const response = await call("/v1/ask", { method: "POST", body, signal, accept: "text/event-stream" });
  for await (const { name, data } of eventsOf(response, signal)) {
    if (name === "error") throw new Problem(data.status, data);
    yield { name, data };
    if (name === "done") return;
  }
  throw new Problem(0, { detail: "the answer stopped halfway", advice: "ask again" });
}

/** Send files to the archive; `progress` is told the share that was sent, 0 to 1. Returns what became of them. */
export async function sendFiles(files, progress) {
  for (;;) {
    const used = sessionStorage.getItem(KEPT);
    const { status, told } = await sent(files, used, progress);
    if (status >= 200 && status < 300) return told;
    if (status !== 401 || !(await keyGiven(used))) throw status === 0 ? unreached() : new Problem(status, told);
  }
}

/** One try. `fetch` can't tell how much of a body was sent. */
function sent(files, key, progress) {
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/articles");
    if (key) request.setRequestHeader("Authorization", `Bearer ${key}`);
    request.upload.addEventListener("progress", ({ loaded, total }) => progress(total ? loaded / total : 0));
    request.addEventListener("loadend", () => {
      let told = {};
      try {
        told = JSON.parse(request.responseText);
      } catch { /* no JSON: the status alone tells */ }
      resolve({ status: request.status, told });
    });
    request.send(form);
  });
}

async function* eventsOf(response, signal) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (buffered + value).replaceAll("\r\n", "\n").split("\n\n");
      buffered = blocks.pop();
      for (const block of blocks) {
        const event = parsed(block);
        if (event) yield event;
      }
    }
  } catch (error) {
    throw signal?.aborted || error instanceof Problem ? error : unreached();
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parsed(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null;
}

async function members(response) {
  try {
    const told = await response.json();
    const wait = response.headers.get("Retry-After");
    return wait && !told.advice ? { ...told, advice: `try again in ${wait} seconds` } : told;
  } catch {
    return {};
  }
}

function unreached() {
  return new Problem(0, {
    detail: "the service can’t be reached",
    advice: "check that it runs and that you are connected, then try again; your question is kept",
  });
}

/** Whether there is another key to try than `used`; one prompt serves all calls that wait for it. */
async function keyGiven(used) {
  if (sessionStorage.getItem(KEPT) !== used) return true;
  prompting ??= promptForKey(used).finally(() => { prompting = null; });
  return prompting;
}

function promptForKey(used) {
  const dialog = byId("key");
  const input = byId("key-input");
  input.value = "";
  if (used) byId("key-note").textContent = "That key was not accepted: it is wrong or was revoked. Try another.";
  dialog.returnValue = "cancel";
  dialog.showModal();
  input.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const key = input.value.trim();
      input.value = "";
      const given = dialog.returnValue === "use" && /^[\x21-\x7e]+$/.test(key);
      if (given) sessionStorage.setItem(KEPT, key);
      resolve(given);
    }, { once: true });
  });
}
