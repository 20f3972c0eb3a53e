// Backups: made, listed, downloaded by a file token, uploaded again, removed, restored.
// The real server restarts itself when it restores, so a restore is asked for where it is refused only.

import assert from "node:assert/strict";
import { File } from "node:buffer";

import { fetched, guest, refused, root, signInRoot, step } from "./kit.mjs";

const keys = async () => (await root.backups.getFullList()).map(({ key }) => key).sort();
const link = async (key) => root.backups.getDownloadURL(await root.files.getToken(), key);
let zip;

await step("sign in", () => signInRoot());
await step("a guest lists", () => refused(() => guest.backups.getFullList()));
await step("a guest makes one", () => refused(() => guest.backups.create("a.zip")));
await step("none", () => keys());
await step("a bad name", () => refused(() => root.backups.create("A B.zip")));
await step("make one", () => root.backups.create("mine.zip"));
await step("its name is taken", () => refused(() => root.backups.create("mine.zip")));
await step("listed", async () => {
  const [{ key, size, modified }] = await root.backups.getFullList();
  assert(size > 1000);
  assert.match(modified, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/);
  return key;
});
await step("downloaded", async () => {
  const { bytes, ...answer } = await fetched(await link("mine.zip"));
  zip = bytes;
  return { ...answer, begins: bytes.subarray(0, 4).toString() };
});
await step("downloaded without a token", async () => {
  const response = await fetch(root.buildURL("/api/backups/mine.zip"));
  return { status: response.status, body: await response.json() };
});
await step("a missing one is not downloaded", async () => (await fetched(await link("none.zip"))).status);
await step("uploaded", () => root.backups.upload({ file: new File([zip], "again.zip", { type: "application/zip" }) }));
await step("uploaded twice", () => refused(() => root.backups.upload({ file: new File([zip], "again.zip") })));
await step("what is no zip", () => refused(() => root.backups.upload({ file: new File(["text"], "x.zip") })).then(({ status, response }) => ({ status, code: response.data.file.code })));
await step("both are listed", () => keys());
await step("the same bytes", async () => (await fetched(await link("again.zip"))).bytes.equals(zip));
await step("a missing one is not restored", () => refused(() => root.backups.restore("none.zip")));
await step("removed", async () => {
  await root.backups.delete("mine.zip");
  await root.backups.delete("again.zip");
  return keys();
});
await step("a missing one is not removed", () => refused(() => root.backups.delete("mine.zip")).then(({ status }) => status));
