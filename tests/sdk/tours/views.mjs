// View collections and SQL, as superusers make and ask them.

import assert from "node:assert/strict";

import { guest, refused, root, signInRoot, step } from "./kit.mjs";

const query = "select id, title, count(*) as n, upper(title) as loud from toured group by title";
const plain = ({ id, collectionId, collectionName, created, updated, ...rest }) => rest;

await step("sign in", () => signInRoot());
await step("something to look at", async () => {
  await root.collections.create({ name: "toured", type: "base", listRule: "", viewRule: "", fields: [{ name: "title", type: "text" }] });
  for (const title of ["one", "two", "two"]) await root.collection("toured").create({ title });
});
await step("a dry run", async () => {
  const { fields, sample } = await root.collections.dryRunViewQuery(query);
  return { fields: fields.map(({ name, type }) => [name, type]), sample: sample.map(plain) };
});
await step("a dry run of nothing", () => refused(() => root.collections.dryRunViewQuery("select 1")));
await step("a dry run as a guest", () => refused(() => guest.collections.dryRunViewQuery(query)));
await step("a view", async () => {
  const { name, type, viewQuery, fields } = await root.collections.create({ name: "toured_view", type: "view", listRule: "", viewRule: "", viewQuery: query });
  return { name, type, viewQuery, fields: fields.map((field) => field.name) };
});
await step("its records", async () => (await guest.collection("toured_view").getFullList({ sort: "title" })).map(plain));
await step("some of them", async () => (await guest.collection("toured_view").getList(1, 5, { filter: "n > 1" })).items.map(plain));
await step("one of them", async () => {
  const first = await guest.collection("toured_view").getFirstListItem("title = 'one'");
  assert.deepEqual(await guest.collection("toured_view").getOne(first.id), first);
  return plain(first);
});
await step("nothing is written through it", () => refused(() => root.collection("toured_view").create({ title: "x" })));
await step("its source stays", () => refused(() => root.collections.delete("toured")));
await step("SQL", async () => {
  const { execTime, ...found } = await root.sql.run("select title, n from toured_view order by title");
  assert(execTime >= 0);
  return found;
});
await step("SQL that is none", () => refused(() => root.sql.run("selec")));
await step("SQL as a guest", () => refused(() => guest.sql.run("select 1")));
await step("all gone", async () => {
  await root.collections.delete("toured_view");
  await root.collections.delete("toured");
});
