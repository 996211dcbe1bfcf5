// element makes an element. A property that is a function listens, as onclick does; true sets an attribute, false and undefined
// leave it out. Text stays text: nothing here is parsed as HTML.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ''));
  return made;
}

// newTab is a link that opens another tab, which learns nothing of this page.
export const newTab = (href, text, attributes) => element('a', { ...attributes, href, target: '_blank', rel: 'noopener noreferrer' }, text);

export const byID = (id) => document.getElementById(id);
