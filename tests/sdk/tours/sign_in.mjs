// Signing in by one-time password, by two factors, from new places, and as somebody else.

import assert from "node:assert/strict";
import { client, guest, mails, refused, root, signInRoot, smtp, step } from "./kit.mjs";

const ann = client();
const address = "ann@sign-in.example";
const secret = "ann-password";
const people = () => guest.collection("guarded");
// The code that came in the latest of so many mails.
const codeIn = async (count) => (await mails(address, count)).at(-1).html.match(/<strong>(\d+)<\/strong>/)[1];
// A refusal without the address, which holds a random id.
const refusal = async (work) => ({ ...(await refused(work)), path: "" });
const agent = (name) => ({ headers: { "User-Agent": name } });

await step("superuser signs in", async () => { await signInRoot(); });
await step("mails go to the inbox", async () => { await root.settings.update({ smtp: smtp() }); });
await step("guarded people", () => root.collections.create({
  name: "guarded", type: "auth", authAlert: { enabled: false },
  otp: { enabled: true, duration: 120, length: 6 },
}));
await step("she signs up", () => root.collection("guarded").create({
  id: "annguardedann01", email: address, password: secret, passwordConfirm: secret,
}));
await step("ways to sign in", () => people().listAuthMethods());

// --- one-time passwords ---

let first;
await step("asks for a code", async () => {
  first = await people().requestOTP(address);
  assert.equal(typeof first.otpId, "string");
});
await step("somebody unknown gets an id too", async () => {
  const { otpId } = await people().requestOTP("nobody@sign-in.example");
  assert.equal(otpId.length, first.otpId.length);
});
await step("a wrong code", () => refused(() => people().authWithOTP(first.otpId, "000")));
await step("signs in by code", async () => {
  const result = await ann.collection("guarded").authWithOTP(first.otpId, await codeIn(1));
  assert(ann.authStore.isValid && result.record.verified);
  return result;
});
await step("the same code again", async () => refused(async () => people().authWithOTP(first.otpId, await codeIn(1))));
await step("her former password is void", () => refused(() => people().authWithPassword(address, secret)));
await step("she gets another", () => root.collection("guarded").update("annguardedann01", { password: secret, passwordConfirm: secret }));

// --- two factors ---

await step("two factors are asked for", async () => {
  const { mfa } = await root.collections.update("guarded", { mfa: { enabled: true, duration: 120 } });
  return mfa;
});
let mfaId;
await step("the password is not enough", async () => {
  const answer = await refused(() => people().authWithPassword(address, secret));
  mfaId = answer.response.mfaId;
  assert(mfaId);
  return answer.status;
});
await step("the password twice neither", () => refusal(() => people().authWithPassword(address, secret, { mfaId })));
await step("password and code", async () => {
  const { otpId } = await people().requestOTP(address);
  const result = await ann.collection("guarded").authWithOTP(otpId, await codeIn(2), { mfaId });
  assert(ann.authStore.isValid);
  return result;
});
await step("the first factor counts once", async () => {
  const { otpId } = await people().requestOTP(address);
  return refusal(async () => people().authWithOTP(otpId, await codeIn(3), { mfaId }));
});
await step("code and password", async () => {
  const { otpId } = await people().requestOTP(address);
  const answer = await refused(async () => people().authWithOTP(otpId, await codeIn(4)));
  return people().authWithPassword(address, secret, { mfaId: answer.response.mfaId });
});
await step("a refresh asks for nothing", () => ann.collection("guarded").authRefresh());

// --- alerts ---

await step("alerts are wanted", async () => {
  const { authAlert } = await root.collections.update("guarded", { mfa: { enabled: false }, authAlert: { enabled: true } });
  return authAlert.enabled;
});
for (const place of ["desk", "desk", "train"]) {
  await step(`signs in at the ${place}`, async () => { await people().authWithPassword(address, secret, agent(place)); });
}
await step("she is told of the train", async () => {
  const sent = await mails(address, 5);
  assert(sent.at(-1).text.includes("train"));
  return [sent.length, sent.at(-1).subject];
});
await step("she sees where", async () => {
  await ann.collection("guarded").authWithPassword(address, secret, agent("desk"));
  return (await ann.collection("_authOrigins").getFullList()).map(({ fingerprint }) => fingerprint);
});

// --- somebody else ---

await step("a superuser is her", async () => {
  const her = await root.collection("guarded").impersonate("annguardedann01", 60);
  assert.equal(her.authStore.record.id, "annguardedann01");
  const { token } = her.authStore;
  assert.equal((await her.collection("guarded").authRefresh()).token, token);
  return token;
});
await step("she is nobody else", () => refused(() => ann.collection("guarded").impersonate("annguardedann01", 60)));
