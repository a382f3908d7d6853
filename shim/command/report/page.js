// SPDX-License-Identifier: MIT
// Shows the record that report_page.cc packed. What is in it goes into the page as text and never as markup; rows are made
// when their parent is opened, and no list shows more than a part of itself at once.
'use strict';

const kPart = 100;        // rows of one list that are made at a time
const kUnfold = 150;      // rows up to which a view opens by itself
const kMostWords = 200;   // characters of a command line in the row of its program

const record = JSON.parse(document.getElementById('record').textContent);
const {texts, names, parents, deeds, words} = record;
const byId = (id) => document.getElementById(id);

// What the numbers of a row mean.
const kRead = 0, kChanged = 1, kRan = 2, kReached = 3, kDenied = 4;
const kKinds = ['read', 'changed', 'ran', 'reached', 'denied'];
const kTitles = ['Read', 'Changed', 'Ran', 'Reached', 'Denied'];
const kindOfWord = words.map((word) => (word === 'execute' ? kRan : word === 'read' || word === 'list' ? kRead : ['connect', 'bind', 'listen', 'send'].includes(word) ? kReached : kChanged));

const kDeed = 6;   // numbers that a deed has
const deedCount = deeds.length / kDeed;
const deed = (i) => {
  const at = i * kDeed;
  return {process: deeds[at], word: deeds[at + 1], target: deeds[at + 2], more: deeds[at + 3], result: deeds[at + 4], times: deeds[at + 5]};
};
const processes = record.processes.map(([run, pid, parent, replaced, program, directory, start, stop, end]) => ({run, pid, parent, replaced, program, directory, start, stop, end}));
const denials = record.denials.map(([process, program, what, target, path, error, rule, where, group, times]) => ({process, program, what, target, path, error, rule, where, group, times}));

// --- words ---

const numberFormat = new Intl.NumberFormat('en');
const number = (value) => numberFormat.format(value);
const counted = (value, one, many = one + 's') => `${number(value)} ${value === 1 ? one : many}`;

function duration(microseconds) {
  const seconds = microseconds / 1e6;
  if (seconds < 0.0095) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 100) return `${seconds.toFixed(2)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function pathOf(node) {
  const parts = [];
  for (; node > 0; node = parents[node]) parts.push(names[node]);
  const path = parts.reverse().join('/');
  return node === 0 ? '/' + path : path;
}

const shellWord = (word) => (/^[\w@%+=:,./…-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
const commandLine = (line) => line.map(shellWord).join(' ');
const shortened = (text, most) => (text.length > most ? text.slice(0, most) + '…' : text);
const programName = (process) => names[process.program] || '(not seen to start)';
const ended = (end) => (end === null ? '' : typeof end === 'number' ? `exit ${end}` : /^\d+$/.test(end) ? `signal ${end}` : end);

// --- elements ---

function make(tag, look, ...content) {
  const element = document.createElement(tag);
  if (look) element.className = look;
  element.append(...content);
  return element;
}
const data = (text) => make('span', 'data', text);
const tag = (text, kind = '') => make('span', `tag ${kind}`, text);

// --- what the search finds ---

const foundDeed = new Uint8Array(deedCount);
const foundDenial = new Uint8Array(denials.length);
const foundProcess = new Uint8Array(processes.length);
const ofProcess = kKinds.map(() => new Float64Array(processes.length));
const ofNode = kKinds.map(() => new Float64Array(names.length));
const lower = (list) => list.map((text) => text.toLowerCase());
let lowered = null;

const marks = (list, test) => Uint8Array.from(list, (one) => (test(one) ? 1 : 0));

// Which paths have the term, without writing any path out: a directory hands down that it has it, and else its end.
function markPaths(term) {
  const out = new Uint8Array(names.length);
  const ends = new Array(names.length);
  for (let i = 0; i < names.length; ++i) {
    const parent = parents[i];
    const text = parent < 0 ? lowered.names[i] : ends[parent] + (parent === 0 ? '' : '/') + lowered.names[i];
    out[i] = (parent >= 0 && out[parent]) || text.includes(term) ? 1 : 0;
    ends[i] = term.length > 1 ? text.slice(1 - term.length) : '';
  }
  return out;
}

function keep(term) {
  const has = (text) => text.includes(term);
  const inTexts = marks(lowered.texts, has);
  const inNames = markPaths(term);
  const inWords = marks(words, has);
  const inGroups = marks(lowered.groups, has);
  const inProcesses = new Uint8Array(processes.length);
  processes.forEach((process, i) => {
    inProcesses[i] = inNames[process.program] || has(lowered.lines[i]) ? 1 : 0;
    foundProcess[i] &= inProcesses[i];
  });
  for (let i = 0, at = 0; i < deedCount; ++i, at += kDeed) {
    const word = deeds[at + 1];
    const target = kindOfWord[word] === kReached ? inTexts[deeds[at + 2]] : inNames[deeds[at + 2]];
    const more = words[word] === 'rename' || words[word] === 'link' ? inNames[deeds[at + 3]] : inTexts[deeds[at + 3]];
    foundDeed[i] &= inProcesses[deeds[at]] | inWords[word] | target | more | inTexts[deeds[at + 4]];
  }
  denials.forEach((denial, i) => {
    foundDenial[i] &= inProcesses[denial.process] | inGroups[denial.group];
    for (const key of ['program', 'what', 'target', 'error', 'rule', 'where']) if (inTexts[denial[key]]) foundDenial[i] |= wasFound[i];
  });
}

// What a denial was before the term at hand: any of its texts may have it.
let wasFound = foundDenial;

function count() {
  for (const counts of [...ofProcess, ...ofNode]) counts.fill(0);
  for (let i = 0, at = 0; i < deedCount; ++i, at += kDeed) {
    if (!foundDeed[i]) continue;
    const kind = kindOfWord[deeds[at + 1]];
    foundProcess[deeds[at]] = 1;
    ofProcess[kind][deeds[at]] += deeds[at + 5];
    if (kind !== kReached) ofNode[kind][deeds[at + 2]] += deeds[at + 5];
  }
  denials.forEach((denial, i) => {
    if (!foundDenial[i]) return;
    foundProcess[denial.process] = 1;
    ofProcess[kDenied][denial.process] += denial.times;
    if (denial.path >= 0) ofNode[kDenied][denial.path] += denial.times;
  });
  // Parents come first in both lists.
  for (let i = processes.length - 1; i >= 0; --i) if (foundProcess[i] && processes[i].parent >= 0) foundProcess[processes[i].parent] = 1;
  for (const counts of ofNode) for (let i = names.length - 1; i > 0; --i) if (parents[i] >= 0) counts[parents[i]] += counts[i];
}

function search(query) {
  const terms = query.toLowerCase().split(/\s+/).filter((term) => term);
  for (const list of [foundDeed, foundDenial, foundProcess]) list.fill(1);
  if (terms.length > 0 && !lowered) {
    lowered = {
      names: lower(names),
      texts: lower(texts),
      groups: record.groups.map((lines) => lines.join('\n').toLowerCase()),
      lines: processes.map((process, i) => `${process.pid} ${record.arguments[i].join(' ').toLowerCase()}`),
    };
  }
  for (const term of terms) {
    wasFound = foundDenial.slice();
    keep(term);
  }
  count();
  return terms.length > 0;
}

// --- lists by what they belong to ---

// The numbers below `size` that `of` gives for 0, 1, ... as lists; -1 is in none.
function grouped(size, length, of) {
  const starts = new Uint32Array(size + 1);
  for (let i = 0; i < length; ++i) if (of(i) >= 0) ++starts[of(i) + 1];
  for (let i = 0; i < size; ++i) starts[i + 1] += starts[i];
  const places = starts.slice(0, size);
  const members = new Uint32Array(starts[size]);
  for (let i = 0; i < length; ++i) if (of(i) >= 0) members[places[of(i)]++] = i;
  return (at) => Array.from(members.subarray(starts[at], starts[at + 1]));
}

const isOfPath = (i) => kindOfWord[deeds[i * kDeed + 1]] !== kReached;
const childrenOf = grouped(processes.length, processes.length, (i) => processes[i].parent);
const deedsOf = grouped(processes.length, deedCount, (i) => deeds[i * kDeed]);
const denialsOf = grouped(processes.length, denials.length, (i) => denials[i].process);
const namesIn = grouped(names.length, names.length, (i) => parents[i]);
const deedsAt = grouped(names.length, deedCount, (i) => (isOfPath(i) ? deeds[i * kDeed + 2] : -1));
const denialsAt = grouped(names.length, denials.length, (i) => denials[i].path);
const denialsIn = grouped(record.groups.length, denials.length, (i) => denials[i].group);
const isFoundDeed = (i) => foundDeed[i];
const isFoundDenial = (i) => foundDenial[i];

// --- rows: {what: elements, counts, children: () => rows, eager: opened unasked} ---

const who = (process) => [make('span', 'data name', programName(process)), tag(String(process.pid))];
const times = (value) => (value > 1 ? [tag(`×${number(value)}`)] : []);

function deedRow(i, {path = true, program = false} = {}) {
  const {process, word, target, more, result, times: value} = deed(i);
  const kind = kindOfWord[word];
  const what = [...(program ? who(processes[process]) : []), tag(words[word].replace('_', '-'), kKinds[kind])];
  if (kind === kReached) what.push(data(`${texts[more]} ${texts[target]}`));
  else if (path) what.push(data(pathOf(target)));
  if (words[word] === 'rename' || words[word] === 'link') what.push(tag('to'), data(pathOf(more)));
  if (texts[result]) what.push(tag(texts[result]));
  return {what: [...what, ...times(value)]};
}

function reason(denial) {
  const why = make('span', 'why', denial.rule ? 'decided by ' : 'no line grants it');
  if (denial.rule) why.append(data(texts[denial.rule]), denial.where ? ' at ' : '', data(texts[denial.where]));
  return why;
}

function denialRow(i, {why = true} = {}) {
  const denial = denials[i];
  const name = texts[denial.program].split('/').pop() || programName(processes[denial.process]);
  const what = [make('span', 'data name', name), tag(String(processes[denial.process].pid)), tag(texts[denial.what], 'denied'), data(texts[denial.target]), tag(texts[denial.error])];
  return {what: [...what, ...times(denial.times), ...(why ? [reason(denial)] : [])]};
}

function facts(i) {
  const process = processes[i];
  const line = commandLine(record.arguments[i].slice(1));
  const what = line.length > kMostWords ? [data(line)] : [];
  if (names[process.program]) what.push(tag('program'), data(pathOf(process.program)));
  if (names[process.directory]) what.push(tag('in'), data(pathOf(process.directory)));
  return what.length > 0 ? [{what}] : [];
}

function kindRow(i, kind) {
  const list = kind === kDenied ? denialsOf(i).filter(isFoundDenial) : deedsOf(i).filter((one) => foundDeed[one] && kindOfWord[deeds[one * kDeed + 1]] === kind);
  if (list.length === 0) return [];
  const counts = [];
  counts[kind] = ofProcess[kind][i];
  const what = [tag(kTitles[kind], kKinds[kind]), tag(counted(list.length, kind === kReached ? 'address' : kind === kDenied ? 'thing' : 'path', kind === kReached ? 'addresses' : undefined))];
  return [{what, counts, children: () => list.map((one) => (kind === kDenied ? denialRow(one) : deedRow(one)))}];
}

function processRow(i) {
  const process = processes[i];
  const what = [...who(process), make('span', 'data quiet', shortened(commandLine(record.arguments[i].slice(1)), kMostWords))];
  if (process.replaced) what.push(tag('in the same process'));
  if (process.end !== null && process.end !== 0) what.push(tag(ended(process.end), 'denied'));
  if (process.start >= 0 && process.stop >= process.start) what.push(tag(duration(process.stop - process.start)));
  const counts = ofProcess.map((all) => all[i]);
  const itself = () => [...facts(i), ...kKinds.flatMap((_, kind) => kindRow(i, kind))];
  const below = childrenOf(i).filter((child) => foundProcess[child]);
  if (below.length === 0) return {what, counts, children: itself};
  const own = searching && !counts.some((one) => one > 0) ? [] : [{what: [tag('what it did itself')], children: itself}];
  return {what, counts, eager: true, children: () => [...own, ...below.map(processRow)]};
}

const isFoundNode = (node) => ofNode.some((counts) => counts[node] > 0);

function fileRow(node) {
  let label = names[node];
  let inner = namesIn(node).filter(isFoundNode);
  // Directories in which nothing but one other directory was touched share its row.
  while (node > 0 && inner.length === 1 && !deedsAt(node).some(isFoundDeed) && !denialsAt(node).some(isFoundDenial)) {
    node = inner[0];
    label += '/' + names[node];
    inner = namesIn(node).filter(isFoundNode);
  }
  const here = node;
  const directory = inner.length > 0;
  const children = () => [
    ...denialsAt(here).filter(isFoundDenial).map((one) => denialRow(one)),
    ...deedsAt(here).filter(isFoundDeed).map((one) => deedRow(one, {path: false, program: true})),
    ...inner.map(fileRow),
  ];
  return {what: [make('span', directory ? 'data name' : 'data', label + (directory && here > 0 ? '/' : ''))], counts: ofNode.map((counts) => counts[here]), eager: directory, children};
}

function groupRow(group) {
  const list = denialsIn(group).filter(isFoundDenial).sort((a, b) => denials[b].times - denials[a].times);
  const lines = record.groups[group];
  const counts = [];
  counts[kDenied] = list.reduce((sum, i) => sum + denials[i].times, 0);
  const programs = new Set(list.map((i) => denials[i].process)).size;
  const first = denials[list[0]];
  const oneReason = list.every((i) => denials[i].rule === first.rule && denials[i].where === first.where);
  const what = lines.length > 0 ? [make('span', 'data name', lines.join('  '))] : [make('span', 'name', 'No line would allow it')];
  return {what: [...what, tag(counted(list.length, 'denial')), tag(counted(programs, 'program')), ...(oneReason ? [reason(first)] : [])], counts, eager: true, children: () => list.map((i) => denialRow(i, {why: !oneReason}))};
}

function addressRow([name, list]) {
  const counts = [];
  for (const i of list.deeds) counts[kReached] = (counts[kReached] || 0) + deed(i).times;
  for (const i of list.denials) counts[kDenied] = (counts[kDenied] || 0) + denials[i].times;
  return {what: [data(name)], counts, eager: true, children: () => [...list.denials.map((one) => denialRow(one)), ...list.deeds.map((i) => deedRow(i, {program: true}))]};
}

function addresses() {
  const out = new Map();
  const listOf = (name) => {
    if (!out.has(name)) out.set(name, {deeds: [], denials: []});
    return out.get(name);
  };
  for (let i = 0; i < deedCount; ++i) if (foundDeed[i] && !isOfPath(i)) listOf(`${texts[deed(i).more]} ${texts[deed(i).target]}`).deeds.push(i);
  denials.forEach((denial, i) => {
    if (foundDenial[i] && ['connect', 'bind', 'unix'].includes(texts[denial.what])) listOf(`${texts[denial.what]} ${texts[denial.target]}`).denials.push(i);
  });
  return [...out].sort(([a], [b]) => (a < b ? -1 : 1));
}

function deniedGroups() {
  const sums = new Map();
  denials.forEach((denial, i) => {
    if (foundDenial[i]) sums.set(denial.group, (sums.get(denial.group) || 0) + denial.times);
  });
  // What no line would allow comes last.
  const last = (group) => (record.groups[group].length === 0 ? 1 : 0);
  return [...sums].sort(([a, x], [b, y]) => last(a) - last(b) || y - x).map(([group]) => group);
}

// --- trees: one flat list, in which aria-level tells what belongs to what ---

const levelOf = (item) => Number(item.getAttribute('aria-level'));
const rowOf = new WeakMap();

class Tree {
  constructor(place, title, columns) {
    this.columns = columns;
    this.heads = make('div', 'heads', make('span', 'what', ''));
    this.heads.ariaHidden = 'true';
    const counts = make('span', 'counts');
    for (const kind of columns) counts.append(make('span', 'count', kTitles[kind]));
    this.heads.append(counts);
    this.list = make('ul', '');
    this.list.role = 'tree';
    this.list.ariaLabel = title;
    this.nothing = make('p', 'nothing', 'Nothing here.');
    place.append(this.heads, this.list, this.nothing);
    this.list.addEventListener('click', (event) => this.clicked(event));
    this.list.addEventListener('keydown', (event) => this.pressed(event));
  }

  show(rows, unfoldAll) {
    this.list.replaceChildren(...this.part(rows, 0, 1));
    this.nothing.hidden = rows.length > 0;
    this.heads.hidden = this.list.hidden = rows.length === 0;
    if (rows.length > 0) this.list.firstChild.tabIndex = 0;
    const items = [...this.list.children];
    for (let next = 0; next < items.length && items.length < kUnfold; ++next) {
      const row = rowOf.get(items[next]);
      if (row.children && (row.eager || unfoldAll)) items.push(...this.open(items[next]));
    }
  }

  part(rows, from, level) {
    const items = rows.slice(from, from + kPart).map((row, i) => this.item(row, level, from + i + 1, rows.length));
    const left = rows.length - from - kPart;
    if (left > 0) items.push(this.item({what: [make('span', 'more', `Show ${number(Math.min(left, kPart))} more of ${number(left)}`)], rest: {rows, from: from + kPart}}, level, from + kPart + 1, rows.length));
    return items;
  }

  item(row, level, position, size) {
    const item = make('li', '', make('div', 'what', ...row.what.flatMap((one) => [one, ' '])));
    item.role = 'treeitem';
    item.tabIndex = -1;
    item.ariaLevel = level;
    item.ariaPosInSet = position;
    item.ariaSetSize = size;
    item.style.setProperty('--level', level - 1);
    if (row.children) item.ariaExpanded = 'false';
    if (row.counts) {
      const counts = make('div', 'counts');
      for (const kind of this.columns) {
        const cell = make('span', `count ${kKinds[kind]}`);
        if (row.counts[kind] > 0) cell.append(number(row.counts[kind]), make('span', 'label', ` ${kKinds[kind]}`));
        counts.append(cell);
      }
      item.append(counts);
    }
    rowOf.set(item, row);
    return item;
  }

  open(item) {
    const items = this.part(rowOf.get(item).children(), 0, levelOf(item) + 1);
    item.ariaExpanded = 'true';
    item.after(...items);
    return items;
  }

  close(item) {
    while (item.nextSibling && levelOf(item.nextSibling) > levelOf(item)) item.nextSibling.remove();
    item.ariaExpanded = 'false';
  }

  act(item) {
    const {children, rest} = rowOf.get(item);
    if (rest) {
      const items = this.part(rest.rows, rest.from, levelOf(item));
      item.replaceWith(...items);
      this.focus(items[0]);
    } else if (children) {
      if (item.ariaExpanded === 'true') this.close(item);
      else this.open(item);
    }
  }

  focus(item) {
    for (const before of this.list.querySelectorAll('[tabindex="0"]')) before.tabIndex = -1;
    item.tabIndex = 0;
    item.focus();
  }

  clicked(event) {
    const item = event.target.closest('[role="treeitem"]');
    // Who selects text to copy it does not mean to open the row.
    if (!item || !getSelection().isCollapsed) return;
    this.focus(item);
    this.act(item);
  }

  pressed(event) {
    const item = event.target;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = {
      ArrowDown: () => item.nextSibling,
      ArrowUp: () => item.previousSibling,
      Home: () => this.list.firstChild,
      End: () => this.list.lastChild,
      ArrowRight: () => {
        if (item.ariaExpanded === 'false') this.open(item);
        else if (item.ariaExpanded === 'true') return item.nextSibling;
        return item;
      },
      ArrowLeft: () => {
        if (item.ariaExpanded === 'true') {
          this.close(item);
          return item;
        }
        let above = item.previousSibling;
        while (above && levelOf(above) >= levelOf(item)) above = above.previousSibling;
        return above;
      },
      Enter: () => this.act(item),
      ' ': () => this.act(item),
    }[event.key];
    if (!step) return;
    event.preventDefault();
    const to = step();
    if (to) this.focus(to);
  }
}

// --- views ---

const treeIn = (name, title, columns) => new Tree(byId(`view-${name}`).querySelector('.tree'), title, columns);
const rootProcesses = () => processes.flatMap((process, i) => (process.parent < 0 && foundProcess[i] ? [i] : []));
const rootNames = () => parents.flatMap((parent, i) => (parent < 0 && isFoundNode(i) ? [i] : []));
const touchedFiles = () => names.reduce((sum, _, i) => sum + (deedsFound(i) ? 1 : 0), 0);
const hasNode = new Uint8Array(names.length);
const deedsFound = (node) => hasNode[node];

const views = {
  denied: {tree: treeIn('denied', 'Denials by the line that would allow them', [kDenied]), rows: () => deniedGroups().map(groupRow), count: () => foundDenial.reduce((sum, one) => sum + one, 0)},
  programs: {tree: treeIn('programs', 'Programs that were started', [kRead, kChanged, kRan, kReached, kDenied]), rows: () => rootProcesses().map(processRow), count: () => foundProcess.reduce((sum, one) => sum + one, 0)},
  files: {tree: treeIn('files', 'Files by directory', [kRead, kChanged, kRan, kDenied]), rows: () => rootNames().map(fileRow), count: touchedFiles},
  network: {tree: treeIn('network', 'Addresses', [kReached, kDenied]), rows: () => addresses().map(addressRow), count: () => addresses().length},
};
let shown = denials.length > 0 ? 'denied' : 'programs';
let searching = false;

function markNodes() {
  hasNode.fill(0);
  for (let i = 0; i < deedCount; ++i) if (foundDeed[i] && isOfPath(i)) hasNode[deeds[i * kDeed + 2]] = 1;
  denials.forEach((denial, i) => {
    if (foundDenial[i] && denial.path >= 0) hasNode[denial.path] = 1;
  });
}

function showView(name) {
  shown = name;
  for (const other of Object.keys(views)) {
    byId(`view-${other}`).hidden = other !== name;
    byId(`tab-${other}`).ariaSelected = String(other === name);
    byId(`tab-${other}`).tabIndex = other === name ? 0 : -1;
  }
  if (views[name].stale) views[name].tree.show(views[name].rows(), searching);
  views[name].stale = false;
}

// One section heading for all lines of a section, as a policy has it.
function linesToAllow() {
  const sections = new Map();
  for (const group of deniedGroups())
    for (const line of record.groups[group]) {
      const [, section, rest] = /^(\[[^\]]*\])\s+(.*)$/s.exec(line) || [null, '', line];
      if (!sections.has(section)) sections.set(section, new Set());
      sections.get(section).add(rest);
    }
  return sections;
}

function showLines() {
  const sections = linesToAllow();
  const sum = [...sections.values()].reduce((all, lines) => all + lines.size, 0);
  byId('lines').textContent = [...sections].map(([section, lines]) => [section, ...lines].filter((line) => line).join('\n')).join('\n\n') + '\n';
  byId('copy').textContent = sum === 0 ? 'No line to copy' : `Copy ${counted(sum, 'line')} that would allow this`;
  byId('copy').disabled = sum === 0;
  byId('copied').textContent = '';
}

function update() {
  const query = byId('search').value;
  searching = search(query);
  markNodes();
  for (const [name, view] of Object.entries(views)) {
    view.stale = true;
    byId(`tab-${name}`).querySelector('.number').textContent = number(view.count());
  }
  byId('found').textContent = searching ? Object.entries(views).map(([name, view]) => `${number(view.count())} ${name}`).join(', ') : '';
  showLines();
  showView(shown);
}

async function copyLines() {
  const lines = byId('lines');
  try {
    await navigator.clipboard.writeText(lines.textContent);
    byId('copied').textContent = 'Copied';
  } catch {
    lines.closest('details').open = true;
    getSelection().selectAllChildren(lines);
    byId('copied').textContent = document.execCommand('copy') ? 'Copied' : 'Selected: copy them by hand';
  }
}

// --- summary ---

function showRun(run, index) {
  const mine = processes.filter((process) => process.run === index).length;
  const denied = denials.filter((denial) => processes[denial.process].run === index);
  const list = make('dl', '');
  const fact = (title, ...content) => list.append(make('div', '', make('dt', '', title), make('dd', '', ...content)));
  fact('Ended', make('span', run.end === 0 || run.end === null ? '' : 'bad', ended(run.end) || 'not told'));
  if (run.policy) fact('Policy', data(run.policy), ...(run.identity ? [' ', make('span', 'data quiet', run.identity)] : []));
  fact('Programs', number(mine));
  fact('Denied', make('span', denied.length > 0 ? 'bad' : '', number(denied.length)), ` in ${counted(denied.reduce((sum, one) => sum + one.times, 0), 'try', 'tries')}`);
  fact('Events', number(run.events));
  fact('Started', new Date(run.first / 1000).toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC'));
  fact('Took', duration(run.last - run.first));
  if (run.uid !== null) fact('User', String(run.uid));
  if (run.abi !== null) fact('Landlock ABI', String(run.abi));
  const section = make('article', 'run', make('h2', 'data', commandLine(run.command) || run.id), list);
  const warn = (...content) => section.append(make('p', 'warning', ...content));
  for (const what of run.given_up) warn('Not enforced: ', data(what));
  if (run.lost > 0) warn(`Lost: ${counted(run.lost, 'event')}${run.lost_why.length > 0 ? ': ' : ''}`, data(run.lost_why.join('; ')));
  if (run.told_events > run.events) warn(`The run wrote ${counted(run.told_events, 'event')}, and this record has ${number(run.events)} of them.`);
  return section;
}

function showRuns() {
  const place = byId('runs');
  place.append(...record.runs.slice(0, kPart).map(showRun));
  const warn = (text) => place.append(make('p', 'warning', text));
  if (record.runs.length > kPart) warn(`${counted(record.runs.length - kPart, 'more run')}: what they did is below.`);
  if (record.unread > 0) warn(`${counted(record.unread, 'line was no event and is', 'lines were no events and are')} not shown here: ${record.unread_words}.`);
  if (record.left_out > 0) warn(`${counted(record.left_out, 'event is', 'events are')} not shown here: the record has more different ones than a page can hold.`);
  if (record.runs.length === 1 && record.runs[0].command.length > 0) document.title = `${shortened(commandLine(record.runs[0].command), 60)} - landshim report`;
}

// --- what people do ---

byId('theme').addEventListener('click', () => {
  const {dataset} = document.documentElement;
  const dark = dataset.theme ? dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  dataset.theme = dark ? 'light' : 'dark';
});
byId('copy').addEventListener('click', copyLines);
byId('search').addEventListener('input', update);
byId('search').addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  event.target.value = '';
  update();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target === byId('search') || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  byId('search').focus();
  byId('search').select();
});

const tabs = Object.keys(views);
for (const name of tabs) byId(`tab-${name}`).addEventListener('click', () => showView(name));
document.querySelector('[role="tablist"]').addEventListener('keydown', (event) => {
  const at = tabs.indexOf(shown);
  const to = {ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1}[event.key];
  if (to === undefined) return;
  event.preventDefault();
  showView(tabs[to % tabs.length]);
  byId(`tab-${shown}`).focus();
});

showRuns();
update();
