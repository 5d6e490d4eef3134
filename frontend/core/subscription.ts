/** One subscription: what is asked for, which channels answer it, and what its widgets may show. */
import type { Filters, Query, SavedAsk, Window } from './documents';
import type { ChannelRef, SubscribedMessage, SubscribeMessage, UpdateMessage } from './messages';
import type { Held, RowKey } from './reducer';
import { type Batch, type Readable, Store } from './store';
import type { ApiError, Position, Result, Value } from './values';

export type Target =
  | { readonly dashboard: string; readonly widget?: string }
  | { readonly query: Query | SavedAsk; readonly parameters?: Readonly<Record<string, Value>> };

/** What can change while subscribed. A member that is undefined leaves the choice to the document. */
export interface View {
  readonly filters?: Filters | undefined;
  readonly window?: Window | undefined;
  readonly timezone?: string | undefined;
  readonly interval?: number | undefined;
}

export interface ChannelState {
  readonly channel: string | null;
  readonly status: 'loading' | 'ready' | 'error';
  /** What was held last; stays while updating and beside an error. */
  readonly result: Result | null;
  readonly error: ApiError | null;
  /** The result belongs to the filters or window before; the new one is on its way. */
  readonly updating: boolean;
  /** Keys of the rows that the last delta changed. */
  readonly changed: readonly RowKey[];
}

export interface SubscriptionState {
  readonly status: 'waiting' | 'ready' | 'error';
  readonly error: ApiError | null;
  /** Of the dashboard; changes when it is published again. */
  readonly version: number | null;
  readonly updating: boolean;
}

const LOADING: ChannelState = {
  channel: null,
  status: 'loading',
  result: null,
  error: null,
  updating: false,
  changed: [],
};
const WAITING: SubscriptionState = { status: 'waiting', error: null, version: null, updating: false };

const slotName = (widget: string | null, part: string | null): string => JSON.stringify([widget, part]);

/** Drops members that are undefined: they must not travel as null. */
function definedOnly(view: View): Pick<UpdateMessage, 'filters' | 'window' | 'timezone' | 'interval'> {
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined));
}

/** What is shown of a widget that has no channel any more: what it held last, until the page drops the widget. */
function withoutChannel(state: ChannelState): ChannelState {
  return state.result === null ? LOADING : { ...state, channel: null, error: null, status: 'ready', updating: true };
}

/** The state of one subscription, without a connection: messages are made here and sent by the client. */
export class SubscriptionModel {
  readonly target: Target;
  readonly state: Store<SubscriptionState>;
  /** Identifies it on the wire; a new one after each restart, so that late answers are not mistaken. */
  wireId: string;
  /** A `subscribe` or `update` has been sent and not been answered. */
  inFlight = false;
  /** The view changed while in flight. */
  dirty = false;
  view: View;
  #sent: View = {};
  readonly #batch: Batch;
  readonly #slots = new Map<string, Store<ChannelState>>();

  constructor(batch: Batch, wireId: string, target: Target, view: View) {
    this.#batch = batch;
    this.wireId = wireId;
    this.target = target;
    this.view = view;
    this.state = new Store(batch, WAITING);
  }

  channel(widget: string | null = null, part: string | null = null): Readable<ChannelState> {
    return this.#slot(slotName(widget, part));
  }

  /** Names of the channels it shows. */
  *channels(): Iterable<string> {
    for (const slot of this.#slots.values()) if (slot.latest.channel !== null) yield slot.latest.channel;
  }

  shows(channel: string): boolean {
    for (const name of this.channels()) if (name === channel) return true;
    return false;
  }

  /** A request with the present view is on its way. */
  begin(): void {
    this.inFlight = true;
    this.dirty = false;
    this.#sent = this.view;
  }

  /** Whether the view gives up a choice that the server has: `update` can change one, not take it back. */
  withdrew(): boolean {
    const { window, timezone, interval } = this.view;
    const sent = this.#sent;
    return (!window && !!sent.window) || (!timezone && !!sent.timezone) || (!interval && !!sent.interval);
  }

  subscribeMessage(resume: Readonly<Record<string, Position>>): SubscribeMessage {
    const positions = Object.keys(resume).length > 0 ? { resume } : {};
    return { type: 'subscribe', id: this.wireId, ...this.target, ...definedOnly(this.view), ...positions };
  }

  /** Filters always travel, so that an emptied set takes effect. */
  updateMessage(): UpdateMessage {
    return { type: 'update', id: this.wireId, ...definedOnly(this.view), filters: this.view.filters ?? {} };
  }

  /** Marks everything as about to change. */
  expectChange(): void {
    this.state.set({ ...this.state.latest, updating: true });
    for (const slot of this.#slots.values()) {
      if (slot.latest.result && !slot.latest.updating) slot.set({ ...slot.latest, updating: true });
    }
  }

  /** The server answered: these channels from now on. `held` gives what is known of a channel already. */
  subscribed(message: SubscribedMessage, held: (channel: string) => Held | null): void {
    this.inFlight = false;
    this.state.set({ status: 'ready', error: null, version: message.version ?? null, updating: this.dirty });
    const named = new Set<string>();
    for (const ref of message.channels) {
      const name = slotName(ref.widget ?? null, ref.part ?? null);
      named.add(name);
      this.#attach(this.#slot(name), ref, held(ref.channel));
    }
    for (const [name, slot] of this.#slots) if (!named.has(name)) slot.set(withoutChannel(slot.latest));
  }

  received(channel: string, held: Held): void {
    for (const slot of this.#slots.values()) if (slot.latest.channel === channel) this.#show(slot, held);
  }

  /** The whole subscription failed, or one channel of it. */
  failed(error: ApiError, channel: string | null): void {
    if (channel === null) {
      this.inFlight = false;
      this.state.set({ ...this.state.latest, status: 'error', error, updating: false });
    }
    for (const slot of this.#slots.values()) {
      if (channel === null || slot.latest.channel === channel) {
        slot.set({ ...slot.latest, status: 'error', error, updating: false });
      }
    }
  }

  #slot(name: string): Store<ChannelState> {
    let slot = this.#slots.get(name);
    if (!slot) {
      slot = new Store(this.#batch, LOADING);
      this.#slots.set(name, slot);
    }
    return slot;
  }

  #attach(slot: Store<ChannelState>, ref: ChannelRef, held: Held | null): void {
    const { latest } = slot;
    if (ref.error) slot.set({ ...LOADING, status: 'error', error: ref.error });
    else if (held) {
      slot.set({ ...latest, channel: ref.channel });
      this.#show(slot, held);
    } else {
      const status = latest.result ? 'ready' : 'loading';
      slot.set({ ...latest, channel: ref.channel, status, error: null, updating: latest.result !== null, changed: [] });
    }
  }

  #show(slot: Store<ChannelState>, held: Held): void {
    const { latest } = slot;
    const updating = this.inFlight || this.dirty;
    if (latest.result === held.result && latest.status === 'ready' && latest.updating === updating) return;
    const { result, changed } = held;
    slot.set({ channel: latest.channel, status: 'ready', result, error: null, updating, changed });
  }
}
