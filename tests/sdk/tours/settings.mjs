// Settings: seen, changed, refused; a bucket tried; superusers kept to some addresses.

import assert from "node:assert/strict";
import { createServer } from "node:http";

import { client, guest, refused, root, signInRoot, step } from "./kit.mjs";

// A bucket that takes everything.
const asked = [];
const bucket = createServer((request, response) => {
  asked.push(request.method);
  request.resume().on("end", () => response.writeHead(200, { ETag: '"x"' }).end());
});
await new Promise((done) => bucket.listen(0, "127.0.0.1", done));
const endpoint = `http://127.0.0.1:${bucket.address().port}`;
const s3 = { enabled: true, bucket: "files", region: "eu-west-1", endpoint, accessKey: "access", secret: "hush", forcePathStyle: true };

await step("sign in", async () => { await signInRoot(); });
await step("a guest", () => refused(() => guest.settings.getAll()));
await step("all", () => root.settings.getAll());
await step("some", () => root.settings.getAll({ fields: "meta.appName,logs" }));
await step("change", async () => (await root.settings.update({ meta: { appName: "Tour", senderName: "Guide" } })).meta);
await step("send all back", async () => root.settings.update(await root.settings.getAll()));
await step("refused", () => refused(() => root.settings.update({
  meta: { appURL: "nowhere" }, smtp: { enabled: true, host: "" }, backups: { cron: "x" }, superuserIPs: ["x"],
})));
await step("another type", () => refused(() => root.settings.update({ smtp: { port: "25" } })));

await step("no bucket to try", () => refused(() => root.settings.testS3("storage")));
await step("a bucket to try", async () => {
  const changed = await root.settings.update({ s3 });
  assert(!JSON.stringify(changed).includes("hush"));
  const ok = await root.settings.testS3("storage");
  assert(asked.includes("PUT"), asked.join());
  return ok;
});
await step("the secret is kept", async () => {
  await root.settings.update({ s3: { region: "eu-west-2" } });
  return root.settings.testS3("storage");
});
await step("not for backups", () => refused(() => root.settings.testS3("backups")));
await step("no bucket any more", async () => (await root.settings.update({ s3: { ...s3, enabled: false, bucket: "", region: "", endpoint: "", accessKey: "", forcePathStyle: false } })).s3);

await step("locked out", async () => {
  const other = client();
  other.beforeSend = (address, options) => ({ url: address, options: { ...options, headers: { ...options.headers, "X-Tour": "10.0.0.1" } } });
  other.authStore.save(root.authStore.token, root.authStore.record);
  await root.settings.update({ trustedProxy: { headers: ["X-Tour"] }, superuserIPs: ["10.0.0.0/8"] });
  const outside = await refused(() => root.settings.getAll());
  const seen = await other.health.check();
  await other.settings.update({ trustedProxy: { headers: [] }, superuserIPs: [] });
  return { outside, address: seen.data.realIP };
});
await step("as it was", async () => root.settings.update({ meta: { appName: "Acme", senderName: "Support" } }));
bucket.close();
