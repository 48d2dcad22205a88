// Reads as much of Rust's syntax as finding the end of an expression needs: strings, characters, comments, brackets.

const CLOSING = { '(': ')', '[': ']', '{': '}' };

/** The position behind the string, character or comment at `at`; `at` itself when there is none. */
function skipOpaque(text, at) {
  const rest = text.slice(at, at + 2);
  if (rest === '//') return endOf(text, '\n', at);
  if (rest === '/*') return endOf(text, '*/', at);
  const raw = /^b?r(#*)"/.exec(text.slice(at, at + 16));
  if (raw && !/\w/.test(text[at - 1] ?? ' ')) return endOf(text, `"${raw[1]}`, at + raw[0].length);
  if (text[at] === '"') {
    let end = at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    return end + 1;
  }
  // A lifetime such as 'a has no closing quote.
  const character = /^'(\\u\{[0-9a-fA-F]+\}|\\.|[^\\'])'/u.exec(text.slice(at, at + 14));
  return character ? at + character[0].length : at;
}

function endOf(text, what, from) {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found + what.length;
}

/**
 * The first position from `at` on, outside of strings, comments and brackets, where `stops` says yes, or where a bracket
 * closes that was not opened.
 */
export function scan(text, at, stops) {
  const open = [];
  while (at < text.length) {
    const behind = skipOpaque(text, at);
    if (behind > at) {
      at = behind;
      continue;
    }
    if (open.length === 0 && stops(text, at)) return at;
    const character = text[at];
    if (character in CLOSING) {
      open.push(CLOSING[character]);
    } else if (')]}'.includes(character)) {
      if (open.length === 0) return at;
      if (open.pop() !== character) throw new Error(`unbalanced ${character}`);
    }
    at += 1;
  }
  return at;
}

/** The position of the first token from `at` on: past white space, comments and attributes. */
export function firstToken(text, at) {
  for (;;) {
    const space = /^\s+/.exec(text.slice(at));
    if (space) {
      at += space[0].length;
    } else if (text.startsWith('//', at) || text.startsWith('/*', at)) {
      at = skipOpaque(text, at);
    } else {
      return at;
    }
  }
}
