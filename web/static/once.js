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
