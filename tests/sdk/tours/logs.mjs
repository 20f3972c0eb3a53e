// What superusers see of requests. The real server writes its log some seconds late, so it is asked until it has.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { guest, refused, root, signInRoot, step } from "./kit.mjs";

const ours = "data.url ~ 'toured'";

async function logged(count, options = { filter: ours }) {
  for (let tries = 0; tries < 40; tries += 1) {
    const page = await root.logs.getList(1, 50, { sort: "@rowid", ...options });
    if (page.totalItems >= count) return page;
    await pause(250);
  }
  return assert.fail(`there are no ${count} lines`);
}

// Without what is another on each server or each time.
const plain = ({ id, created, data: { execTime, userAgent, remoteIP, userIP, ...data }, ...line }) => {
  assert.match(id, /^[a-z0-9]{15}$/);
  assert.match(created, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/);
  assert(execTime >= 0 && remoteIP && userIP && userAgent);
  return { ...line, data, keys: Object.keys({ ...data, execTime, userAgent, remoteIP, userIP }).sort() };
};

await step("sign in", () => signInRoot());
await step("a guest may not look", () => refused(() => guest.logs.getList()));
await step("an empty log", async () => {
  await root.settings.update({ logs: { maxDays: 5, minLevel: 0, logIP: true, logAuthId: false } });
  return root.logs.truncate();
});
await step("requests", async () => {
  await guest.send("/api/health", { query: { toured: 1 } });
  await root.send("/api/collections", { query: { toured: 2, fields: "id", perPage: 1 } });
  await refused(() => guest.send("/api/collections", { query: { toured: 3 } }));
  await refused(() => root.collection("users").getList(1, 1, { filter: "(", toured: 4 }));
  await refused(() => guest.collection("users").create({ email: "not an address" }, { toured: 5 }));
});
await step("are in it, in order", async () => (await logged(5)).items.map(plain));
await step("the newest first", async () => {
  await logged(5);
  const page = await root.logs.getList(1, 2, { filter: ours, sort: "-created" });
  return { ...page, items: page.items.map(({ level, message }) => ({ level, message })) };
});
for (const filter of ["level > 0", "data.status = 400", "data.auth = '_superusers'", "message ~ 'users'", "data.error ~ 'record'", "data.method = 'POST'", "created > @now", "data.details != null"]) {
  await step(`filtered: ${filter}`, async () => (await root.logs.getList(1, 50, { filter: `${ours} && ${filter}`, sort: "@rowid" })).items.map((line) => line.message));
}
await step("one of them", async () => {
  const { items } = await logged(5);
  const one = await root.logs.getOne(items[0].id);
  assert.deepEqual(one, items[0]);
  return plain(one);
});
await step("an unknown one", () => refused(() => root.logs.getOne("abcdefghijklmno")));
await step("no id", () => refused(() => root.logs.getOne("")));
await step("by the hour", async () => {
  const hours = await root.logs.getStats({ filter: ours });
  for (const { date } of hours) assert.match(date, /^\d{4}-\d\d-\d\d \d\d:00:00\.000Z$/);
  return hours.reduce((sum, { total }) => sum + total, 0);
});
await step("by the hour, a bad filter", () => refused(() => root.logs.getStats({ filter: "nope = 1" })));
await step("refusals alone, with ids and no addresses", async () => {
  await root.settings.update({ logs: { minLevel: 8, logIP: false, logAuthId: true } });
  await root.send("/api/health", { query: { "then-toured": 1 } });
  await refused(() => root.collection("users").getOne("none", { "then-toured": 2 }));
  const { items } = await logged(1, { filter: "data.url ~ 'then-toured'" });
  return items.map(({ message, level, data }) => ({ message, level, keys: Object.keys(data), authId: typeof data.authId }));
});
await step("large data is cut", async () => {
  await root.settings.update({ logs: { minLevel: 0, logAuthId: false, maxDataSize: 60 } });
  await refused(() => guest.send("/api/collections", { query: { "cut-toured": 1 } }));
  const { items } = await logged(1, { filter: "message ~ 'cut-toured'" });
  return items.map(({ message, level, data }) => ({ message, level, data }));
});
await step("an empty log again", async () => {
  await root.settings.update({ logs: { minLevel: 0, logIP: true, maxDataSize: 0 } });
  await root.logs.truncate();
  return (await root.logs.getList(1, 50, { filter: ours })).totalItems;
});
await step("no days are no log", async () => {
  await root.settings.update({ logs: { maxDays: 0 } });
  await guest.send("/api/health", { query: { toured: 9 } });
  const page = await root.logs.getList(1, 50, { filter: ours });
  await root.settings.update({ logs: { maxDays: 5 } });
  return page;
});
