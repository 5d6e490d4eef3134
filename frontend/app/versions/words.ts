/** What differs between two versions of a dashboard, in words. */
import type { DocumentChanges, ListChanges, MemberChange } from '../api/versions';

const MEMBERS: Readonly<Record<string, string>> = {
  title: 'title',
  description: 'description',
  tags: 'tags',
  timezone: 'time zone',
  window: 'time range',
  'options.goal': 'goal',
};
/** Only what comes first in a path is told: a changed query is one change, however deep. */
const WIDGET_MEMBERS: Readonly<Record<string, string>> = {
  title: 'title',
  subtitle: 'subtitle',
  kind: 'kind',
  query: 'query',
  parts: 'further queries',
  options: 'options',
  layouts: 'place',
  position: 'place in the list',
  clicks: 'clicks',
};

const LONGEST = 60;

function valueWords(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing';
  const text = typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : JSON.stringify(value);
  return `“${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}”`;
}

const isSmall = (value: unknown): boolean => typeof value !== 'object' || value === null || Array.isArray(value);

function memberWords({ path, before, after }: MemberChange): string {
  const name = MEMBERS[path] ?? MEMBERS[path.split('.')[0] ?? ''] ?? path.replaceAll('_', ' ');
  const label = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  if (!isSmall(before) || !isSmall(after)) return `${label} changed`;
  return `${label} from ${valueWords(before)} to ${valueWords(after)}`;
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

const named = (item: Readonly<Record<string, unknown>>): string => {
  const name = [item['title'], item['label'], item['id'], item['field']].find(
    (each) => typeof each === 'string' && each !== '',
  );
  return `“${String(name ?? '')}”`;
};

/** `titles`: what the changed ones are called. */
function listWords(noun: string, changes: ListChanges, titles: ReadonlyMap<string, string>): readonly string[] {
  const Noun = `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
  return [
    ...changes.added.map((item) => `${Noun} ${named(item)} added`),
    ...changes.removed.map((item) => `${Noun} ${named(item)} removed`),
    ...changes.changed.map(({ id, members }) => {
      const roots = [...new Set(members.map(({ path }) => path.split('.')[0] ?? path))];
      const words = roots.map((root) => WIDGET_MEMBERS[root] ?? root.replaceAll('_', ' '));
      return `${Noun} “${titles.get(id) ?? id}”: ${listed(words)} changed`;
    }),
  ];
}

/** A line for each change; empty when nothing differs. */
export function changeWords(
  changes: DocumentChanges,
  titles: ReadonlyMap<string, string> = new Map(),
): readonly string[] {
  return [
    ...changes.members.map(memberWords),
    ...listWords('filter', changes.filters, new Map()),
    ...listWords('widget', changes.widgets, titles),
  ];
}
