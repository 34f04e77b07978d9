"use strict";

// The access key pair lives in this tab only and goes out as Basic credentials.
const session = {
  get authorization() { return sessionStorage.getItem("authorization"); },
  get keyID() { return sessionStorage.getItem("key-id"); },
  set(keyID, secret) {
    const bytes = new TextEncoder().encode(keyID + ":" + secret);
    sessionStorage.setItem("authorization", "Basic " + btoa(String.fromCharCode(...bytes)));
    sessionStorage.setItem("key-id", keyID);
  },
  clear() { sessionStorage.clear(); },
};

const $ = (id) => document.getElementById(id);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Refused extends Error {}

// call sends a request to the REST front and returns what it answers; an error
// of the lake becomes an Error with its message.
async function call(method, path, body) {
  const resp = await fetch("api/v1/" + path, {
    method,
    headers: { Authorization: session.authorization, ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body && JSON.stringify(body),
    cache: "no-store",
  });
  const answer = await resp.json().catch(() => ({ message: `${resp.status} ${resp.statusText}` }));
  if (resp.status === 401) throw new Refused(answer.message);
  if (!resp.ok) throw new Error(answer.message);
  return answer;
}

function show(signedIn) {
  $("sign-in").hidden = signedIn;
  $("lake").hidden = !signedIn;
  $("sign-out").hidden = !signedIn;
  $("who").textContent = signedIn ? session.keyID : "";
}

function signOut(message) {
  run.id++; // what is under way must not write into the page any more
  signIn.id++;
  session.clear();
  for (const id of ["stores", "head", "rows"]) $(id).replaceChildren();
  $("result").hidden = true;
  $("query-error").hidden = true;
  $("secret").value = "";
  $("sign-in-error").textContent = message || "";
  show(false);
}

function element(tag, text, className) {
  const e = document.createElement(tag);
  if (text !== undefined) e.textContent = text;
  if (className) e.className = className;
  return e;
}

const number = (text) => Number(text || 0).toLocaleString();

async function loadStores(mine) {
  const stores = [];
  let token = "";
  do {
    const page = await call("GET", "event-data-stores" + (token ? "?nextToken=" + encodeURIComponent(token) : ""));
    stores.push(...page.eventDataStores);
    token = page.nextToken;
  } while (token);
  if (mine !== signIn.id) return;
  $("stores").replaceChildren(...stores.map(storeItem));
  $("no-stores").hidden = stores.length > 0;
}

function storeItem(store) {
  const button = element("button");
  button.type = "button";
  button.title = "Write a query of this store";
  button.append(
    element("strong", store.name),
    element("span", store.eventDataStoreId),
    element("span", `${number(store.events)} events, ${store.status.toLowerCase().replaceAll("_", " ")}, ${store.retentionPeriod} days`),
  );
  button.addEventListener("click", () => {
    $("sql").value = `SELECT eventtime, eventsource, eventname, awsregion, useridentity.arn\nFROM ${store.eventDataStoreId}\nORDER BY eventtime DESC\nLIMIT 100`;
    $("sql").focus();
  });
  const item = element("li");
  item.append(button);
  return item;
}

// pointOut adds the line of the statement and a caret to a message that names a
// place and does not show it itself.
function pointOut(message, sql) {
  const place = /line (\d+):(\d+):/.exec(message);
  if (!place || message.includes("\n")) return message;
  const line = sql.split("\n")[Number(place[1]) - 1];
  if (line === undefined) return message;
  const indent = Array.from(line).slice(0, Number(place[2]) - 1).map((c) => (c === "\t" ? "\t" : " ")).join("");
  return `${message}\n\n${line}\n${indent}^`;
}

function showError(message) {
  $("query-error").textContent = message;
  $("query-error").hidden = false;
  $("state").textContent = "";
}

// run is the query on the page: a new one, or signing out, makes the old one's
// answers unwanted.
const run = { id: 0, query: "", token: "" };

async function runQuery(sql) {
  const mine = ++run.id;
  $("query-error").hidden = true;
  $("result").hidden = true;
  $("state").textContent = "Running…";
  $("cancel").disabled = true;
  try {
    const { queryId } = await call("POST", "queries", { queryStatement: sql });
    if (mine !== run.id) return;
    run.query = queryId;
    $("cancel").disabled = false;
    const described = await waitFor(mine, queryId);
    if (!described) return;
    if (described.queryStatus !== "FINISHED") {
      showError(described.errorMessage ? pointOut(described.errorMessage, sql) : "The query ended " + described.queryStatus);
      return;
    }
    const s = described.queryStatistics;
    $("state").textContent = `${number(s.executionTimeInMillis)} ms, ${number(s.eventsScanned)} events and ${number(s.bytesScanned)} bytes scanned`;
    await firstRows(mine, queryId);
  } catch (err) {
    if (mine !== run.id) return;
    if (err instanceof Refused) return signOut(err.message);
    showError(pointOut(err.message, sql));
  } finally {
    if (mine === run.id) $("cancel").disabled = true;
  }
}

async function waitFor(mine, queryId) {
  for (let wait = 30; ; wait = Math.min(wait * 1.5, 1000)) {
    const described = await call("GET", "queries/" + queryId);
    if (mine !== run.id) return null;
    if (described.queryStatus !== "QUEUED" && described.queryStatus !== "RUNNING") return described;
    $("state").textContent = `Running, ${number(described.queryStatistics.eventsScanned)} events scanned…`;
    await pause(wait);
    if (mine !== run.id) return null;
  }
}

async function firstRows(mine, queryId) {
  $("head").replaceChildren();
  $("rows").replaceChildren();
  run.token = "";
  await moreRows(mine, queryId);
  $("result").hidden = false;
}

async function moreRows(mine, queryId) {
  const path = `queries/${queryId}/results?maxQueryResults=200` + (run.token ? "&nextToken=" + encodeURIComponent(run.token) : "");
  const page = await call("GET", path);
  if (mine !== run.id) return;
  if (!$("head").firstChild && page.queryResultRows.length) {
    const row = element("tr");
    row.append(...page.queryResultRows[0].cells.map((c) => element("th", c.name)));
    $("head").append(row);
  }
  for (const { cells } of page.queryResultRows) {
    const row = element("tr");
    row.append(...cells.map((c) => (c.value === undefined || c.value === null ? element("td", "NULL", "null") : element("td", c.value))));
    $("rows").append(row);
  }
  run.token = page.nextToken;
  $("more").hidden = !run.token;
  $("count").textContent = `${number($("rows").children.length)} of ${number(page.queryStatistics.totalResultsCount)} rows`;
}

// signIn is the newest attempt to sign in: an older one's late answer must not
// sign the newer one out.
const signIn = { id: 0 };

async function signedIn() {
  const mine = ++signIn.id;
  try {
    await loadStores(mine);
    if (mine === signIn.id) show(true);
  } catch (err) {
    if (mine === signIn.id) signOut(err.message);
  }
}

$("sign-in-form").addEventListener("submit", (event) => {
  event.preventDefault();
  session.set($("key-id").value.trim(), $("secret").value.trim());
  $("secret").value = "";
  signedIn();
});
$("sign-out").addEventListener("click", () => signOut());
$("refresh").addEventListener("click", signedIn);
$("query-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const sql = $("sql").value;
  if (sql.trim()) runQuery(sql);
});
$("sql").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    $("query-form").requestSubmit();
  }
});
$("cancel").addEventListener("click", async () => {
  $("cancel").disabled = true;
  try {
    await call("POST", `queries/${run.query}:cancel`);
  } catch (err) {
    showError(err.message);
  }
});
$("more").addEventListener("click", async () => {
  $("more").disabled = true;
  try {
    await moreRows(run.id, run.query);
  } catch (err) {
    err instanceof Refused ? signOut(err.message) : showError(err.message);
  } finally {
    $("more").disabled = false;
  }
});

if (session.authorization) signedIn();
else show(false);
