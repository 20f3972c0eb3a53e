// Several changes at once: what an application does with `createBatch`.

import assert from "node:assert/strict";

import { client, fetched, guest, refused, root, signInRoot, step, text, tidy } from "./kit.mjs";

const ann = client();
const OPEN = { listRule: "", viewRule: "", createRule: "@request.auth.id != ''", updateRule: "@request.auth.id != ''", deleteRule: "@request.auth.id != ''" };

await step("set up", async () => {
  await signInRoot();
  await root.collections.create({ name: "painters", type: "auth", createRule: "" });
  await root.collections.create({
    name: "walls", type: "base", ...OPEN,
    fields: [{ name: "name", type: "text", required: true, max: 10 }, { name: "coats", type: "number" }, { name: "photos", type: "file", maxSelect: 5 }],
    indexes: ["CREATE UNIQUE INDEX idx_walls_name ON walls (name)"],
  });
  const walls = await root.collections.getOne("walls");
  await root.collections.create({
    name: "spots", type: "base", ...OPEN, createRule: "wall.coats > 0",
    fields: [{ name: "wall", type: "relation", collectionId: walls.id, cascadeDelete: true }],
  });
  await guest.collection("painters").create({ email: "ann@painters.example.com", password: "ann-password", passwordConfirm: "ann-password" });
  await ann.collection("painters").authWithPassword("ann@painters.example.com", "ann-password");
});
await step("batches are off", () => {
  const batch = ann.createBatch();
  batch.collection("walls").create({ name: "north" });
  return refused(() => batch.send());
});
await step("batches are on", async () => (await root.settings.update({ batch: { enabled: true, maxRequests: 60, timeout: 20 } })).batch);
await step("create, update, upsert, delete", () => {
  const batch = ann.createBatch();
  batch.collection("walls").create({ id: "wall00000north1", name: "north", coats: 1 });
  batch.collection("walls").update("wall00000north1", { "coats+": 2 }, { fields: "name,coats" });
  batch.collection("spots").create({ id: "spot0000000one1", wall: "wall00000north1" }, { expand: "wall" });
  batch.collection("walls").upsert({ id: "wall00000south1", name: "south", coats: 1 });
  batch.collection("walls").upsert({ id: "wall00000south1", "coats+": 1 });
  batch.collection("walls").create({ id: "wall000000east1", name: "east" });
  batch.collection("walls").delete("wall000000east1");
  return batch.send();
});
await step("walls", () => guest.collection("walls").getFullList({ sort: "name" }));
await step("one that fails undoes all", async () => {
  const batch = ann.createBatch();
  batch.collection("walls").create({ id: "wall000000west1", name: "west", photos: text("west.txt", "west") });
  batch.collection("walls").delete("wall00000south1");
  batch.collection("walls").create({ name: "north" });
  const told = await refused(() => batch.send());
  const left = await guest.collection("walls").getFullList({ sort: "name", fields: "name" });
  return { told, left };
});
await step("a guest's batch", () => {
  const batch = guest.createBatch();
  batch.collection("walls").delete("wall00000south1");
  return refused(() => batch.send());
});
await step("files", async () => {
  const batch = ann.createBatch();
  batch.collection("walls").create({ id: "wall00000files1", name: "files", photos: [text("one.txt", "photo one"), text("two.txt", "photo two")] });
  batch.collection("walls").update("wall00000files1", { "photos+": text("three.txt", "photo three") });
  batch.collection("walls").update("wall00000north1", { photos: text("north.txt", "photo of the north") });
  const answered = await batch.send();
  const wall = answered[1].body;
  assert.equal(wall.photos.length, 3);
  const read = await Promise.all(wall.photos.map(async (name) => (await fetched(guest.files.getURL(wall, name))).bytes.toString()));
  return { statuses: answered.map((each) => each.status), read };
});
await step("what hangs on a wall goes with it", async () => {
  const batch = ann.createBatch();
  batch.collection("spots").create({ id: "spot0000000two1", wall: "wall00000north1" });
  batch.collection("walls").delete("wall00000north1");
  const answered = await batch.send();
  return { answered: tidy(answered), spots: await guest.collection("spots").getFullList() };
});
await step("fifty walls", async () => {
  const batch = ann.createBatch();
  for (let n = 0; n < 50; n++) {
    batch.collection("walls").create({ name: `w${n}`, coats: n });
  }
  const answered = await batch.send();
  assert.deepEqual(answered.map((each) => each.body.coats), [...Array(50).keys()]);
  return guest.collection("walls").getList(1, 60, { filter: "name ~ 'w%'", sort: "coats", fields: "name,coats" });
});
await step("two batches at once count all", async () => {
  const one = async () => {
    const batch = ann.createBatch();
    batch.collection("walls").update("wall00000south1", { "coats+": 1 });
    batch.collection("walls").update("wall00000south1", { "coats+": 1 });
    await batch.send();
  };
  await Promise.all([one(), one(), one()]);
  return guest.collection("walls").getOne("wall00000south1", { fields: "coats" });
});
await step("clean up", async () => {
  await root.settings.update({ batch: { enabled: false, maxRequests: 50, timeout: 3 } });
  for (const name of ["spots", "walls", "painters"]) {
    await root.collections.delete(name);
  }
});
