import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeltaMessage } from './messages';
import { snapshot, World } from './testing/world';

let world: World;

beforeEach(() => {
  world = new World();
  world.client.start();
  world.last.welcome();
});

const delta = (base: number, offset: number, rows: DeltaMessage['upsert'] = []): DeltaMessage => ({
  type: 'delta',
  channel: 'c1',
  base,
  offset,
  as_of: 1_700_000_000_000 + offset,
  upsert: rows,
});

/** A dashboard with one widget on channel c1, holding offset 10. */
function watch() {
  const sub = world.client.subscribe({ dashboard: 'd' });
  answer('c1');
  world.last.say(snapshot('c1', 10, [['AA', 1]]));
  world.frame();
  return sub;
}

/** Answers the newest subscribe or update. */
function answer(channel: string, recovered = false): void {
  const asked = world.last.sent.filter((message) => message.type === 'subscribe' || message.type === 'update').at(-1);
  if (!asked) throw new Error('Nothing was asked.');
  world.last.say({ type: 'subscribed', id: asked.id, channels: [{ channel, widget: 'w' }], recovered, version: 1 });
}

const drop = (): void => {
  world.last.die({ code: 1012 });
  world.clock.advance(2_000);
  world.last.welcome();
};

describe('a subscription', () => {
  it('shows a snapshot and its deltas, once per frame', () => {
    const sub = watch();
    const store = sub.channel('w');
    const listener = vi.fn();
    store.subscribe(listener);
    world.last.say(delta(10, 11, [['AA', 2]]), delta(11, 12, [['BB', 3]]));
    expect(store.get().result?.offset).toBe(10);
    world.frame();
    expect(listener).toHaveBeenCalledTimes(1);
    expect(store.get()).toMatchObject({ status: 'ready', updating: false, error: null });
    expect(store.get().result?.rows).toEqual([
      ['AA', 2],
      ['BB', 3],
    ]);
  });

  it('gives the same store for the same widget and stays silent when nothing changed', () => {
    const sub = watch();
    expect(sub.channel('w')).toBe(sub.channel('w'));
    const before = sub.channel('w').get();
    world.last.say({ ...delta(10, 10, [['AA', 1]]), as_of: before.result?.asOf ?? 0 });
    expect(world.framePending).toBe(false);
    expect(sub.channel('w').get()).toBe(before);
  });

  it('moves on when the server says that another version is shown', () => {
    const sub = watch();
    const before = world.last.sent.length;
    world.last.say(
      { type: 'subscribed', id: 's1', channels: [{ channel: 'c2', widget: 'v' }], recovered: false, version: 2 },
      { type: 'notice', kind: 'published', id: 's1', data: { dashboard: 'd', version: 2 } },
    );
    world.frame();
    expect(sub.state.get()).toMatchObject({ status: 'ready', version: 2 });
    expect(sub.channel('v').get()).toMatchObject({ channel: 'c2', status: 'loading' });
    expect(sub.channel('w').get()).toMatchObject({ channel: null, status: 'ready', updating: true });
    expect(sub.channel('w').get().result?.rows).toEqual([['AA', 1]]);
    world.last.say(snapshot('c2', 12, [['BB', 5]]));
    world.frame();
    expect(sub.channel('v').get().result?.rows).toEqual([['BB', 5]]);
    expect(world.last.sent.length).toBe(before);
  });

  it('is sent as soon as there is a session', () => {
    const early = new World();
    early.client.subscribe({ dashboard: 'd', filters: { origin: ['JFK'] }, window: { last: '1h' } });
    early.client.start();
    expect(early.last.sent).toEqual([]);
    early.last.welcome();
    expect(early.last.of('subscribe')).toEqual([
      { type: 'subscribe', id: 's1', dashboard: 'd', filters: { origin: ['JFK'] }, window: { last: '1h' } },
    ]);
  });

  it('fails alone when one of its channels does', () => {
    const sub = world.client.subscribe({ dashboard: 'd' });
    const error = { code: 'bad_query', message: 'No such field.' };
    const channels = [
      { channel: '', widget: 'bad', error },
      { channel: 'c1', widget: 'w' },
    ];
    world.last.say({ type: 'subscribed', id: 's1', channels }, snapshot('c1', 10, [['AA', 1]]));
    world.frame();
    expect(sub.channel('bad').get()).toMatchObject({ status: 'error', error });
    expect(sub.channel('w').get().status).toBe('ready');
    world.last.say({ type: 'error', code: 'query_timeout', message: 'Too slow.', retry: true, channel: 'c1' });
    world.frame();
    expect(sub.channel('w').get()).toMatchObject({ status: 'error', error: { code: 'query_timeout' } });
    expect(sub.channel('w').get().result?.rows).toEqual([['AA', 1]]);
    world.last.say(snapshot('c1', 11, [['AA', 1]]));
    world.frame();
    expect(sub.channel('w').get()).toMatchObject({ status: 'ready', error: null });
  });

  it('shares a channel between widgets and subscriptions', () => {
    const first = watch();
    const second = world.client.subscribe({ dashboard: 'd', widget: 'w' });
    answer('c1');
    world.frame();
    expect(second.channel('w').get().result).toBe(first.channel('w').get().result);
    first.close();
    world.last.say(delta(10, 11, [['AA', 9]]));
    world.frame();
    expect(second.channel('w').get().result?.rows).toEqual([['AA', 9]]);
  });
});

describe('changing the view', () => {
  it('keeps the old data until the new arrives', () => {
    const sub = watch();
    sub.update({ filters: { origin: ['JFK'] } });
    world.frame();
    expect(world.last.of('update')).toEqual([{ type: 'update', id: 's1', filters: { origin: ['JFK'] } }]);
    expect(sub.channel('w').get()).toMatchObject({ updating: true, result: { rows: [['AA', 1]] } });
    answer('c2');
    world.frame();
    expect(sub.channel('w').get()).toMatchObject({ status: 'ready', updating: true, result: { rows: [['AA', 1]] } });
    world.last.say(snapshot('c2', 10, [['BB', 5]]));
    world.frame();
    expect(sub.channel('w').get()).toMatchObject({ updating: false, result: { rows: [['BB', 5]] } });
  });

  it('asks one thing at a time and the newest wish wins', () => {
    const sub = watch();
    for (const origin of ['JFK', 'LGA', 'EWR']) sub.update({ filters: { origin: [origin] } });
    expect(world.last.of('update')).toHaveLength(1);
    answer('c2');
    expect(world.last.of('update').map((message) => message.filters)).toEqual([
      { origin: ['JFK'] },
      { origin: ['EWR'] },
    ]);
    world.last.say(snapshot('c2', 10, [['JFK', 1]]));
    world.frame();
    expect(sub.channel('w').get().updating).toBe(true);
    answer('c3');
    world.last.say(snapshot('c3', 10, [['EWR', 1]]));
    world.frame();
    expect(sub.channel('w').get()).toMatchObject({ updating: false, result: { rows: [['EWR', 1]] } });
  });

  it('subscribes anew to take a window back, since an update can only change one', () => {
    const sub = world.client.subscribe({ dashboard: 'd', window: { last: '1h' } });
    answer('c1');
    sub.update({});
    expect(world.last.of('unsubscribe').map(({ id }) => id)).toEqual(['s1']);
    expect(world.last.of('subscribe').at(-1)).toEqual({ type: 'subscribe', id: 's2', dashboard: 'd' });
  });

  it('changes the time zone in place, and subscribes anew to give it up', () => {
    const sub = world.client.subscribe({ dashboard: 'd' });
    answer('c1');
    sub.update({ timezone: 'Asia/Tokyo' });
    expect(world.last.of('update').at(-1)).toEqual({ type: 'update', id: 's1', timezone: 'Asia/Tokyo', filters: {} });
    answer('c2');
    sub.update({});
    expect(world.last.of('subscribe').at(-1)).toEqual({ type: 'subscribe', id: 's2', dashboard: 'd' });
  });
});

describe('gaps', () => {
  it('asks once for a snapshot and applies nothing until it comes', () => {
    const sub = watch();
    world.last.say(delta(15, 16, [['AA', 7]]), delta(16, 17, [['AA', 8]]));
    world.frame();
    expect(world.last.of('refresh')).toEqual([{ type: 'refresh', id: 's1' }]);
    expect(sub.channel('w').get().result?.rows).toEqual([['AA', 1]]);
    world.last.say(snapshot('c1', 17, [['AA', 8]]), delta(17, 18, [['AA', 9]]));
    world.frame();
    expect(sub.channel('w').get().result?.rows).toEqual([['AA', 9]]);
    expect(world.last.of('refresh')).toHaveLength(1);
  });

  it('asks again when no answer came', () => {
    watch();
    world.last.say(delta(15, 16));
    world.clock.advance(5_000);
    world.last.say(delta(16, 17));
    expect(world.last.of('refresh')).toHaveLength(2);
  });
});

describe('resuming', () => {
  it('continues where it stood, without a gap or a double', () => {
    const sub = watch();
    world.last.say(delta(10, 11, [['AA', 2]]));
    drop();
    expect(world.last.of('subscribe')).toEqual([
      { type: 'subscribe', id: 's1', dashboard: 'd', resume: { c1: ['e1', 11] } },
    ]);
    answer('c1', true);
    world.last.say(delta(10, 11, [['AA', 2]]), delta(11, 12, [['BB', 3]]), delta(11, 12, [['BB', 3]]));
    world.frame();
    expect(sub.channel('w').get()).toMatchObject({ status: 'ready', updating: false });
    expect(sub.channel('w').get().result).toMatchObject({
      offset: 12,
      rows: [
        ['AA', 2],
        ['BB', 3],
      ],
    });
    expect(world.last.of('refresh')).toEqual([]);
  });

  it('takes a snapshot of another epoch', () => {
    const sub = watch();
    drop();
    answer('c1');
    world.last.say(snapshot('c1', 2, [['ZZ', 1]], 'e2'), { ...delta(2, 3, [['ZZ', 2]]) });
    world.frame();
    expect(sub.channel('w').get().result).toMatchObject({ epoch: 'e2', offset: 3, rows: [['ZZ', 2]] });
  });

  it('does not resume a channel that had a gap', () => {
    watch();
    world.last.say(delta(15, 16));
    drop();
    expect(world.last.of('subscribe')[0]).not.toHaveProperty('resume');
  });

  it('sends what changed while away', () => {
    const sub = watch();
    world.client.pause();
    sub.update({ filters: { origin: ['JFK'] } });
    world.client.resume();
    world.last.welcome();
    expect(world.last.of('subscribe')[0]).toMatchObject({ filters: { origin: ['JFK'] } });
  });
});

describe('failures', () => {
  it('tries a refused subscription again when that can help', () => {
    const sub = world.client.subscribe({ dashboard: 'd' });
    world.last.say({ type: 'error', id: 's1', code: 'limit_exceeded', message: 'Too many.', retry: true });
    world.frame();
    expect(sub.state.get()).toMatchObject({ status: 'error', error: { code: 'limit_exceeded' } });
    world.clock.advance(2_000);
    expect(world.last.of('subscribe').map(({ id }) => id)).toEqual(['s1', 's2']);
  });

  it('does not repeat a request that was too large', () => {
    const sub = world.client.subscribe({ dashboard: 'd' });
    world.last.die({ code: 1009 });
    world.clock.advance(2_000);
    world.last.welcome();
    world.frame();
    expect(world.last.of('subscribe')).toEqual([]);
    expect(sub.state.get().error?.code).toBe('too_large');
    sub.update({ filters: {} });
    expect(world.last.of('subscribe')).toHaveLength(1);
  });

  it('announces notices and errors of no subscription', () => {
    const heard = vi.fn();
    const stop = world.client.onAnnouncement(heard);
    world.last.say(
      { type: 'notice', kind: 'published', id: 's1' },
      { type: 'error', code: 'bad_request', message: 'What?' },
    );
    stop();
    world.last.say({ type: 'notice', kind: 'bye' });
    expect(heard.mock.calls.map(([announcement]) => announcement.type)).toEqual(['notice', 'error']);
  });
});

describe('seen', () => {
  it('reports what was painted, at most once a second and never backwards', () => {
    watch();
    for (const offset of [10, 10, 11]) world.client.seen('c1', offset);
    world.clock.advance(1_000);
    for (const offset of [9, 11]) world.client.seen('c1', offset);
    world.client.seen('unknown', 5);
    expect(world.last.of('seen').map(({ offset }) => offset)).toEqual([10, 11]);
  });
});

it('holds no more than it shows', () => {
  const sub = watch();
  for (let round = 0; round < 50; round += 1) {
    sub.update({ filters: { round: [round] } });
    answer(`x${round}`);
    world.last.say(snapshot(`x${round}`, 10, [['AA', round]]));
  }
  world.client.seen('c1', 99);
  world.client.seen('x3', 99);
  expect(world.last.of('seen')).toEqual([]);
  sub.close();
  world.client.seen('x49', 99);
  expect(world.last.of('seen')).toEqual([]);
});
