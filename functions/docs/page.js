"use strict";
const api = JSON.parse(document.getElementById("document").textContent);
const base = location.pathname.replace(/\/docs\/?$/, "");
const field = (id) => document.getElementById(id);
field("key").value = new URLSearchParams(location.search).get("code") || "";
field("source").addEventListener("click", async (event) => {
  event.preventDefault();
  const blob = new Blob([JSON.stringify(api, null, 2)], { type: "application/json" });
  location.assign(URL.createObjectURL(blob));
});

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function resolve(schema) {
  return schema && schema.$ref ? api.components.schemas[schema.$ref.split("/").pop()] : schema;
}

/* An example of a schema: required members only, two levels of choice at most. */
function example(schema, depth = 0) {
  const real = resolve(schema) || {};
  if (real.default !== undefined && real.default !== null) return real.default;
  if (real.const !== undefined) return real.const;
  if (real.enum) return real.enum[0];
  if (real.anyOf) return example(real.anyOf[0], depth);
  if (real.type === "array") return depth > 4 ? [] : [example(real.items, depth + 1)];
  if (real.type === "object") {
    const names = real.required || [];
    return Object.fromEntries(names.map((name) => [name, example((real.properties || {})[name], depth + 1)]));
  }
  return { string: "text", integer: 1, number: 1, boolean: true }[real.type] ?? null;
}

function table(rows) {
  return element("table", "", ...rows.map((cells) => element("tr", "", ...cells.map((cell) => element("td", cell)))));
}

function show(path, method, operation) {
  const box = element("details", "", element("summary", "", element("code", `${method.toUpperCase()} ${path}`),
    ` ${operation.summary}`));
  const inputs = new Map();
  for (const parameter of operation.parameters) {
    if (["org"].includes(parameter.name) || ["x-admin-key"].includes(parameter.name)) continue;
    const input = element("input");
    input.placeholder = parameter.schema.default ?? "";
    inputs.set(parameter, input);
    box.append(element("label", `${parameter.name} (${parameter.in}) `, input));
  }
  const content = operation.requestBody && operation.requestBody.content["application/json"];
  const body = content && element("textarea");
  if (body) {
    body.value = JSON.stringify(example(content.schema), null, 2);
    const shape = element("pre", JSON.stringify(resolve(content.schema), null, 2));
    box.append(element("details", "", element("summary", "Shape of the body"), shape), body);
  }
  const answers = Object.entries(operation.responses).map(([status, answer]) => [status, answer.description]);
  const answer = element("pre");
  const button = element("button", "Send");
  button.addEventListener("click", () => send(path, method, operation, inputs, body, answer));
  box.append(table(answers), button, answer);
  return box;
}

async function send(path, method, operation, inputs, body, answer) {
  const headers = {};
  const query = new URLSearchParams();
  let url = path.replace("{org}", encodeURIComponent(field("org").value));
  if (field("key").value) headers["x-functions-key"] = field("key").value;
  if (operation.parameters.some((p) => p.name === "x-admin-key")) headers["x-admin-key"] = field("admin").value;
  for (const [parameter, input] of inputs) {
    if (parameter.in === "path") url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value && parameter.in === "query") query.set(parameter.name, input.value);
    else if (input.value) headers[parameter.name] = input.value;
  }
  if (body) headers["content-type"] = "application/json";
  answer.textContent = "…";
  try {
    const response = await fetch(base + url + (query.size ? `?${query}` : ""), {
      method: method.toUpperCase(), headers, body: body ? body.value : undefined,
    });
    const text = await response.text();
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
    answer.textContent = `${response.status} ${response.statusText}\n\n${shown}`;
  } catch (error) {
    answer.textContent = String(error);
  }
}

const groups = new Map();
for (const [path, methods] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const tag = operation.tags[0];
    if (!groups.has(tag)) groups.set(tag, []);
    groups.get(tag).push(show(path, method, operation));
  }
}
for (const [tag, boxes] of groups) field("operations").append(element("h2", tag), ...boxes);
