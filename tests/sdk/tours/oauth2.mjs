// Signing in by another identity provider, whose answers the code itself says (tests/oidc_provider.py).

import assert from "node:assert/strict";

import { client, guest, refused, root, signInRoot, step } from "./kit.mjs";

const at = process.env.TOUR_PROVIDER;
const back = "https://app.example.com/back";
const stub = (name) => ({ name, clientId: "client", clientSecret: "secret", authURL: `${at}/auth`, tokenURL: `${at}/${name}/token`, userInfoURL: `${at}/${name}/user` });
const code = (values) => new URLSearchParams(values).toString();
const signIn = (who, values, { provider = "oidc", data = {}, options = {} } = {}) =>
  who.collection("linked").authWithOAuth2Code(provider, code(values), "verifier", back, data, options);
// What two servers' answers share: whom it is about, and what the provider said.
const shown = ({ record, meta }) => ({ ...record, meta: { ...meta, accessToken: "", expiry: "" } });
const proved = { sub: "1", name: "Ann", preferred_username: "ann_o", picture: "http://127.0.0.1:1/a.png", email: "ann@example.com", email_verified: "true" };

const ann = client();
const bob = client();

await signInRoot();
await step("a collection with providers", async () => {
  const made = await root.collections.create({
    name: "linked", type: "auth", createRule: "", listRule: "id = @request.auth.id", viewRule: "id = @request.auth.id",
    fields: [
      { name: "email", type: "email", system: true, required: false },
      { name: "name", type: "text" },
      { name: "nick", type: "text" },
      { name: "avatar", type: "file", mimeTypes: ["image/png"] },
    ],
    oauth2: { enabled: true, providers: [stub("oidc"), stub("google")], mappedFields: { name: "name", username: "nick", avatarURL: "avatar" } },
  });
  return made.oauth2.providers.map(({ name, clientId, clientSecret }) => ({ name, clientId, clientSecret }));
});
await step("all providers there are", async () => (await root.collections.getAllOAuth2Providers()).map(({ name, displayName }) => ({ name, displayName })));
await step("the ways to sign in", async () => {
  const { oauth2 } = await guest.collection("linked").listAuthMethods();
  return oauth2.providers.map(({ name, displayName, state, codeVerifier, codeChallengeMethod, authURL }) => {
    const query = new URL(authURL + encodeURIComponent(back)).searchParams;
    assert.equal(query.get("state"), state);
    assert.equal(query.get("redirect_uri"), back);
    return { name, displayName, codeChallengeMethod, lengths: [state.length, codeVerifier.length], scope: query.get("scope") };
  });
});
await step("a first sign-in", async () => {
  const result = await signIn(ann, proved);
  assert(ann.authStore.isValid && result.meta.isNew && result.record.verified);
  return shown(result);
});
await step("a second one", async () => {
  const result = await signIn(ann, { sub: "1" });
  assert(!result.meta.isNew);
  return shown(result);
});
await step("with an email that is not proved", async () => shown(await signIn(bob, { sub: "2", email: "bob@example.com", email_verified: "false" }, { data: { name: "Bob" } })));
await step("linking another account while signed in", async () => {
  const result = await signIn(ann, { sub: "g1" }, { provider: "google" });
  assert.equal(result.record.id, ann.authStore.record.id);
  return shown(result);
});
await step("the links", async () => {
  const links = await ann.collection("linked").listExternalAuths(ann.authStore.record.id);
  return links.map(({ provider, providerId }) => `${provider} ${providerId}`).sort();
});
await step("another's links", () => bob.collection("linked").listExternalAuths(ann.authStore.record.id));
await step("unlinking", async () => {
  const id = ann.authStore.record.id;
  const done = await ann.collection("linked").unlinkExternalAuth(id, "google");
  const links = await ann.collection("linked").listExternalAuths(id);
  return { done, left: links.map(({ provider }) => provider) };
});
await step("unlinking again", () => refused(() => ann.collection("linked").unlinkExternalAuth(ann.authStore.record.id, "google")));
await step("the unlinked account is a newcomer", async () => {
  const result = await signIn(client(), { sub: "g1" }, { provider: "google" });
  assert(result.meta.isNew && result.record.id !== ann.authStore.record.id);
  return shown(result);
});
await step("a code that the provider refuses", () => refused(() => signIn(client(), { _token_status: "400" })));
await step("a provider that is not there", () => refused(() => signIn(client(), { sub: "1" }, { provider: "gitlab" })));
