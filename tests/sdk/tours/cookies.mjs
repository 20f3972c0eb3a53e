// The SDK's cookie store: signing in on one side, the cookie carried to the other, and everything done there.
// As a server-rendered application does it: the browser's cookie becomes an auth store for one request.
// Rate limits, too: what an application sees of a refusal, and that a superuser never does.

import assert from "node:assert/strict";

import { client, guest, refused, root, signInRoot, step } from "./kit.mjs";

const who = { email: "cookie@example.com", password: "12345678" };
const cookieOf = (header) => header.split(";")[0];
const browser = client();

await step("set up", async () => {
  await signInRoot();
  await root.collections.create({
    name: "crumbs", type: "auth", listRule: "id = @request.auth.id", viewRule: "id = @request.auth.id",
    updateRule: "id = @request.auth.id", fields: [{ name: "nick", type: "text" }],
  });
  return root.collection("crumbs").create({ ...who, passwordConfirm: who.password, nick: "c" }, { fields: "email,nick" });
});
await step("signs in, and the session becomes a cookie", async () => {
  await browser.collection("crumbs").authWithPassword(who.email, who.password);
  const cookie = browser.authStore.exportToCookie();
  assert(/^pb_auth=[^;]+; /.test(cookie) && cookie.length < 4096);
  return cookie.replace(/^pb_auth=[^;]*/, "").replace(/Expires=[^;]*/, "Expires");
});
await step("a cookie for scripts too, on another path", async () =>
  browser.authStore.exportToCookie({ httpOnly: false, path: "/app", sameSite: "lax" }, "mine").replace(/^mine=[^;]*/, "").replace(/Expires=[^;]*/, "Expires"));
await step("a request on the server is the browser's", async () => {
  const server = client();
  server.authStore.loadFromCookie(cookieOf(browser.authStore.exportToCookie()));
  assert(server.authStore.isValid && server.authStore.record.email === who.email);
  const { items } = await server.collection("crumbs").getList(1, 10, { fields: "email,nick" });
  return items;
});
await step("refreshed there, and sent back", async () => {
  const server = client();
  server.authStore.loadFromCookie(`theme=dark; ${cookieOf(browser.authStore.exportToCookie())}; x=y`);
  await server.collection("crumbs").authRefresh();
  browser.authStore.loadFromCookie(cookieOf(server.authStore.exportToCookie()));
  assert(browser.authStore.isValid);
  return (await browser.collection("crumbs").update(browser.authStore.record.id, { nick: "d" }, { fields: "nick" })).nick;
});
await step("a cookie that somebody changed", async () => {
  const server = client();
  const cookie = decodeURIComponent(cookieOf(browser.authStore.exportToCookie()).slice("pb_auth=".length));
  const changed = JSON.parse(cookie);
  changed.token = changed.token.slice(0, -6) + "AAAAAA";
  server.authStore.loadFromCookie(`pb_auth=${encodeURIComponent(JSON.stringify(changed))}`);
  return refused(() => server.collection("crumbs").authRefresh());
});
await step("a cookie that is none", async () => {
  const server = client();
  server.authStore.loadFromCookie("pb_auth=%7Bnot-json");
  return [server.authStore.isValid, (await server.collection("crumbs").getList()).totalItems];
});
await step("signed out", () => {
  browser.authStore.clear();
  return browser.authStore.exportToCookie().replace(/Expires=[^;]*/, "Expires");
});

const limits = (rules, enabled = true) => root.settings.update({ rateLimits: { enabled, rules } });
await step("limits", async () => (await limits([{ label: "crumbs:auth", duration: 86011, maxRequests: 2 }])).rateLimits);
await step("two attempts, and no more", async () => {
  const attempt = (password) => guest.collection("crumbs").authWithPassword(who.email, password);
  return [await refused(() => attempt("wrong-one")), await refused(() => attempt("wrong-two")), await refused(() => attempt(who.password))];
});
await step("a superuser is not limited", async () =>
  (await root.collection("crumbs").authWithPassword(who.email, who.password, { fields: "record.email" })).record.email);
await step("no limits", async () => {
  await signInRoot();  // the SDK has become whoever signed in last
  return (await limits([{ label: "/api/", audience: "", duration: 10, maxRequests: 300 }], false)).rateLimits.enabled;
});
