// What every tour needs: who talks to the server, steps, refusals, files and the mails that were sent.
// A tour is run as `node tours/<name>.mjs URL EMAIL PASSWORD` and prints one line of JSON per step.
// A step's value is compared between the two servers; what must be so on both is asserted in the tour.

import assert from "node:assert/strict";
import { File } from "node:buffer";
import PocketBase, { ClientResponseError } from "pocketbase";

export const [url, email, password] = process.argv.slice(2);

export const client = () => new PocketBase(url).autoCancellation(false);
export const root = client();
export const guest = client();

export const signInRoot = () => root.collection("_superusers").authWithPassword(email, password);

export async function step(name, work) {
  let line;
  try {
    line = { name, value: (await work()) ?? null };
  } catch (error) {
    line = { name, broken: String(error), response: error?.response };
  }
  console.log(JSON.stringify(line));
}

// What the SDK throws, as an application sees it.
export async function refused(work) {
  try {
    await work();
  } catch (error) {
    assert(error instanceof ClientResponseError, String(error));
    const { status, response, isAbort, message } = error;
    return { status, response, isAbort, message, path: error.url.replace(url, "") };
  }
  assert.fail("was not refused");
}

// A red picture of 60 by 40.
export const picture = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAADwAAAAoCAIAAAAt2Q6oAAAAO0lEQVR42u3OAQ0AAAgDIDWI/aMYyxzfIAF9u5VmKpC0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0dI4HQTkBVFXkrBMAAAAASUVORK5CYII=", "base64");
export const text = (name, content) => new File([content], name, { type: "text/plain" });
// The same without what is random in files' names.
export const tidy = (value) => JSON.parse(JSON.stringify(value).replace(/_[a-z0-9]{10}(?=[."])/g, "_?"));
export const fetched = async (address) => {
  const response = await fetch(address);
  const { status, headers } = response;
  return { status, type: headers.get("content-type"), shown: tidy(headers.get("content-disposition") ?? ""), bytes: Buffer.from(await response.arrayBuffer()) };
};

// What PATCH /api/settings takes so that mails arrive where `mails` looks. Each server has an inbox of its own.
export const smtp = () => ({ enabled: true, host: "127.0.0.1", port: Number(process.env.TOUR_SMTP_PORT), tls: false });
// The mails sent to an address, oldest first, as {to, subject, html, text}: as soon as there are `count`.
export async function mails(to, count = 1) {
  const response = await fetch(`${process.env.TOUR_INBOX}/?${new URLSearchParams({ to, count })}`);
  return response.json();
}

// Where the identity provider is that both servers can reach (tests/oidc_provider.py).
export const provider = process.env.TOUR_PROVIDER;
