// A realistic application: set up by a superuser, used by two people and a guest.

import assert from "node:assert/strict";
import { File } from "node:buffer";
import PocketBase from "pocketbase";

import { client, email, fetched, guest, password, picture, refused, root, step, text, tidy, url } from "./kit.mjs";

const ann = client();
const bob = client();

await step("health", () => guest.health.check());

// --- the superuser sets things up ---

await step("a wrong superuser password", () =>
  refused(() => root.collection("_superusers").authWithPassword(email, "wrong-password")));
await step("superuser signs in", async () => {
  const result = await root.collection("_superusers").authWithPassword(email, password);
  assert(root.authStore.isValid && root.authStore.isSuperuser);
  return result;
});
await step("members", () => root.collections.create({
  name: "members", type: "auth",
  listRule: "@request.auth.id != ''", viewRule: "@request.auth.id != ''", createRule: "",
  updateRule: "id = @request.auth.id", deleteRule: "id = @request.auth.id",
  fields: [{ name: "nick", type: "text", required: true, max: 20 }],
}));
await step("topics", () => root.collections.create({
  name: "topics", type: "base", listRule: "", viewRule: "",
  fields: [{ name: "name", type: "text", required: true }],
  indexes: ["CREATE UNIQUE INDEX idx_topics_name ON topics (name)"],
}));
await step("notes", async () => root.collections.create({
  name: "notes", type: "base",
  listRule: "public = true || author = @request.auth.id", viewRule: "public = true || author = @request.auth.id",
  createRule: "@request.auth.id != '' && author = @request.auth.id",
  updateRule: "author = @request.auth.id", deleteRule: "author = @request.auth.id",
  fields: [
    { name: "title", type: "text", required: true, min: 3, max: 100 },
    { name: "body", type: "editor" },
    { name: "public", type: "bool" },
    { name: "stars", type: "number", min: 0 },
    { name: "due", type: "date" },
    { name: "labels", type: "select", values: ["red", "green", "blue"], maxSelect: 3 },
    { name: "extra", type: "json" },
    { name: "place", type: "geoPoint" },
    { name: "author", type: "relation", collectionId: (await root.collections.getOne("members")).id, required: true },
    { name: "topics", type: "relation", collectionId: (await root.collections.getOne("topics")).id, maxSelect: 5 },
    { name: "created", type: "autodate", onCreate: true },
    { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
  ],
}));
await step("notes cannot be made twice", () => refused(() => root.collections.create({ name: "notes", type: "base" })));
await step("a collection with mistakes", () => refused(() => root.collections.create({
  name: "bad name", type: "base", listRule: "nope = 1", fields: [{ name: "s", type: "select" }],
})));
await step("a collection by name", () => root.collections.getOne("topics"));
await step("first collection", () => root.collections.getFirstListItem("name = 'notes'", { fields: "name,type" }));
await step("all collections", async () => {
  const all = await root.collections.getFullList({ sort: "name", filter: "system = false && name != 'users'" });
  return all.map((collection) => collection.name);
});
await step("a collection changes", async () => {
  const topics = await root.collections.getOne("topics");
  topics.fields.push({ name: "weight", type: "number" });
  return root.collections.update("topics", { fields: topics.fields, createRule: null });
});
await step("scaffolds", async () => {
  const scaffolds = await root.collections.getScaffolds();
  return Object.keys(scaffolds).sort();
});
await step("import", async () => {
  await root.collections.import([{ name: "imported", type: "base", fields: [{ name: "a", type: "text" }] }], false);
  return root.collections.getOne("imported");
});
await step("topics are written", async () => {
  const made = [];
  for (const [index, name] of ["sea", "sky", "land"].entries()) {
    made.push(await root.collection("topics").create({ id: `topic${name.padStart(10, "0")}`, name, weight: index }));
  }
  return made;
});
await step("a topic twice", () => refused(() => root.collection("topics").create({ name: "sea" })));

// --- people sign up and in ---

const sign = (nick) => ({ nick, email: `${nick}@example.com`, password: `${nick}-password`, passwordConfirm: `${nick}-password` });
await step("ann signs up", () => guest.collection("members").create(sign("ann")));
await step("bob signs up", () => guest.collection("members").create({ ...sign("bob"), emailVisibility: true }));
await step("ann signs up again", () => refused(() => guest.collection("members").create(sign("ann"))));
await step("a sign-up with mistakes", () =>
  refused(() => guest.collection("members").create({ nick: "", email: "nope", password: "short", passwordConfirm: "other" })));
await step("methods", () => guest.collection("members").listAuthMethods());
await step("a wrong password", () => refused(() => ann.collection("members").authWithPassword("ann@example.com", "nope")));
await step("ann signs in", async () => {
  const result = await ann.collection("members").authWithPassword("ann@example.com", "ann-password");
  assert.equal(ann.authStore.record.nick, "ann");
  assert(ann.authStore.isValid && !ann.authStore.isSuperuser);
  return result;
});
await step("bob signs in", () => bob.collection("members").authWithPassword("bob@example.com", "bob-password"));
await step("ann refreshes", () => ann.collection("members").authRefresh());
await step("a guest refreshes", () => refused(() => guest.collection("members").authRefresh()));
await step("members for ann", () => ann.collection("members").getFullList({ sort: "nick" }));
await step("members for a guest", () => guest.collection("members").getFullList());

// --- notes ---

const topics = ["topic0000000sea", "topic0000000sky"];
const mine = () => ({ author: ann.authStore.record.id });
await step("a guest writes", () => refused(() => guest.collection("notes").create({ title: "guest", ...mine() })));
await step("bob writes for ann", () => refused(() => bob.collection("notes").create({ title: "forged", ...mine() })));
await step("a note with mistakes", () => refused(() =>
  ann.collection("notes").create({ ...mine(), title: "a", stars: -1, labels: ["black"], topics: ["missing00000000"] })));
await step("ann writes", () => ann.collection("notes").create({
  id: "note0000000full", ...mine(), title: "Everything", body: "<p>Hello <b>there</b>, reader</p>", public: true, stars: 3,
  due: new Date("2030-01-02T03:04:05.006Z"), labels: ["red", "blue"], extra: { a: [1, 2.5, "x", null], b: { c: true } },
  place: { lon: 12.5, lat: 41.9 }, topics,
}, { expand: "topics,author" }));
await step("ann writes with a form", () => {
  const form = new FormData();
  form.append("id", "note0000000form");
  form.append("author", ann.authStore.record.id);
  form.append("title", "By form");
  form.append("stars", "7");
  form.append("labels", "red");
  form.append("labels", "green");
  form.append("extra", JSON.stringify({ from: "form" }));
  return ann.collection("notes").create(form);
});
await step("ann writes ten more", async () => {
  for (let n = 0; n < 10; n++) {
    await ann.collection("notes").create({
      id: `note${String(n).padStart(11, "0")}`, ...mine(), title: `Note number ${n}`, public: n % 2 === 0, stars: n,
      topics: n % 3 ? [topics[n % 2]] : [],
    });
  }
});
await step("bob writes", () => bob.collection("notes").create({ id: "note00000000bob", author: bob.authStore.record.id, title: "Bob's" }));
await step("one note", () => ann.collection("notes").getOne("note0000000full", { expand: "author,topics" }));
await step("one note, some fields", () =>
  ann.collection("notes").getOne("note0000000full", { fields: "title,body:excerpt(8,true),expand.author.nick", expand: "author" }));
await step("a missing note", () => refused(() => ann.collection("notes").getOne("missing00000000")));
await step("no id", () => refused(() => ann.collection("notes").getOne("")));
await step("another's note", () => refused(() => bob.collection("notes").getOne("note0000000form")));
await step("a page", () => ann.collection("notes").getList(2, 4, { sort: "-stars,title", fields: "id,title,stars" }));
await step("a page without totals", () => ann.collection("notes").getList(1, 3, { skipTotal: true, sort: "title", fields: "title" }));
await step("a filtered page", () => ann.collection("notes").getList(1, 20, {
  filter: ann.filter("stars >= {:least} && title ~ {:word} && created <= {:now}", { least: 5, word: "number", now: new Date(Date.now() + 3600e3) }),
  sort: "stars", fields: "title,stars",
}));
await step("a filter with quotes", () => ann.collection("notes").getList(1, 5, { filter: bob.filter("title = {:title}", { title: "Bob's" }) }));
await step("a filter by relation", () => ann.collection("notes").getFullList({ filter: "topics.name ?= 'sky' && author.nick = 'ann'", sort: "@rowid", fields: "title" }));
await step("a sort by relation", () => ann.collection("notes").getFullList({ sort: "author.nick,-title", fields: "title" }));
await step("a filter with a mistake", () => refused(() => ann.collection("notes").getList(1, 5, { filter: "nope = 1" })));
await step("back relations", () => guest.collection("topics").getFullList({ sort: "name", expand: "notes_via_topics.author" }));
await step("all notes in small pages", async () => {
  const all = await ann.collection("notes").getFullList({ batch: 4, sort: "@rowid" });
  assert.equal(all.length, 12);
  return all.map((note) => note.title);
});
await step("notes for a guest", () => guest.collection("notes").getFullList({ sort: "@rowid", fields: "title,public" }));
await step("the first note", () => ann.collection("notes").getFirstListItem("stars = 4"));
await step("no first note", () => refused(() => ann.collection("notes").getFirstListItem("stars = 400")));
await step("a note changes", () => ann.collection("notes").update("note0000000full", { title: "Changed", "stars+": 2, "labels-": "red", "+topics": "topic000000land" }, { expand: "topics" }));
await step("a note changes by another", () => refused(() => bob.collection("notes").update("note0000000full", { title: "Hacked" })));
await step("a note changes wrongly", () => refused(() => ann.collection("notes").update("note0000000full", { title: "", stars: "x" })));
await step("a note goes", async () => ann.collection("notes").delete("note0000000form"));
await step("it is gone", () => refused(() => ann.collection("notes").delete("note0000000form")));
await step("a topic goes", async () => {
  await root.collection("topics").delete("topic0000000sea");
  return ann.collection("notes").getOne("note0000000full", { fields: "topics" });
});
await step("ann cannot go while notes need her", () => refused(() => ann.collection("members").delete(ann.authStore.record.id)));

// --- files ---

const sides = (png) => [png.readUInt32BE(16), png.readUInt32BE(20)];
let album;
await step("albums", () => root.collections.create({
  name: "albums", type: "base", viewRule: "owner = @request.auth.id", createRule: "@request.auth.id != '' && owner = @request.auth.id",
  updateRule: "@request.auth.id != '' && owner = @request.auth.id", deleteRule: "owner = @request.auth.id",
  fields: [
    { name: "title", type: "text" },
    { name: "owner", type: "text" },
    { name: "cover", type: "file", mimeTypes: ["image/png"], thumbs: ["30x0", "10x10"] },
    { name: "pages", type: "file", maxSelect: 3, maxSize: 100 },
    { name: "diary", type: "file", protected: true },
  ],
}));
await step("an album with files, by form", async () => {
  const form = new FormData();
  form.append("title", "Holidays");
  form.append("owner", ann.authStore.record.id);
  form.append("cover", new File([picture], "Cover Picture.png"), "Cover Picture.png");
  form.append("pages", text("one.txt", "page one"), "one.txt");
  form.append("pages", text("two.txt", "page two"), "two.txt");
  album = await ann.collection("albums").create(form);
  return tidy(album);
});
await step("an album with files, by object", async () => tidy(await ann.collection("albums").create({
  title: "Work", owner: ann.authStore.record.id, pages: [text("a page.txt", "page"), text("another.txt", "page")], diary: text("diary.txt", "dear diary"),
})));
await step("an album with too large a page", async () => refused(() => ann.collection("albums").create({ owner: ann.authStore.record.id, pages: [text("long.txt", "x".repeat(101))] })));
await step("an album with a text for a cover", async () => tidy(await refused(() => ann.collection("albums").create({ owner: ann.authStore.record.id, cover: text("cover.png", "no picture") }))));
await step("an album of a guest", () => refused(() => guest.collection("albums").create({ owner: "x", pages: [text("one.txt", "1")] })));
await step("the cover", async () => {
  const { bytes, ...told } = await fetched(guest.files.getURL(album, album.cover));
  assert.deepEqual(bytes, picture);
  return told;
});
await step("the cover, to be saved", async () => (await fetched(guest.files.getURL(album, album.cover, { download: true }))).shown);
await step("thumbs of the cover", async () => {
  const found = {};
  for (const thumb of ["30x0", "10x10", "100x100", "77x77"]) {
    for (const time of ["first", "second"]) {
      const { bytes, ...told } = await fetched(guest.files.getURL(album, album.cover, { thumb }));
      found[`${thumb}, ${time} time`] = { ...told, sides: sides(bytes) };
    }
  }
  return found;
});
await step("a page is added", async () => tidy(album = await ann.collection("albums").update(album.id, { "pages+": text("three.txt", "page three") })));
await step("one page too many", () => refused(() => ann.collection("albums").update(album.id, { "pages+": [text("four.txt", "4")] })));
await step("a page is removed", async () => {
  const [first] = album.pages;
  const address = guest.files.getURL(album, first);
  album = await ann.collection("albums").update(album.id, { "pages-": [first] });
  assert.equal((await fetched(address)).status, 404);
  return tidy(album);
});
await step("a page comes first", async () => tidy(album = await ann.collection("albums").update(album.id, { "+pages": [text("zero.txt", "page zero")] })));
await step("pages stay by name, another order", async () => {
  const turned = album.pages.toReversed?.() ?? [...album.pages].reverse();
  album = await ann.collection("albums").update(album.id, { pages: turned });
  assert.deepEqual(album.pages, turned);
});
await step("the cover is replaced", async () => {
  const before = guest.files.getURL(album, album.cover);
  album = await ann.collection("albums").update(album.id, { cover: new File([picture], "other.png") });
  assert.equal((await fetched(before)).status, 404);
  assert.equal((await fetched(`${before}?thumb=30x0`)).status, 404);
  return tidy(album);
});
await step("the cover is removed", async () => tidy(album = await ann.collection("albums").update(album.id, { cover: null })));
await step("a protected file", async () => {
  album = await ann.collection("albums").update(album.id, { diary: text("diary.txt", "dear diary") });
  const see = async (token) => {
    const { status, bytes } = await fetched(guest.files.getURL(album, album.diary, token ? { token } : {}));
    return status === 200 ? bytes.toString() : status;
  };
  return {
    guest: await see(""), nonsense: await see("nonsense"), signIn: await see(ann.authStore.token),
    ann: await see(await ann.files.getToken()), bob: await see(await bob.files.getToken()), root: await see(await root.files.getToken()),
    hers: await refused(() => guest.files.getToken()),
  };
});
// Only Quoll has it, and says so to superusers: the file goes to the bucket, past the function and its limits.
await step("a file past the function", async () => {
  const { headers } = await fetch(`${url}/api/collections`, { headers: { Authorization: root.authStore.token } });
  if (!headers.has("x-quoll-cost")) {
    return;
  }
  const send = async (name, content) => {
    const invited = await ann.send("/api/collections/albums/uploads", { method: "POST", body: { field: "pages", name } });
    const form = new FormData();
    Object.entries(invited.fields).forEach(([key, value]) => form.append(key, value));
    form.append("file", text(name, content), name);
    return { upload: invited.upload, status: (await fetch(invited.url, { method: "POST", body: form })).status };
  };
  const { upload, status } = await send("Direct Page.txt", "a page past the function");
  assert(status === 204 || status === 200, `the bucket answers ${status}`);
  const taken = await ann.collection("albums").update(album.id, { pages: [upload] });
  assert.match(taken.pages[0], /^direct_page_[a-z0-9]{10}\.txt$/);
  const { bytes } = await fetched(guest.files.getURL(taken, taken.pages[0]));
  assert.equal(bytes.toString(), "a page past the function");
  const again = await refused(() => ann.collection("albums").update(album.id, { pages: [upload] }));
  assert.equal(again.response.data.pages.code, "validation_invalid_file");
  const forged = await refused(() => ann.collection("albums").update(album.id, { pages: [`${upload}x`] }));
  assert.equal(forged.response.data.pages.code, "validation_invalid_file");
  const stranger = await refused(() => guest.send("/api/collections/albums/uploads", { method: "POST", body: { field: "pages", name: "a.txt" } }));
  assert.equal(stranger.status, 403);
});
await step("an album goes", async () => {
  const address = guest.files.getURL(album, album.diary, { token: await ann.files.getToken() });
  await ann.collection("albums").delete(album.id);
  return (await fetched(address)).status;
});

// --- the rest of the SDK ---

await step("batch", () => {
  const batch = ann.createBatch();
  batch.collection("notes").create({ title: "in a batch", ...mine() });
  batch.collection("notes").delete("note0000000full");
  return refused(() => batch.send());
});
await step("cancelled", async () => {
  const impatient = new PocketBase(url);
  const first = refused(() => impatient.collection("topics").getList(1, 1));
  const second = await impatient.collection("topics").getList(1, 1, { fields: "name" });
  return { first: (await first).isAbort, second };
});
await step("own headers and hooks", async () => {
  const hooked = new PocketBase(url);
  const heard = [];
  hooked.beforeSend = (target, options) => ({ url: target, options: { ...options, headers: { ...options.headers, "x-own": "1" } } });
  hooked.afterSend = (response, data) => { heard.push(response.status); return { ...data, hooked: true }; };
  return { answer: await hooked.send("/api/health", { method: "GET" }), heard };
});
await step("an unknown route", () => refused(() => ann.send("/api/nope", {})));
await step("a superuser's route", () => refused(() => ann.collections.getList()));
await step("a superuser's route as a guest", () => refused(() => guest.collections.getList()));
await step("file address", () => ann.files.getURL({ id: "a", collectionId: "b" }, "c d.png", { thumb: "10x10" }).replace(url, ""));
await step("ann changes her password", async () => {
  const id = ann.authStore.record.id;
  const wrong = await refused(() => ann.collection("members").update(id, { oldPassword: "nope", password: "new-password", passwordConfirm: "new-password" }));
  const changed = await ann.collection("members").update(id, { oldPassword: "ann-password", password: "new-password", passwordConfirm: "new-password" });
  return { wrong, changed };
});
await step("her token is void", () => refused(() => ann.collection("members").authRefresh()));
await step("she signs in again", () => ann.collection("members").authWithPassword("ann@example.com", "new-password", { expand: "notes_via_author" }));
await step("she signs out", async () => {
  ann.authStore.clear();
  assert(!ann.authStore.isValid);
  return ann.collection("notes").getFullList({ filter: "public = false" });
});
await step("truncate", async () => {
  await root.collections.truncate("notes");
  return root.collection("notes").getList(1, 5);
});
await step("a collection in use", () => refused(() => root.collections.delete("topics")));
await step("collections go", async () => {
  for (const name of ["albums", "notes", "topics", "members", "imported"]) {
    assert.equal(await root.collections.delete(name), true);
  }
  return refused(() => root.collections.getOne("notes"));
});
