// What pages do better with scripts; all of them work without.

// A second click would only ask again for what the first has asked. Not for ever: what the first leads to may be no page.
const patience = 10000; // milliseconds

for (const form of document.forms) {
  let timer = 0;
  const release = () => {
    clearTimeout(timer);
    timer = 0;
    form.removeAttribute("aria-busy");
  };
  form.addEventListener("submit", (event) => {
    if (timer !== 0) {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    timer = setTimeout(release, patience);
  });
  addEventListener("pageshow", release); // Back
}

// Passwords are shown for as long as somebody wants to see them, and sent as passwords, so that browsers do not remember
// them as texts.
for (const button of document.querySelectorAll("button.reveal")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const label = button.textContent;
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.textContent = shown ? button.dataset.hide : label;
  };
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password"));
  input.form.addEventListener("submit", () => show(false));
}

// Two passwords that differ are noticed here, where what was typed need not be thrown away.
const next = document.getElementById("new_password");
const again = document.getElementById("confirm_password");
if (next && again) {
  const compare = () => again.setCustomValidity(again.value === next.value ? "" : again.dataset.differs);
  next.addEventListener("input", compare);
  again.addEventListener("input", compare);
}

// The server does not know the person's time zone.
const zoned = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
for (const time of document.querySelectorAll("time")) {
  time.title = time.textContent;
  time.textContent = zoned.format(new Date(time.dateTime));
}
