import { describe, expect, it } from 'vitest';
import { changeWords } from './words';

const none = { added: [], removed: [], changed: [] };

describe('what differs between two versions', () => {
  it('is said line by line', () => {
    const changes = {
      same: false,
      members: [
        { path: 'title', before: 'Shop', after: 'Shops' },
        { path: 'description', after: 'All tills' },
        { path: 'window', before: { last: '1h' }, after: { last: '1d' } },
      ],
      filters: { ...none, added: [{ stream: 'orders', field: 'channel', label: 'Channel' }] },
      widgets: {
        added: [],
        removed: [{ id: 'tills', title: 'Biggest order' }],
        changed: [
          {
            id: 'orders',
            members: [
              { path: 'query.window.last', before: '1h', after: '1d' },
              { path: 'query.by', after: ['x'] },
              { path: 'title', before: 'a', after: 'b' },
            ],
          },
        ],
      },
    };
    expect(changeWords(changes, new Map([['orders', 'Orders']]))).toEqual([
      'Title from “Shop” to “Shops”',
      'Description from nothing to “All tills”',
      'Time range changed',
      'Filter “Channel” added',
      'Widget “Biggest order” removed',
      'Widget “Orders”: query and title changed',
    ]);
  });

  it('is nothing for the same documents', () => {
    expect(changeWords({ same: true, members: [], filters: none, widgets: none })).toEqual([]);
  });
});
