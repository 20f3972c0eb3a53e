// Mails with tokens: somebody signs up, proves an address, forgets a password, moves to another address.

import assert from "node:assert/strict";

import { client, guest, mails, refused, root, signInRoot, smtp, step } from "./kit.mjs";

const ann = client();
const people = guest.collection("mailed");
const first = "ann@mailed.example";
const second = "ann.new@mailed.example";
const passwords = ["first-password", "second-password"];

const tokenIn = (mail) => mail.html.match(/#\/auth\/[a-z-]+\/([\w.-]+)/)[1];
// PocketBase notes that a mail was sent a moment after it has left.
const settled = () => new Promise((done) => setTimeout(done, 500));
const shown = ({ to, subject, text }) => ({ to, subject, text: text.replace(/eyJ[\w.-]+/g, "<token>") });

await step("the superuser names a mail server", async () => {
  await signInRoot();
  const { meta } = await root.settings.update({ smtp: smtp(), meta: { appName: "Mailed", appURL: "https://mailed.example" } });
  return meta;
});
await step("an application with accounts", () => root.collections.create({
  name: "mailed", type: "auth", createRule: "", viewRule: "id = @request.auth.id", authAlert: { enabled: false },
}));
await step("a trial mail", async () => {
  assert.equal(await root.settings.testEmail("mailed", "trial@mailed.example", "verification"), true);
  const [mail] = await mails("trial@mailed.example");
  return shown(mail);
});
await step("a trial of no template", () => refused(() => root.settings.testEmail("mailed", "trial@mailed.example", "nope")));

await step("ann signs up", async () => {
  const record = await people.create({ id: "mailedannann001", email: first, password: passwords[0], passwordConfirm: passwords[0] });
  assert.equal(record.verified, false);
});
await step("ann signs in", () => ann.collection("mailed").authWithPassword(first, passwords[0]));
await step("she asks for verification", async () => {
  await people.requestVerification(first);
  await mails(first);
  await settled();
});
await step("and once more", () => people.requestVerification(first));
await step("nobody asks for verification", () => people.requestVerification("nobody@mailed.example"));
await step("the address is hers", async () => {
  const [mail] = await mails(first);
  assert.equal(await people.confirmVerification(tokenIn(mail)), true);
  return shown(mail);
});
await step("she is verified", async () => (await ann.collection("mailed").authRefresh()).record);
await step("a token that is none", () => refused(() => people.confirmVerification("none")));

await step("she forgets her password", () => people.requestPasswordReset(first));
await step("a short one is refused, another taken", async () => {
  const [, mail] = await mails(first, 2);
  const refusal = await refused(() => people.confirmPasswordReset(tokenIn(mail), "short", "short"));
  assert.equal(await people.confirmPasswordReset(tokenIn(mail), passwords[1], passwords[1]), true);
  const again = await refused(() => people.confirmPasswordReset(tokenIn(mail), passwords[1], passwords[1]));
  return { mail: shown(mail), refusal, again };
});
await step("her session is over", () => refused(() => ann.collection("mailed").authRefresh()));
await step("the old password", () => refused(() => people.authWithPassword(first, passwords[0])));
await step("the new password", () => ann.collection("mailed").authWithPassword(first, passwords[1]));

await step("she moves", () => ann.collection("mailed").requestEmailChange(second));
await step("not without her password", async () => {
  const [mail] = await mails(second);
  const refusal = await refused(() => people.confirmEmailChange(tokenIn(mail), passwords[0]));
  assert.equal(await people.confirmEmailChange(tokenIn(mail), passwords[1]), true);
  return { mail: shown(mail), refusal };
});
await step("the old address", () => refused(() => people.authWithPassword(first, passwords[1])));
await step("the new address", () => client().collection("mailed").authWithPassword(second, passwords[1]));
await step("a guest moves", () => refused(() => people.requestEmailChange("x@mailed.example")));
await step("no other mails", async () => [(await mails(first, 2)).length, (await mails(second, 1)).length]);
await step("as it was", async () => {
  await root.settings.update({ smtp: { ...smtp(), enabled: false }, meta: { appName: "Acme", appURL: "http://localhost:8090" } });
  await root.collections.delete("mailed");
});
