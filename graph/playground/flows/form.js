// Forms of parameters.
import { element } from '../elements.js';

// form makes a form of fields: { name, label, value, hint, kind, choices, on }. kind is text (when nothing else is said), area, choice,
// check or password. act gets values, the pairs of name and value that are not empty; on, the set of the checks that are on; and edit,
// which returns parameters as the lines of "More parameters" change them.
export function form(fields, submit, act) {
  const button = element('button', { id: 'send', type: 'submit' }, submit);
  const problem = element('p', { class: 'error', role: 'alert' });
  const made = element('form', { autocomplete: 'off', novalidate: true }, fields.filter(Boolean).map(row), more(), button, problem);
  made.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = '';
    try {
      const on = new Set([...made.querySelectorAll('[type=checkbox]:checked')].map((box) => box.name));
      await act({ values: parameters(made), on, edit: edits(made.elements.more.value) });
    } catch (error) {
      problem.textContent = error.message;
    }
    button.disabled = false;
  });
  return made;
}

function row({ name, label = name, value = '', hint, kind = 'text', choices, on }) {
  const id = 'field-' + name;
  const described = hint ? id + '-hint' : undefined;
  const common = { id, name, 'aria-describedby': described };
  const note = hint && element('small', { id: described }, hint);
  if (kind === 'check') {
    const box = element('input', { ...common, type: 'checkbox', checked: on });
    return element('div', { class: 'field check' }, box, element('label', { for: id }, label), note);
  }
  const text = { ...common, autocomplete: 'off', spellcheck: 'false' };
  const input = {
    text: () => element('input', { ...text, type: 'text', value }),
    password: () => element('input', { ...text, type: 'password', value }),
    area: () => element('textarea', { ...text, rows: 3 }, value),
    choice: () => element('select', common, choices.map((choice) =>
      element('option', { value: choice, selected: choice === value }, choice === '' ? '(not sent)' : choice))),
  }[kind]();
  return element('div', { class: 'field' }, element('label', { for: id }, label), input, note);
}

// more is for whatever no field is for, and for requests that are wrong on purpose.
const more = () =>
  element('details', {},
    element('summary', { id: 'more-open' }, 'More parameters'),
    row({
      name: 'more', label: 'name=value, one in each line', kind: 'area',
      hint: 'What stands here replaces the parameter of that name; name= leaves it out. So you can send what is wrong.',
    }));

function parameters(made) {
  return [...made.querySelectorAll('input:not([type=checkbox]), select, textarea:not([name=more])')].flatMap(({ name, value }) => {
    const values = name === 'resource' || name === 'audience' ? value.split(/\s+/) : [value.trim()]; // these may be repeated
    return values.filter((v) => v !== '').map((v) => [name, v]);
  });
}

// refill puts the tokens of an answer where those before stand, so that nobody sends a refresh token twice by mistake.
export function refill(before, after) {
  for (const area of document.querySelectorAll('#action textarea')) {
    const name = Object.keys(after).find((one) => area.value === before[one] || area.value === '' && area.name === one);
    if (name !== undefined) area.value = after[name];
  }
}

// edits returns a function that puts the parameters of the lines of a text in the places of others.
function edits(text) {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const other = lines.map((line) => {
    const at = line.indexOf('=');
    if (at < 1) throw new Error(`“${line}” is not name=value.`);
    return [line.slice(0, at), line.slice(at + 1)];
  });
  const names = new Set(other.map(([name]) => name));
  return (pairs) => [...pairs.filter(([name]) => !names.has(name)), ...other.filter(([, value]) => value !== '')];
}
