import { beforeEach, describe, expect, it } from 'vitest';
import { describeConnection } from './connection-state';
import { World } from './testing/world';

let world: World;
const state = () => {
  world.frame();
  return world.client.connection.get();
};
const kinds = () => world.opened.map((transport) => transport.kind);

beforeEach(() => {
  world = new World();
});

const goLive = (): void => {
  world.client.start();
  world.last.welcome();
};

/** Down to long polling: the socket and the stream are refused. */
const goPolling = (): void => {
  world.client.start();
  world.last.die();
  world.last.die({ status: 404 });
  world.last.welcome();
};

describe('connecting', () => {
  it('does nothing until it is started, then uses a socket', () => {
    expect(world.opened).toHaveLength(0);
    world.client.start();
    expect(state()).toMatchObject({ phase: 'connecting', transport: 'websocket' });
    world.last.welcome();
    expect(state()).toMatchObject({ phase: 'live', transport: 'websocket', attempt: 0 });
    expect(describeConnection(state()).label).toBe('Live');
  });

  it('falls back to a stream and to polling without a pause', () => {
    goPolling();
    expect(kinds()).toEqual(['websocket', 'sse', 'poll']);
    expect(state()).toMatchObject({ phase: 'live', transport: 'poll' });
    expect(describeConnection(state()).label).toBe('Polling');
  });

  it('falls back when a proxy holds the answer back', () => {
    world.client.start();
    world.clock.advance(8_000);
    expect(kinds()).toEqual(['websocket', 'sse']);
    world.clock.advance(8_000);
    expect(kinds()).toEqual(['websocket', 'sse', 'poll']);
    expect(world.opened[0]?.closed && world.opened[1]?.closed).toBe(true);
  });

  it('waits instead of falling back when the server is away', () => {
    world.client.start();
    world.last.die();
    world.last.die();
    expect(kinds()).toEqual(['websocket', 'sse']);
    expect(state()).toMatchObject({ phase: 'reconnecting', attempt: 1 });
    world.clock.advance(2_000);
    expect(kinds()).toEqual(['websocket', 'sse', 'websocket']);
  });

  it('tries every transport from the second failed round on', () => {
    world.client.start();
    for (const _ of [1, 2]) world.last.die();
    world.clock.advance(20_000);
    for (const _ of [1, 2]) world.last.die();
    expect(kinds()).toEqual(['websocket', 'sse', 'websocket', 'sse', 'poll']);
  });
});

describe('reconnecting', () => {
  it('waits 0.5 to 20 s with full jitter, whatever happens', () => {
    goLive();
    for (let round = 0; round < 30; round += 1) {
      world.chance = (round % 10) / 10;
      world.last.die({ code: 1012 });
      const wait = (state().retryAt ?? 0) - world.clock.now();
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(20_000);
      world.clock.advance(wait);
      world.last.welcome();
    }
    expect(new Set(kinds())).toEqual(new Set(['websocket']));
  });

  it('gives up a socket that is cut young three times', () => {
    goLive();
    for (const expected of ['websocket', 'websocket', 'sse']) {
      world.last.die();
      world.clock.advance((state().retryAt ?? 0) - world.clock.now());
      expect(world.last.kind).toBe(expected);
      world.last.welcome();
    }
  });

  it('notices a silent line: asks, then drops it', () => {
    goLive();
    world.clock.advance(28_000);
    expect(world.last.of('ping')).toHaveLength(1);
    world.clock.advance(8_000);
    expect(world.opened[0]?.closed).toBe(true);
    expect(state().phase).toBe('reconnecting');
  });

  it('keeps a line that answers, and answers the server', () => {
    goLive();
    for (let minute = 0; minute < 10; minute += 1) {
      world.clock.advance(28_000);
      world.last.say({ type: 'pong' }, { type: 'ping' });
    }
    expect(world.opened).toHaveLength(1);
    expect(world.last.of('pong')).toHaveLength(10);
    expect(world.client.lastMessageAt()).toBe(world.clock.now());
  });

  it('probes after sleep and comes back at once with the network', () => {
    goLive();
    world.signal('visible');
    expect(world.last.of('ping')).toHaveLength(1);
    world.online = false;
    world.last.die();
    expect(state().phase).toBe('offline');
    world.online = true;
    world.signal('online');
    expect(world.opened).toHaveLength(2);
    expect(state().phase).toBe('reconnecting');
  });
});

describe('climbing back', () => {
  it('tries better transports beside the working one and takes the first that answers', () => {
    goPolling();
    const polling = world.last;
    world.clock.advance(30_000);
    polling.say();
    expect(world.last.kind).toBe('websocket');
    world.last.die();
    expect(state()).toMatchObject({ phase: 'live', transport: 'poll' });
    world.clock.advance(25_000);
    polling.say();
    world.clock.advance(20_000);
    polling.say();
    world.clock.advance(15_000);
    expect(world.last.kind).toBe('sse');
    world.last.welcome();
    expect(state()).toMatchObject({ phase: 'live', transport: 'sse' });
    expect(polling.closed).toBe(true);
  });

  it('survives the end of the transport that took over', () => {
    goPolling();
    world.clock.advance(27_000);
    world.last.say();
    world.clock.advance(3_000);
    world.last.welcome();
    expect(state()).toMatchObject({ phase: 'live', transport: 'websocket' });
    world.last.die({ code: 1012 });
    expect(state().phase).toBe('reconnecting');
    world.clock.advance(2_000);
    expect(world.last.kind).toBe('websocket');
  });
});

describe('ends that are final', () => {
  it.each([
    [4401, 'signed_out'],
    [4403, 'revoked'],
  ])('does not return after %i', (code, phase) => {
    goLive();
    world.last.die({ code });
    world.clock.advance(3_600_000);
    world.signal('online');
    world.signal('visible');
    expect(world.opened).toHaveLength(1);
    expect(state().phase).toBe(phase);
    expect(world.clock.waiting).toBe(0);
  });

  it('connects again when told to, as after signing in', () => {
    goLive();
    world.last.die({ code: 4401 });
    world.client.reconnect();
    world.last.welcome();
    expect(state().phase).toBe('live');
  });

  it('learns from the stream what a refused socket cannot say', () => {
    world.client.start();
    world.last.die();
    world.last.die({ status: 401 });
    expect(state().phase).toBe('signed_out');
  });
});

describe('pausing', () => {
  it('gives the connection back and takes it again', () => {
    goLive();
    world.client.pause();
    expect(world.last.closed).toBe(true);
    expect(state().phase).toBe('paused');
    world.signal('visible');
    expect(state().phase).toBe('paused');
    world.client.resume();
    world.last.welcome();
    expect(state().phase).toBe('live');
  });

  it('pauses by itself after five minutes out of sight', () => {
    goLive();
    world.signal('hidden');
    for (let step = 0; step < 15; step += 1) {
      world.clock.advance(20_000);
      if (!world.last.closed) world.last.say({ type: 'ping' });
    }
    expect(state()).toMatchObject({ phase: 'paused', reason: 'hidden' });
    world.signal('visible');
    expect(state().phase).toBe('reconnecting');
  });

  it('leaves nothing behind when closed', () => {
    goPolling();
    world.client.close();
    expect(world.clock.waiting).toBe(0);
    expect(world.last.closed).toBe(true);
    world.signal('online');
    expect(world.opened).toHaveLength(3);
  });
});
