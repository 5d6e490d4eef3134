/** Which subscription a message belongs to, and what is sent in answer. Moves no bytes itself. */
import { retryDelay } from './backoff';
import { Channels } from './channels';
import type { Cancel, Environment } from './environment';
import type {
  ClientMessage,
  DeltaMessage,
  ErrorMessage,
  NoticeMessage,
  ServerMessage,
  SubscribedMessage,
} from './messages';
import type { Held } from './reducer';
import type { Batch } from './store';
import { SubscriptionModel, type Target, type View } from './subscription';
import type { ApiError } from './values';

/** What is not about one subscription: something happened beside the numbers, or a message was refused. */
export type Announcement = NoticeMessage | ErrorMessage;

export interface Outgoing {
  readonly live: () => boolean;
  readonly send: (messages: readonly ClientMessage[]) => void;
  readonly announce: (announcement: Announcement) => void;
}

export class Subscriptions {
  readonly channels: Channels;
  readonly #env: Environment;
  readonly #batch: Batch;
  readonly #out: Outgoing;
  readonly #models = new Map<SubscriptionModel, Cancel | null>();
  #ids = 0;
  #failures = 0;
  #lastSent: SubscriptionModel | null = null;

  constructor(env: Environment, batch: Batch, out: Outgoing) {
    this.#env = env;
    this.#batch = batch;
    this.#out = out;
    this.channels = new Channels(env.clock);
  }

  add(target: Target, view: View): SubscriptionModel {
    const model = new SubscriptionModel(this.#batch, this.#nextId(), target, view);
    this.#models.set(model, null);
    this.#subscribe(model, false);
    return model;
  }

  remove(model: SubscriptionModel): void {
    this.#models.get(model)?.();
    if (!this.#models.delete(model)) return;
    this.#send(model, { type: 'unsubscribe', id: model.wireId });
    this.#retain();
  }

  clear(): void {
    for (const cancel of this.#models.values()) cancel?.();
    this.#models.clear();
    this.channels.retain(new Set());
  }

  update(model: SubscriptionModel, view: View): void {
    model.view = view;
    model.expectChange();
    this.#sync(model);
  }

  restart(model: SubscriptionModel): void {
    const old = model.wireId;
    model.wireId = this.#nextId();
    model.expectChange();
    this.#send(model, { type: 'unsubscribe', id: old });
    this.#subscribe(model, false);
  }

  refresh(model: SubscriptionModel): void {
    if (model.state.latest.status === 'error') this.restart(model);
    else if (!model.inFlight) this.#send(model, { type: 'refresh', id: model.wireId });
  }

  refreshAll(): void {
    for (const model of this.#models.keys()) this.refresh(model);
  }

  /** A session began: everything is subscribed again, from where it stood. */
  begin(): void {
    this.channels.forgetRequests();
    for (const model of this.#models.keys()) this.#subscribe(model, true);
  }

  /** The session ended; `refused` is set when it ended over what was sent last. */
  end(refused: ApiError | null): void {
    for (const model of this.#models.keys()) model.inFlight = false;
    if (refused) this.#lastSent?.failed(refused, null);
    this.#lastSent = null;
  }

  receive(message: ServerMessage): void {
    if (message.type === 'subscribed') this.#subscribed(message);
    else if (message.type === 'snapshot') this.#show(message.channel, this.channels.snapshot(message));
    else if (message.type === 'delta') this.#delta(message);
    else if (message.type === 'error') this.#failed(message);
    else if (message.type === 'notice') this.#out.announce(message);
  }

  #delta(message: DeltaMessage): void {
    const { update, refresh } = this.channels.delta(message);
    if (update) this.#show(message.channel, update);
    const model = refresh ? [...this.#models.keys()].find((each) => each.shows(message.channel)) : undefined;
    if (model) this.#send(model, { type: 'refresh', id: model.wireId });
  }

  #nextId(): string {
    this.#ids += 1;
    return `s${this.#ids}`;
  }

  #send(model: SubscriptionModel, message: ClientMessage): void {
    if (!this.#out.live()) return;
    this.#lastSent = model;
    this.#out.send([message]);
  }

  #subscribe(model: SubscriptionModel, resume: boolean): void {
    // What the server found too large would only be refused again.
    if (!this.#out.live() || (resume && model.state.latest.error?.code === 'too_large')) return;
    model.begin();
    this.#send(model, model.subscribeMessage(resume ? this.channels.positions(model.channels()) : {}));
  }

  /** Lets the server know what is wanted now; one request at a time, the newest wish wins. */
  #sync(model: SubscriptionModel): void {
    if (!this.#out.live()) return;
    if (model.inFlight) model.dirty = true;
    else if (model.state.latest.status === 'error' || model.withdrew()) this.restart(model);
    else {
      model.begin();
      this.#send(model, model.updateMessage());
    }
  }

  #subscribed(message: SubscribedMessage): void {
    const model = this.#byId(message.id);
    if (!model) return;
    this.#failures = 0;
    model.subscribed(message, (channel) => this.channels.held(channel));
    this.#retain();
    if (model.dirty) this.#sync(model);
  }

  #failed(message: ErrorMessage): void {
    const { code, message: text, retry = false, detail = null } = message;
    const error: ApiError = { code, message: text, retry, detail };
    const model = message.id ? this.#byId(message.id) : undefined;
    const channel = message.channel ?? null;
    if (model) model.failed(error, channel);
    else if (channel !== null) for (const each of this.#models.keys()) each.failed(error, channel);
    else this.#out.announce(message);
    if (model && channel === null && retry) this.#retryLater(model);
  }

  #retryLater(model: SubscriptionModel): void {
    this.#models.get(model)?.();
    const wait = retryDelay(this.#failures, this.#env.random());
    this.#failures += 1;
    const again = (): void => {
      if (model.state.latest.status === 'error') this.restart(model);
    };
    this.#models.set(model, this.#env.clock.after(wait, again));
  }

  #show(channel: string, held: Held): void {
    for (const model of this.#models.keys()) model.received(channel, held);
  }

  #byId(id: string): SubscriptionModel | undefined {
    return [...this.#models.keys()].find((model) => model.wireId === id);
  }

  #retain(): void {
    this.channels.retain(new Set([...this.#models.keys()].flatMap((model) => [...model.channels()])));
  }
}
