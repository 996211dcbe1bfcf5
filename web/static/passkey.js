// Passkeys: what the server asks for is in the form, and what the authenticator answers is posted with it (WebAuthn §5.1).

const form = document.getElementById("passkey-form");
const api = window.PublicKeyCredential;
const create = form?.hasAttribute("data-create");
const parse = create ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";

if (form && api?.[parse]) {
  const button = document.getElementById("passkey-submit");
  const cancel = document.getElementById("passkey-cancel");
  const problem = document.getElementById("passkey-problem");
  const trust = document.getElementById("trust_browser"); // perhaps of the other form of the page
  let running = new AbortController();

  const ask = async (mediation) => {
    running.abort(); // browsers do one at a time
    running = new AbortController();
    const publicKey = api[parse](JSON.parse(form.dataset.options));
    const options = { publicKey, signal: running.signal, ...mediation };
    const credential = await (create ? navigator.credentials.create(options) : navigator.credentials.get(options));
    form.elements.credential.value = JSON.stringify(credential);
    if (trust) form.append(trust);
    form.requestSubmit();
  };

  const say = (text) => {
    problem.textContent = text;
    problem.hidden = text === "";
  };

  const explain = (error) => {
    switch (error.name) {
      case "AbortError":
        return "";
      case "InvalidStateError":
        return problem.dataset.known;
      case "NotAllowedError":
        return create ? problem.dataset.notAdded : problem.dataset.notUsed;
    }
    return problem.dataset.fails;
  };

  button.hidden = false;
  button.addEventListener("click", async () => {
    say("");
    if (!form.reportValidity()) return;
    cancel.hidden = false;
    try {
      await ask();
    } catch (error) {
      say(explain(error));
    }
    cancel.hidden = true;
  });
  cancel.addEventListener("click", () => running.abort());

  if ("autofill" in form.dataset) {
    api.isConditionalMediationAvailable?.()
      .then((available) => available && ask({ mediation: "conditional" }))
      .catch(() => {}); // nobody has asked for it
  }
}

// Authenticators forget what is no passkey any more, or are told of all that are (WebAuthn §5.1.10).
const tell = (signal, text) => text && api?.[signal]?.(JSON.parse(text)).catch(() => {});
tell("signalUnknownCredential", form?.dataset.unknown);
tell("signalAllAcceptedCredentials", document.getElementById("passkeys")?.dataset.accepted);
